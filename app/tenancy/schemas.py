from marshmallow import fields, validate

from app.core.shapes import Email, Line, Shape
from app.core.words import LANGUAGES
from app.tenancy.plan_rules import Plan

PLAN = validate.OneOf([str(plan) for plan in Plan])
LANGUAGE = validate.OneOf(list(LANGUAGES))


class BusinessCreate(Shape):
    """What the register itself judges (short name, host, currency, zone) is only bounded here."""

    slug = Line(longest=40, required=True)
    name = Line(longest=100, required=True)
    plan = fields.String(validate=PLAN, required=True)
    email = Email(required=True)
    host = Line(longest=253)
    currency = Line(longest=3)
    timezone = Line(longest=60)
    language = fields.String(validate=LANGUAGE)


class BusinessUpdate(Shape):
    name = Line(longest=100)
    plan = fields.String(validate=PLAN)
    language = fields.String(validate=LANGUAGE)


class HostForm(Shape):
    host = Line(longest=253, required=True)
