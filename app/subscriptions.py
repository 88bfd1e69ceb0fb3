"""Who hears which event: the one page on which news travels up the house.

A handler runs inside the transaction of whoever announced, so it either happens with it or not at all.
"""


def connect() -> None:
    """Nobody listens yet. Higher floors connect here, one line each: ``order_placed.connect(notifications.order_placed)``."""
