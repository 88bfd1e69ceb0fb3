"""The OpenAPI 3.1 document, made from what the doors declare: marshmallow schemas going in, typed dictionaries going out."""

import re
import types
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.routing import Rule

from app import __version__
from app.core.shapes import Amount, Day
from app.identity.permissions import ALLOWED, Permission, Role
from app.identity.scopes import GRANTABLE
from app.portals.http.portal import SAFE_METHODS, Answer, Door

SIMPLE: dict[type, dict[str, str]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"}, type(None): {"type": "null"},
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"
FILE = {"type": "string", "format": "binary"}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "A sentence a person can act on."},
        "code": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "state": {"type": "object"},
        "requestId": {"type": ["string", "null"]},
    },
}
MEANINGS = {
    400: "The request is not right as it is.",
    401: "Sign in first.",
    403: "Known, but not allowed.",
    404: "There is nothing here.",
    405: "Not this method.",
    409: "It does not fit with the current state.",
    412: "Somebody else changed it first.",
    413: "Too much.",
    414: "The address is too long.",
    422: "This Idempotency-Key belongs to another request.",
    429: "Too often; Retry-After says when.",
    503: "Briefly unavailable; Retry-After says when.",
}

# What these doors take holds a password, and tries of it are counted.
GUESSES_COUNTED = (Permission.ACCOUNT_SIGN_IN, Permission.ACCOUNT_CHANGE_PASSWORD, Permission.CUSTOMER_ERASE_OWN)


def describe(app: Flask) -> dict[str, Any]:
    marshmallow = MarshmallowPlugin()
    spec = APISpec("FabClean", __version__, "3.1.0", plugins=[marshmallow], info={"description": "Every garment-care business's API."})
    if marshmallow.converter is not None:  # APISpec has just made it
        marshmallow.converter.add_attribute_function(_own_fields)  # type: ignore[no-untyped-call]
    spec.components.schema("Error", component=ERROR)
    for scheme in (
        ("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}),
        ("session", {"type": "apiKey", "in": "cookie", "name": "session"}),
        ("key", {"type": "apiKey", "in": "header", "name": "X-Api-Key"}),
    ):
        spec.components.security_scheme(*scheme)
    seen: set[str] = {"Error"}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        door: Door | None = getattr(app.view_functions[rule.endpoint], "door", None)
        if door is not None and door.answers:
            view = app.view_functions[rule.endpoint]
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            operations = {method.lower(): _operation(rule, door, method, view.__doc__, spec, seen) for method in methods}
            spec.path(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), operations=operations)
    return _with_forms(spec.to_dict())


def _with_forms(document: dict[str, Any]) -> dict[str, Any]:
    """A form says the same as the JSON, and browsers add fields to it that are nobody's: those are left out, not refused."""
    for path in document["paths"].values():
        for operation in path.values():
            content = operation.get("requestBody", {}).get("content", {})
            if FORM in content:
                name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
                schema = document["components"]["schemas"][name]
                content[FORM] = {"schema": {key: value for key, value in schema.items() if key != "additionalProperties"}}
    return document


def _operation(rule: Rule, door: Door, method: str, doc: str | None, spec: APISpec, seen: set[str]) -> dict[str, Any]:
    parameters: list[Any] = [
        {"in": "path", "name": name, "required": True, "schema": {"type": "string"}} for name in sorted(rule.arguments)
    ]
    writes = method not in SAFE_METHODS
    if door.query is not None:
        parameters.append({"in": "query", "schema": type(door.query)})
    if door.versioned:
        parameters.append({"in": "header", "name": "If-Match", "schema": {"type": "string"}})
    if writes:
        parameters.append({"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "minLength": 1, "maxLength": 255}})
    portal = rule.endpoint.partition(".")[0]
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [portal],
        "summary": rule.endpoint.partition(".")[2].replace("_", " ").capitalize(),
        "parameters": parameters,
        "responses": _answers(door.answers, spec, seen),
        "security": _security(door.permission),
    }
    if doc:
        operation["description"] = doc
    if door.body is not None:
        content: dict[str, Any] = {"application/json": {"schema": type(door.body)}}
        if door.body_may_be_form:
            content[FORM] = {}  # see _with_forms
        operation["requestBody"] = {"required": True, "content": content}
    if door.upload is not None:
        form = {"type": "object", "required": ["file"], "properties": {"file": FILE}}
        kinds = {**dict.fromkeys(door.upload.media_types, FILE), "multipart/form-data": form}
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind, schema in kinds.items()}}
    for status in _refusals(rule, door, writes):
        error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        operation["responses"].setdefault(str(status), {"description": MEANINGS[status], "content": error})
    return operation


