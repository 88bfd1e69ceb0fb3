from datetime import date
from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.analytics import queries as figures
from app.core import clock
from app.identity.permissions import Permission
from app.orders import queries as orders
from app.orders.order_rules import Status
from app.portals.admin import admin
from app.portals.http.portal import permits
from app.tenancy.tenant_service import current_business
from app.transit import queries as transit
from app.transit.batch_rules import BatchStatus
from app.webhooks.queries import switched_off

PRESSING, NEWEST, BEST, ROADS = 8, 6, 6, 5


@admin.get("/")
@permits(Permission.ADMIN_VISIT)
def home() -> str:
    now, business = clock.now(), current_business()
    days = figures.taken_in(clock.local_day(now, business.timezone), business.timezone, business.currency)
    since = clock.start_of(date.fromisoformat(days[0]["day"]), business.timezone)
    best = figures.top_services(since, business.currency, limit=BEST)
    newest = orders.newest(limit=NEWEST).rows
    return render_template("admin/home.html", now=now, days=days, best=best, newest=newest, switched_off=switched_off(), **_live())


@admin.get("/live")
@permits(Permission.ADMIN_VISIT)
def live() -> ResponseReturnValue:
    """The part of the first page that changes by the minute, for its script; unchanged it costs an empty answer."""
    response = make_response(render_template("admin/_live.html", **_live()))
    response.add_etag()
    return response.make_conditional(request)


def _live() -> dict[str, Any]:
    now = clock.now()
    begins, ends = clock.day_around(now, current_business().timezone)
    return {
        "today": figures.count_today(begins, ends, now),
        "day": clock.local_day(now, current_business().timezone),
        "counts": orders.count_by_status(),
        "statuses": list(Status),
        "pressing": figures.pressing(ends, limit=PRESSING),
        "batches": transit.newest(status=BatchStatus.IN_TRANSIT, limit=ROADS).rows,
    }
