"""What whoever runs the installation does with its businesses: sets them up, opens and closes them, and looks whether they are well.

What does not belong here: the register itself (tenancy keeps it), and anything a business does for itself. Floor: above analytics.
"""
