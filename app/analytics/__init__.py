"""Figures over everything that happens: how much, how late, how it was before. It reads every domain's tables and writes only its own.

What does not belong here: the rows a figure counts (each domain lists its own). Floor: above billing, below backups.
"""
