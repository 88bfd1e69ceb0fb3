from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownDelivery(NotFound):
    code = "unknown_delivery"
    sentence = "There is no such delivery."


class NotYourDelivery(Forbidden):
    code = "not_your_delivery"
    sentence = "This stop belongs to somebody else's round."


class WrongDeliveryStep(Conflict):
    code = "wrong_delivery_step"


class ProofMissing(Invalid):
    code = "proof_missing"
    sentence = "Say who took it, or send a photo or a signature."


class NoSuchWorker(Invalid):
    code = "no_such_worker"
    sentence = "There is no such worker, or they no longer work here."
