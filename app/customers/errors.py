from app.core.errors import Invalid


class NoSuchCustomer(Invalid):
    code = "no_such_customer"
    sentence = "There is no such customer."
