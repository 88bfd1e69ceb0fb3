"""Which business a request, a job or a command works for, and where that business's data lies.

What does not belong here: anything a business owns (the domains keep that in its own database). Floor: above notifications.
"""