def _refusals(rule: Rule, door: Door, writes: bool) -> list[int]:
    """What else may come back, read off the declarations."""
    statuses = {503, 401}  # a bad token is refused at every door
    if door.permission not in ALLOWED[Role.ANYONE] or writes:
        statuses.add(403)
    if door.body is not None or door.query is not None or writes:
        statuses.add(400)
    if rule.arguments or door.query is not None:
        statuses.add(414)
    if rule.arguments:
        statuses |= {400, 404}
    if door.body is not None or door.upload is not None:
        statuses.add(413)
    if writes:
        statuses |= {409, 422}
    if door.versioned:
        statuses.add(412)
    if door.limits or door.permission in GUESSES_COUNTED:
        statuses.add(429)
    return sorted(statuses)


def _security(permission: Permission | None) -> list[dict[str, list[str]]]:
    ways: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]
    if permission in GRANTABLE:
        ways.append({"key": []})
    return [{}, *ways] if permission in ALLOWED[Role.ANYONE] else ways


def _answers(answers: list[Answer], spec: APISpec, seen: set[str]) -> dict[str, Any]:
    """By status. Several answers of one status are the same thing in several media types."""
    described: dict[str, Any] = {}
    for answer in answers:
        one = _answer(answer, spec, seen)
        known = described.setdefault(str(answer.status), one)
        if known is not one and "content" in one:
            known.setdefault("content", {}).update(one["content"])
    return described


def _answer(answer: Answer, spec: APISpec, seen: set[str]) -> dict[str, Any]:
    if answer.shape is None:
        return {"description": answer.meaning}
    if isinstance(answer.shape, str):
        return {"description": answer.meaning, "content": {answer.shape: {"schema": {"type": "string"}}}}
    return {"description": answer.meaning, "content": {"application/json": {"schema": shape_of(answer.shape, spec, seen)}}}


def shape_of(kind: Any, spec: APISpec, seen: set[str]) -> dict[str, Any]:
    """A JSON Schema from a type: the same declaration that types ``to_dict``."""
    if kind in SIMPLE:
        return dict(SIMPLE[kind])
    if kind is Any or kind is object:
        return {}
    origin, args = get_origin(kind), get_args(kind)
    if origin in (NotRequired, Required):
        return shape_of(args[0], spec, seen)
    if origin is list:
        return {"type": "array", "items": shape_of(args[0], spec, seen)}
    if origin is dict:
        return {"type": "object", "additionalProperties": shape_of(args[1], spec, seen)}
    if origin is Literal:
        return {"enum": list(args)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [shape_of(arg, spec, seen) for arg in args]}
    if is_typeddict(kind):
        name = kind.__name__.removesuffix("Dict")
        if name not in seen:
            seen.add(name)
            hints = get_type_hints(kind, include_extras=True)
            properties = {field: shape_of(hint, spec, seen) for field, hint in hints.items()}
            required = sorted(kind.__required_keys__)
            spec.components.schema(
                name, component={"type": "object", "properties": properties, "required": required, "additionalProperties": False}
            )
        return {"$ref": f"#/components/schemas/{name}"}
    raise TypeError(f"no JSON Schema is known for {kind!r}")


def _own_fields(_: Any, field: Any, **__: Any) -> dict[str, Any]:
    """Our own field classes say in their metadata what they are."""
    if not isinstance(field, Amount | Day):
        return {}
    kind = field.metadata["type"]
    return {"type": [kind, "null"] if field.allow_none else kind}
