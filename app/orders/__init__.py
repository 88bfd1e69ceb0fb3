"""Orders: what somebody handed in, what it costs, when it is due and everything that has happened to it since.

What does not belong here: the batches orders travel in (``transit``), the stops of a van (``logistics``), and money received
(``billing``): an order's state never says whether it is paid. Floor: above catalogue, inventory and procurement.
"""
