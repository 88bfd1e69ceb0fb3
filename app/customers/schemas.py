from app.core.shapes import Email, Line, Password, Phone, Shape


class SignUp(Shape):
    name = Line(longest=100, required=True)
    email = Email(required=True)
    phone = Phone(required=True)
    password = Password(required=True)
