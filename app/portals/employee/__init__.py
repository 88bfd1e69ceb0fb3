"""The counter's and the plant's portal: pages under ``/employee/`` and their API under ``/employee/api/``."""

from app.identity.permissions import Permission
from app.portals.http import account_doors, staff_signing_in
from app.portals.http.portal import Portal

employee = Portal("employee", __name__, visit=Permission.EMPLOYEE_VISIT, realms=("staff",), url_prefix="/employee")

staff_signing_in.add_doors(employee, Permission.EMPLOYEE_VISIT)
account_doors.add_doors(employee)

from app.portals.employee import away, board, customers, finding, home, new_order, order_api, order_pages, scanning, transit, transit_pages  # noqa: F401
