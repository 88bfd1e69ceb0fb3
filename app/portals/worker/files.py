from typing import IO, Any

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.logistics import file_service
from app.logistics.models import FileDict
from app.portals.http import uploads
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, secret, takes
from app.portals.worker import worker
from app.portals.worker.phone import WhoseQuery, ensure_same

MEANING = "The picture, to be saved."


# Not kept for a repeated key: a file's id is made from its content and its sender, so sending it again adds nothing anyway.
@worker.post("/api/files")
@permits(Permission.DELIVERY_WORK)
@asks(WhoseQuery)
@takes(uploads.IMAGE)
@secret
@answers(201, FileDict, "Kept, encoded anew: what was in the file beside the picture (where it was taken, by what) is gone.")
def upload_file(query: dict[str, Any], upload: IO[bytes]) -> ResponseReturnValue:
    """A photo or a signature: JPEG, PNG or WebP, at most 10 MB and 25 megapixels, as the body or as the one file of a form."""
    ensure_same(query["worker"])
    file = file_service.keep(upload, store=uploads.store(), by=who())
    response = jsonify(file.to_dict())
    response.status_code = 201
    response.headers["Location"] = url_for("worker.show_file", file_id=file.id)
    return response


@worker.get("/api/files/<file_id>")
@permits(Permission.DELIVERY_WORK)
@answers(200, "image/jpeg", MEANING)
@answers(200, "image/png", MEANING)
@answers(200, "image/webp", MEANING)
def show_file(file_id: str) -> ResponseReturnValue:
    """One's own upload, and with it every proof of one's own stops."""
    return uploads.handed_out(file_service.get_own(file_id, by=who()))
