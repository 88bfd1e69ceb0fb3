"""The van's day: stops at customers, whose they are, what was done at each, and the proof of it.

What does not belong here: batches between store and plant (``transit``) and what an order costs or is (``orders``).
Floor: above orders, beside transit.
"""
