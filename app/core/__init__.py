"""The ground floor: engines, sessions, the unit of work, errors, ids, money and the clock.

A line belongs here if it would be true in a shoe shop too. What does not: anything that knows an order, a customer or a
business (the domain packages), and anything that knows a URL, a header or a template (``portals``).
Floor: lowest. It imports the standard library, SQLAlchemy and ``app.extensions``, and nothing above.
"""
