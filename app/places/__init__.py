"""Where things happen: stores today, plants and lockers later.

What does not belong here: what is done there (``orders``) and who works there (``identity``). Floor: above identity.
"""
