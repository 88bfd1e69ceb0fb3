from flask import jsonify
from flask.typing import ResponseReturnValue

from app.analytics.queries import dashboard
from app.analytics.queries.dashboard import SummaryDict
from app.core import clock
from app.identity.permissions import Permission
from app.portals.api import api
from app.portals.http.portal import answers, permits
from app.tenancy.tenant_service import current_business


@api.get("/api/v1/dashboard/summary/")
@permits(Permission.ANALYTICS_READ)
@answers(200, SummaryDict, "Today as it is now, and the stored figures of this day, week and month.")
def dashboard_summary() -> ResponseReturnValue:
    business = current_business()
    return jsonify(dashboard.summary(now=clock.now(), timezone=business.timezone, currency=business.currency))
