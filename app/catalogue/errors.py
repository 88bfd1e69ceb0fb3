from app.core.errors import Conflict, Invalid, NotFound
from app.core.words import say


class UnknownService(NotFound):
    code = "unknown_service"
    sentence = "There is no such service."


class ServiceIdTaken(Conflict):
    code = "service_id_taken"
    sentence = "Another service has this id already."


class ServiceNotOffered(Invalid):
    """Somebody asked for a service that does not exist or is not sold any more."""

    code = "service_not_offered"

    def __init__(self, service_id: str):
        sentence = say("Service %(service)r is not offered. GET /api/services lists what is.", service=service_id)
        super().__init__(sentence, fields={"serviceIds": [sentence]})
