"""Work that nobody waits for: what is done when, each run written down, tried again, put aside when it will not do.

What does not belong here: what a job does (its domain) and which jobs there are (``app/timetable.py``). Floor: above tenancy.
"""
