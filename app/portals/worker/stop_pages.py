"""The driver's pages: today's stops in order, and what is done at each. Plain forms; on a phone with scripts van.js sends them itself."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, post_load, validate

from app.clients.files.images import LARGEST_BYTES
from app.core import clock
from app.core.shapes import Line, Shape
from app.identity.permissions import Permission
from app.logistics import delivery_service, file_service
from app.portals.http import uploads
from app.portals.http.bodies import read_body
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, secret, shows_again
from app.portals.worker import worker

STOP = "/stops/<int(max=9007199254740991):delivery_id>"
# What a driver says with one tap (templates/worker/stop.html has the words). Stored in English, and said in the reader's language.
REASONS = ("Nobody there", "No way in", "Not accepted", "Wrong address", "Not ready")
OTHER = "other"


class NameForm(Shape):
    name = Line(longest=100)
    code = Line(longest=200)


class BagQuery(Shape):
    code = Line(longest=200, required=True)


class FailureForm(Shape):
    """One of the reasons, a word of one's own, or both."""

    reason = fields.String(required=True, validate=validate.OneOf((*REASONS, OTHER)))
    note = Line(longest=200)

    @post_load
    def _in_one(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        said = (None if data["reason"] == OTHER else data["reason"], data.get("note"))
        return {"reason": ": ".join(filter(None, said)) or "Something else"}


@worker.get("/")
@permits(Permission.WORKER_VISIT)
def home(form: Form = EMPTY) -> str:
    return render_template("worker/home.html", today=clock.now(), stops=delivery_service.round_of(None, by=who()), form=form)


@worker.get("/find")
@permits(Permission.DELIVERY_WORK)
@asks(BagQuery)
@shows_again(home)
def find_stop(query: dict[str, str]) -> ResponseReturnValue:
    """The stop of a bag by its label. With scripts the phone knows that by itself."""
    stop = delivery_service.stop_of_bag(query["code"], by=who())
    return redirect(url_for("worker.stop_page", delivery_id=stop["id"]), 303)


@worker.get(STOP)
@permits(Permission.DELIVERY_WORK)
def stop_page(delivery_id: int, form: Form = EMPTY) -> str:
    stop = delivery_service.stop_of(delivery_id, by=who())
    return render_template("worker/stop.html", stop=stop, form=form)


@worker.post(f"{STOP}/start")
@permits(Permission.DELIVERY_WORK)
@shows_again(stop_page)
def start_stop_page(delivery_id: int) -> ResponseReturnValue:
    delivery_service.start(delivery_id, by=who())
    return redirect(url_for("worker.stop_page", delivery_id=delivery_id), 303)


# Not kept for a repeated key: a stop is completed once anyway, and decoding a picture must not hold up whoever writes.
@worker.post(f"{STOP}/complete")
@permits(Permission.DELIVERY_WORK)
@secret
@shows_again(stop_page)
def complete_stop_page(delivery_id: int) -> ResponseReturnValue:
    with _pictures("photo", "signature") as pictures:
        proof = read_body(NameForm(), form=True)
        proof |= {name: file_service.keep(picture, store=uploads.store(), by=who()).id for name, picture in pictures.items()}
    delivery_service.complete(delivery_id, proof, by=who())
    return _over(delivery_id, _("The stop at %(name)s is done."))


@worker.post(f"{STOP}/fail")
@permits(Permission.DELIVERY_WORK)
@reads(FailureForm, form=True)
@shows_again(stop_page)
def fail_stop_page(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    delivery_service.fail(delivery_id, data["reason"], by=who())
    return _over(delivery_id, _("The stop at %(name)s is planned again for tomorrow."))


def _over(delivery_id: int, sentence: str) -> ResponseReturnValue:
    flash(sentence % {"name": delivery_service.stop_of(delivery_id, by=who())["customerName"]}, "done")
    return redirect(url_for("worker.home"), 303)


@contextmanager
def _pictures(*names: str) -> Iterator[dict[str, IO[bytes]]]:
    """Those of the form's pictures that were chosen, each in a real file, because a process of its own reads them."""
    request.max_content_length = len(names) * LARGEST_BYTES + 64 * 1024
    with ExitStack() as files:
        chosen: dict[str, IO[bytes]] = {}
        for name in names:
            if (sent := request.files.get(name)) is not None and sent.filename:
                chosen[name] = files.enter_context(tempfile.TemporaryFile())
                shutil.copyfileobj(sent.stream, chosen[name])
                if chosen[name].tell() > LARGEST_BYTES:
                    raise uploads.FileTooLarge
        yield chosen
