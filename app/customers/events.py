"""What customers announce, inside the transaction that made it true; of a walk-in only afterwards, because who hears of it writes
letters. ``app/subscriptions.py`` says who listens.
"""

from blinker import Namespace

_customers = Namespace()

customer_created = _customers.signal("customer-created")  # sender: the customer's id
walk_in_met = _customers.signal("walk-in-met")  # sender: the id of a new customer with an e-mail and no account, made by an order
customer_erased = _customers.signal("customer-erased")  # sender: the customer's id; whoever holds personal data of theirs forgets it
customer_merged = _customers.signal("customer-merged")  # sender: the customer's id; into: whose everything is now
