"""Backups: what is in one, how it is sealed, which are kept, and how it comes back.

What does not belong here: when one is made (the command line and scheduled jobs say so), and where archives lie (clients.shelves).
Floor: above analytics, below doctor.
"""
