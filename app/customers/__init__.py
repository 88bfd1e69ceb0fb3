"""The people and firms whose clothes these are: names, addresses to reach them, and what they prefer.

What does not belong here: their passwords (``identity``) and their orders (``orders``). Floor: above places.
"""
