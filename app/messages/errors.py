from app.core.errors import Invalid, NotFound


class BadPlaceholder(Invalid):
    code = "bad_placeholder"
    sentence = "This text names something that is not there."


class UnknownOccasion(NotFound):
    code = "unknown_occasion"
    sentence = "There is no such message."


class BadUnsubscribeLink(Invalid):
    code = "bad_unsubscribe_link"
    sentence = "This link is not complete. Follow it from the letter once more, or tell us."
