from marshmallow import fields, validate

from app.core.shapes import Email, Line, PageQuery, Password, Phone, Shape, Text


class SignUp(Shape):
    name = Line(longest=100, required=True)
    email = Email(required=True)
    phone = Phone(required=True)
    password = Password(required=True)


class CustomerCreate(Shape):
    name = Line(longest=100, required=True)
    email = Email(allow_none=True)
    phone = Phone(allow_none=True)
    notes = Text(longest=2000, allow_none=True)


class CustomerUpdate(Shape):
    name = Line(longest=100)
    email = Email(allow_none=True)
    phone = Phone(allow_none=True)
    notes = Text(longest=2000, allow_none=True)


class CustomerFilter(PageQuery):
    q = Line(longest=100, load_default=None)


class Merge(Shape):
    intoId = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**53))


class AddressAsked(Shape):
    address = Text(longest=300, required=True)
