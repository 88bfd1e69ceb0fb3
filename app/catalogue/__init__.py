"""What the business sells: services with their prices and how long they take.

What does not belong here: what somebody bought (``orders`` keeps names and prices as they were). Floor: above customers.
"""
