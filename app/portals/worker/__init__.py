"""The drivers' portal: pages under ``/worker/`` and their API under ``/worker/api/``."""

from app.identity.permissions import Permission
from app.portals.http import account_doors, staff_signing_in
from app.portals.http.portal import Portal

worker = Portal("worker", __name__, visit=Permission.WORKER_VISIT, realms=("staff",), url_prefix="/worker")

staff_signing_in.add_doors(worker, Permission.WORKER_VISIT)
account_doors.add_doors(worker)

from app.portals.worker import deliveries, files, phone, stop_pages, sync  # noqa: F401
