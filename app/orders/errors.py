from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.words import say


class UnknownOrder(NotFound):
    code = "unknown_order"
    sentence = "There is no such order."


class MistypedCode(Invalid):
    code = "mistyped_code"
    sentence = "This is not one of our codes: a character must be wrong. Scan or type it again."


class CodeTaken(Conflict):
    code = "code_taken"
    sentence = "There is another order with this code."


class NotYourOrder(Forbidden):
    code = "not_your_order"
    sentence = "This order belongs to somebody else."


class NotYourEmail(Forbidden):
    code = "not_your_email"
    sentence = "You can list the orders of your own e-mail address only."


class TooExpensive(Invalid):
    code = "too_expensive"
    sentence = "The total is larger than one order may be. Split it."


class WrongStep(Conflict):
    code = "wrong_step"


class AlreadyDone(WrongStep):
    """The step was taken before: a second scan of the same thing changes nothing, and nothing is wrong with it."""

    code = "already_done"
    sentence = "This was scanned here before. Nothing was changed."


class CannotUndo(Conflict):
    code = "cannot_undo"
    sentence = "This can no longer be taken back: something has happened to the order since, it is too long ago, or it is on the road."


class NotYourStep(Forbidden):
    code = "not_your_step"
    sentence = "Your role may not do that to an order."


class TooLate(Conflict):
    """A customer may change an order until somebody has begun to work on it."""

    code = "too_late"

    def __init__(self, status: str):
        sentence = say("This order is %(status)s already, so it can no longer be changed here. Ask the shop.", status=status)
        super().__init__(sentence, state={"status": status})
