"""Places so many orders through the service, and prints their ticket numbers."""

import sys

from app import config, create_app
from app.identity.principal import Principal
from app.orders import order_service
from app.tenancy import tenant_service
from tests.support.processes import wait_for_the_others

app = create_app(config.load())
with app.app_context(), tenant_service.use_tenant("main"):
    wait_for_the_others()
    for number in range(int(sys.argv[1])):
        # The same e-mail from everybody, so that they race for making the customer as well.
        order = {"customerName": "Dora", "customerEmail": f"dora{number}@example.com", "customerPhone": "555-0100", "serviceIds": ["s1"]}
        print(order_service.place(order, by=Principal.anyone("tests")).number)
