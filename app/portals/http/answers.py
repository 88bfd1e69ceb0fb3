"""What goes out: JSON, pages of lists, versions."""

from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from flask import Response, jsonify, request
from flask.json.provider import JSONProvider

from app.core.pagination import Page
from app.core.shapes import PageQuery as PageQuery
from app.portals.http.bodies import loads

T = TypeVar("T")


class Json(JSONProvider):
    """orjson writes; our own reader reads, so that ``request.get_json()`` is as strict as a door."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs)) + b"\n"
        return Response(body, mimetype="application/json")


def listed(page: Page[T]) -> Response:
    """A plain array; where the next page begins is said in the ``Link`` header."""
    response = jsonify(page.rows)
    if page.next_cursor is not None:
        query = request.args.to_dict() | {"cursor": page.next_cursor}
        response.headers["Link"] = f'<{request.base_url}?{urlencode(query)}>; rel="next"'
    return response


def with_version(body: Any, version: int, status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["ETag"] = f'"v{version}"'
    return response
