from app.core.errors import Conflict, Invalid, NotFound


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
        sentence = f"Service {service_id!r} is not offered. GET /api/services lists what is."
        super().__init__(sentence, fields={"serviceIds": [sentence]})
