"""The letter on Monday: last week's figures, to whoever administers, in the business's language."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.analytics import metric_service, week_service
from app.analytics.week_service import NobodyReached, NotCountedYet
from app.clients.mail.routes import SmtpRoute, route_of
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.identity.models import Account
from app.identity.permissions import Role
from app.notifications.letter_service import Post
from tests.analytics.test_metrics import place
from tests.support.mail import letters
from tests.support.processes import free_port
from tests.support.shop import inside


@pytest.fixture
def monday(app):
    """A week with one order in it is over, and the administrator has an address."""
    with inside(app) as business:
        now = clock.now()
        place(now)
        with unit_of_work() as session:
            session.execute(update(Account).where(Account.role == Role.ADMIN).values(login="owner@example.com"))
        later = now + timedelta(days=7)
        yield business, later


def post(app, language="en", **route):
    made = route_of(app.config, "FabClean", "http://127.0.0.1") if not route else SmtpRoute(**route)
    return Post("http://127.0.0.1", "FabClean", made, language)


def test_administrators_read_what_last_week_came_to(app, monday):
    business, later = monday
    with pytest.raises(NotCountedYet):
        week_service.send(business, post=post(app), now=later)
    metric_service.count(later, business.timezone)
    assert week_service.send(business, post=post(app), now=later) == 1
    assert week_service.send(business, post=post(app, "hi"), now=later) == 1
    english, hindi = letters(app, "owner@example.com")
    assert english["Subject"] == "FabClean: ₹300.00 last week"
    text = english.get_body(("plain",)).get_content()
    assert "1, for ₹300.00. The week before it was ₹0.00." in text
    assert "/admin/figures/?grain=week&start=" in text
    assert "₹300.00" in hindi["Subject"]
    assert hindi["Subject"] != english["Subject"]


def test_a_letter_that_reaches_nobody_is_tried_again(app, monday):
    business, later = monday
    metric_service.count(later, business.timezone)
    nowhere = post(app, url=f"smtp://127.0.0.1:{free_port()}", sender="FabClean", address="shop@example.com")
    with pytest.raises(NobodyReached):
        week_service.send(business, post=nowhere, now=later)
