"""What people are told outside of the pages: letters, later messages. Their layout comes from ``templates/emails/``.

What does not belong here: when somebody is told something (the domains decide) and how it gets there (``clients``). Floor: above audit.
"""
