from marshmallow import fields, validate

from app.core.shapes import Email, Line, Password, Shape, YesNo
from app.identity.permissions import Role

# An administrator is made on the machine itself (``flask create-admin``), never through a portal.
HIRED = validate.OneOf([Role.MANAGER, Role.EMPLOYEE, Role.WORKER])


class StaffCreate(Shape):
    name = Line(longest=100, required=True)
    email = Email(required=True)
    role = fields.String(required=True, validate=HIRED)
    password = Password()


class StaffUpdate(Shape):
    name = Line(longest=100)
    email = Email()
    role = fields.String(validate=HIRED)
    disabled = YesNo()
    password = Password()


class Forgotten(Shape):
    email = Email(required=True)


class LinkPassword(Shape):
    """The token from the link's address, and the password its receiver chose."""

    token = Line(longest=100, required=True)
    password = Password(required=True)


class PasswordChange(Shape):
    currentPassword = Password(required=True)
    password = Password(required=True)


class PasswordAgain(Shape):
    password = Password(required=True)
