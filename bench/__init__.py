"""Measurements: how long something takes with as much data as a shop has in years, and beside what.

Figures are ratios measured in turns within one run, never absolute times. What does not belong here: tests (they ask whether an
answer is right, not how soon it comes), and anything the application imports.
"""
