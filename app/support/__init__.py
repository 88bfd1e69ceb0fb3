"""Problems with FabClean itself, reported from any page by whoever met them, and what became of them.

What does not belong here: complaints about clothes (an order's notes), and errors that the log has already. Floor: above analytics.
"""
