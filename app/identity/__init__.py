"""Who somebody is and what they may do: accounts, passwords, sign-in sessions, tokens, roles and permissions.

What does not belong here: a customer's name and phone (``customers``), and cookies or headers (``portals.http``).
Floor: above tenancy.
"""
