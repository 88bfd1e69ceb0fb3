"""Every table, imported once, so that migrations and relationships know them all."""

from app.analytics import models as analytics
from app.audit import models as audit
from app.catalogue import models as catalogue
from app.core import idempotency, probe, rate_store
from app.customers import models as customers
from app.identity import models as identity
from app.jobs import models as jobs
from app.logistics import models as logistics
from app.messages import models as messages
from app.notifications import models as notifications
from app.orders import models as orders
from app.places import models as places
from app.support import models as support
from app.tenancy import models as tenancy
from app.transit import models as transit
from app.webhooks import models as webhooks

__all__ = [
    "analytics",
    "audit",
    "catalogue",
    "customers",
    "idempotency",
    "identity",
    "jobs",
    "logistics",
    "messages",
    "notifications",
    "orders",
    "places",
    "probe",
    "rate_store",
    "support",
    "tenancy",
    "transit",
    "webhooks",
]
