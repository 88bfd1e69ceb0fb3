from app.core.errors import Conflict, Invalid, NotFound
from app.core.words import say


class NoSuchCustomer(Invalid):
    code = "no_such_customer"
    sentence = "There is no such customer."


class UnknownCustomer(NotFound):
    code = "unknown_customer"
    sentence = "There is no such customer."


class NoLongerACustomer(Conflict):
    """Erased, or merged into another record: there is nothing left to change."""

    code = "no_longer_a_customer"
    sentence = "This record was erased or merged into another, so it can no longer be changed."


class SameCustomer(Invalid):
    code = "same_customer"
    sentence = "A record cannot be merged into itself."


class NeedsEmail(Invalid):
    code = "needs_email"
    sentence = "This customer signs in with their e-mail, so it can be changed but not removed."


class UnknownApproval(NotFound):
    code = "unknown_approval"
    sentence = "There is no such request."


class AlreadyDecided(Conflict):
    code = "already_decided"
    sentence = "Somebody has decided this already."


class SignUpFirst(Conflict):
    code = "sign_up_first"
    sentence = "This business takes orders from customers it knows: create an account and sign in first."


class WaitsForApproval(Conflict):
    code = "waits_for_approval"
    sentence = "New customers are looked at first. You get a letter as soon as you can order; until then you can look around."


class NotApproved(Conflict):
    code = "not_approved"

    def __init__(self, reason: str):
        super().__init__(say("You cannot order yet: %(reason)s Get in touch with us, or ask again on your page.", reason=_ended(reason)))


class AddressUnknown(Conflict):
    code = "address_unknown"
    sentence = "New addresses are looked at first. Ask for this one under My details; you get a letter as soon as it can be used."


class AddressWaits(Conflict):
    code = "address_waits"
    sentence = "This address is still being looked at. You get a letter as soon as it can be used."


class AddressRejected(Conflict):
    code = "address_rejected"

    def __init__(self, reason: str):
        super().__init__(say("This address cannot be used: %(reason)s Choose another one, or bring it to the shop.", reason=_ended(reason)))


def _ended(reason: str) -> str:
    return reason if reason.endswith((".", "!", "?", "।")) else f"{reason}."
