"""``Idempotency-Key``: the door is walked through once, and later knocks with the same key get the first answer."""

import hashlib
from collections.abc import Callable

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid
from app.core.idempotency import Reply, Sender, claim, remember
from app.core.unit_of_work import unit_of_work
from app.portals.http.guard import who

LONGEST_KEY = 255
FORM = "application/x-www-form-urlencoded"
FIELD = "idempotencyKey"  # a form cannot send headers, so there the key is a hidden field
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class BadKey(Invalid):
    code = "bad_idempotency_key"
    sentence = f"An Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters."


class _Refused(Exception):
    """The view answered with an error: nothing may be kept, the answer goes out as it is."""

    def __init__(self, response: Response):
        self.response = response


def has_key() -> bool:
    """Whether the request brings a key; one that is none is refused wherever it comes."""
    key = _key()
    if key is not None and (not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable()):
        raise BadKey
    return key is not None


def only_once(view: Callable[[], ResponseReturnValue], digest: bytes | None = None) -> Response:
    """``digest``: of the uploaded file, where there is one. What a form wraps around it is another each time."""
    sender = _sender(str(_key()), digest)
    try:
        with unit_of_work():
            if (reply := claim(sender)) is not None:
                return _replayed(reply)
            response = make_response(view())
            if response.status_code >= 400:
                raise _Refused(response)
            kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            remember(sender, Reply(response.status_code, kept, response.get_data()))
            return response
    except _Refused as refused:
        return refused.response


def _key() -> str | None:
    if request.mimetype == FORM:
        request.get_data()  # before the form is read, which leaves nothing of it for the fingerprint
        return request.headers.get("Idempotency-Key", request.form.get(FIELD))
    return request.headers.get("Idempotency-Key")


def _sender(key: str, digest: bytes | None) -> Sender:
    body, kind = (request.get_data(), request.content_type or "") if digest is None else (digest, "")
    body += b"\n" + request.query_string + b"\n" + kind.encode()
    return Sender(who().caller, f"{request.method} {request.path}", key, hashlib.sha256(body).hexdigest())


def _replayed(reply: Reply) -> Response:
    response: Response = current_app.response_class(reply.body, reply.status, reply.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response
