"""HTTP and nothing else: URLs, statuses, headers, templates. One package per portal, and ``http`` with what all of them share.

What does not belong here: queries, rules and writes. A door reads what came in, calls a service or a query, and shows the answer,
in at most ten lines. Floor: the top, beside ``cli``. No portal imports another.
"""

from flask import Flask

from app.portals.http import answers, assets, errors, every_request, formats, languages


def init_app(app: Flask) -> None:
    """The HTTP layer first, then one blueprint per portal."""
    app.json = answers.Json(app)
    every_request.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    formats.init_app(app)
    languages.init_app(app)

    from app.portals.admin import admin
    from app.portals.api import api
    from app.portals.auth import auth
    from app.portals.customer import customer
    from app.portals.employee import employee
    from app.portals.public import public
    from app.portals.worker import worker

    for portal in (public, auth, api, admin, employee, worker, customer):
        app.register_blueprint(portal)
