from app.portals.employee import employee
from app.portals.http import transit_doors
from app.transit.batch_rules import BatchEvent

transit_doors.add_doors(employee, (BatchEvent.INITIATE, BatchEvent.ARRIVE, BatchEvent.COMPLETE))
