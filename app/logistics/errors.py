from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownDelivery(NotFound):
    code = "unknown_delivery"
    sentence = "There is no such delivery."


class NotYourDelivery(Forbidden):
    code = "not_your_delivery"
    sentence = "This stop belongs to somebody else's round."


class WrongDeliveryStep(Conflict):
    code = "wrong_delivery_step"


class StopAlreadyPlanned(Conflict):
    code = "stop_already_planned"
    sentence = "This order has a stop of that kind already. Change that one, or cancel it first."


class OrderIsFinished(Conflict):
    code = "order_is_finished"


class ProofMissing(Invalid):
    code = "proof_missing"
    sentence = "Say who took it, or send a photo or a signature."


class NoSuchProof(Invalid):
    code = "no_such_proof"

    def __init__(self, field: str):
        sentence = "You have not uploaded a file with this id. POST it to /worker/api/files first."
        super().__init__(f"{field}: {sentence}", fields={field: [sentence]})


class NoSuchWorker(Invalid):
    code = "no_such_worker"
    sentence = "There is no such worker, or they no longer work here."


class NoSuchOrder(Invalid):
    code = "no_such_order"
    sentence = "There is no such order."


class WrongBag(Conflict):
    code = "wrong_bag"


class NotOnYourRound(Conflict):
    code = "not_on_your_round"
    sentence = "This bag is not on your round today."


class BadDay(Invalid):
    code = "bad_day"


class InTheFuture(Invalid):
    code = "in_the_future"
    sentence = "This event lies in the future. Set the phone's clock and send it again with the right time."


class TooLongAgo(Invalid):
    code = "too_long_ago"
    sentence = "This event is too old to be carried out. Tell the office what happened."


class MalformedEvent(Invalid):
    code = "malformed_event"


class ClientIdReused(Conflict):
    code = "client_id_reused"
    sentence = "This client id was used for another event. Give every event an id of its own."


class UnknownFile(NotFound):
    code = "unknown_file"
    sentence = "There is no such file."


class NotYourFile(Forbidden):
    code = "not_your_file"
    sentence = "Somebody else uploaded this file."
