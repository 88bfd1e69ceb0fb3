from marshmallow import fields, validate

from app.core.shapes import Email, Line, Password, Shape, YesNo
from app.identity.permissions import Role

# An administrator is made on the machine itself (``flask create-admin``), never through a portal.
# ``custom:3`` is a role of the business's own.
HIRED = validate.Regexp(rf"({Role.MANAGER}|{Role.EMPLOYEE}|{Role.WORKER}|custom:[0-9]{{1,15}})\Z", error="There is no such role.")


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


class RoleCreate(Shape):
    """What the role it is based on allows is the service's to say."""

    name = Line(longest=60, required=True)
    base = fields.String(required=True, validate=validate.OneOf([Role.EMPLOYEE, Role.MANAGER]))
    permissions = fields.List(Line(longest=60), load_default=list, validate=validate.Length(max=100))


class RoleUpdate(Shape):
    name = Line(longest=60)
    permissions = fields.List(Line(longest=60), validate=validate.Length(max=100))


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
