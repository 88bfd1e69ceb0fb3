"""Every table, imported once, so that migrations and relationships know them all."""

from app.audit import models as audit
from app.catalogue import models as catalogue
from app.core import idempotency, probe, rate_store
from app.customers import models as customers
from app.identity import models as identity
from app.logistics import models as logistics
from app.orders import models as orders
from app.places import models as places
from app.tenancy import models as tenancy
from app.transit import models as transit

__all__ = [
    "audit",
    "catalogue",
    "customers",
    "idempotency",
    "identity",
    "logistics",
    "orders",
    "places",
    "probe",
    "rate_store",
    "tenancy",
    "transit",
]
