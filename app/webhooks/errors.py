from app.core.errors import Conflict, Invalid, NotFound


class UnknownEndpoint(NotFound):
    code = "unknown_webhook"
    sentence = "There is no such webhook."


class UnknownMessage(NotFound):
    code = "unknown_message"
    sentence = "There is no such message of this webhook."


class BadAddress(Invalid):
    code = "bad_webhook_address"
    sentence = "This is no address that can be written to."


class TooManyEndpoints(Conflict):
    code = "too_many_webhooks"
    sentence = "There are as many webhooks as there can be. Delete one that nobody needs."


class SwitchedOff(Conflict):
    code = "webhook_off"
    sentence = "This webhook is switched off. Switch it on first."
