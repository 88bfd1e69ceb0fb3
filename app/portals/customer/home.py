from flask import render_template

from app.identity.permissions import Permission
from app.orders import queries as orders
from app.portals.customer import customer
from app.portals.http.guard import who
from app.portals.http.portal import permits


@customer.get("/")
@permits(Permission.CUSTOMER_VISIT)
def home() -> str:
    return render_template("customer/home.html", orders=orders.newest(customer_id=who().customer_id).rows, name=who().label)
