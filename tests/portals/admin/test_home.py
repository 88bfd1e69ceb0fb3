"""The office's first page: its figures lead to their rows, and the part that is live costs nothing while nothing changes."""

import re

import pytest

from app.orders.order_rules import Event
from tests.support.orders import place

PAGE = {"Accept": "text/html"}
THROUGH = (Event.START, Event.FINISH, Event.COLLECT)


def tile(page, word):
    found = re.search(rf'href="([^"]+)">\s*<span class="tile-word">{word}</span>.*?tile-figure">(\d+)<', page, re.S)
    return int(found.group(2)), found.group(1).replace("&amp;", "&")


@pytest.mark.parametrize(("word", "figure"), [("In today", 3), ("Out today", 1)])
def test_a_figure_leads_to_the_rows_it_counts(word, figure, admin, client):
    orders = [place(client) for _ in range(3)]
    for step in THROUGH:
        admin.post(f"/admin/orders/{orders[0]['id']}/step", data={"event": step}, headers=PAGE)
    count, link = tile(admin.get("/admin/", headers=PAGE).text, word)
    assert count == figure
    assert admin.get(link, headers=PAGE).text.count('class="row-link"') == figure


def test_the_live_part_is_sent_again_only_when_something_changed(admin, client):
    place(client)
    first = admin.get("/admin/live", headers=PAGE)
    again = admin.get("/admin/live", headers={**PAGE, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    place(client)
    fresh = admin.get("/admin/live", headers={**PAGE, "If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert tile(fresh.text, "In today")[0] == 2


def test_asks_as_often_with_many_orders_as_with_few(admin, client, statements):
    def asked():
        statements.clear()
        admin.get("/admin/", headers=PAGE)
        return len(statements)

    place(client)
    few = asked()
    for _ in range(5):
        place(client)
    assert 5 < asked() == few < 25


def test_is_for_owner_and_managers(admin, employee, worker, alice, client):
    assert {who.get("/admin/live", headers=PAGE).status_code for who in (employee, worker)} == {403}
    assert {who.get("/admin/live", headers=PAGE).status_code for who in (alice, client)} == {302}
