"""What was changed, by whom, from where, with the state before and after: written in the same transaction as the change.

What does not belong here: what an order has been through (``orders``' own timeline) and log lines. Floor: above clients.
"""
