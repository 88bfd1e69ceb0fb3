"""Orders on the road between store and plant: batches, what is in them, and who counted it on arrival.

What does not belong here: what happens to an order elsewhere (``orders`` owns its status; a batch asks for its steps) and a van's
stops at customers (``logistics``). Floor: above orders, beside logistics.
"""
