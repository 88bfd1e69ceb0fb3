from app.portals.employee import employee
from app.portals.http import customer_doors

customer_doors.add_doors(employee)
