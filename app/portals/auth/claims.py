"""Whoever orders without an account is sent the way to one."""

import logging

from flask import has_request_context

from app.core.errors import TooMany
from app.customers import access_service
from app.portals.http import limits
from app.portals.http.guard import who
from app.portals.http.post import post

# An order may name any address, so one network can have only so many strangers written to.
NETWORK_LETTERS = "20 per hour"
log = logging.getLogger("fabclean.mail")


def walk_in_met(customer_id: int) -> None:
    if not has_request_context():  # demo data and imports write to nobody
        return
    try:
        limits.spend(NETWORK_LETTERS, "claim-letters", limits.network())
    except TooMany:
        log.warning("no more letters to strangers from this network for now")
    else:
        access_service.offer_claim(customer_id, post=post(), by=who())
