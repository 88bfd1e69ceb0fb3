from app.core.errors import Conflict, Invalid, NotFound


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
