"""The one box at the counter: it knows what it got."""

import pytest
from sqlalchemy import insert

from app.core import ids
from app.core.unit_of_work import unit_of_work
from app.orders.models import TicketCounter
from app.places import queries as places
from tests.support.orders import place
from tests.support.people import ALICE
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}


def find(somebody, typed):
    return somebody.get("/employee/find", query_string={"q": typed}, headers=PAGE)


def test_opens_the_order_that_is_meant(employee):
    """By ticket number, by the code below the bars however it is typed, and by what the label's square holds."""
    order = place(employee)
    sheet = employee.get(f"/employee/orders/{order['id']}", headers=PAGE).text
    link = sheet.partition('href="/track/')[2].partition('"')[0]
    code = order["id"]
    grouped = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    for typed in (str(order["number"]), f" #{order['number']} ", code, code.upper(), grouped, f"https://shop.example/track/{link}"):
        answer = find(employee, typed)
        assert (answer.status_code, answer.headers.get("Location")) == (303, f"/employee/orders/{code}"), typed


def test_lists_the_people_who_are_meant_with_what_they_have_here(employee):
    order = place(employee, customerName="Asha Verma", customerEmail="asha@example.com", customerPhone="+91 98200 12345")
    over = place(employee, customerEmail="asha@example.com")
    for station in ("processing", "ready", "counter"):
        employee.post("/employee/api/scans", json={"code": over["id"], "station": station})
    for typed in ("asha v", "asha@example", "98200 12345", "12345"):
        page = find(employee, typed)
        assert page.status_code == 200
        assert "Asha Verma" in page.text, typed
        assert f'href="/employee/orders/{order["id"]}"' in page.text, typed
        assert ALICE.name not in page.text
        assert f'href="/employee/orders/{over["id"]}"' not in page.text, "what was handed over is no longer here"


def test_digits_may_be_the_end_of_a_phone_as_well_as_a_ticket(app, employee):
    with inside(app), unit_of_work() as session:
        session.execute(insert(TicketCounter).values(store_id=places.get_default().id, last_number=4320))
    ticket = place(employee, customerName="Tia Ticket", customerEmail="tia@example.com")
    assert find(employee, "4321").headers["Location"] == f"/employee/orders/{ticket['id']}"
    place(employee, customerName="Phil Phone", customerEmail="phil@example.com", customerPhone="+91 98200 04321")
    both = find(employee, "4321").text
    assert ("Phil Phone" in both, "Tia Ticket" in both, f'href="/employee/orders/{ticket["id"]}"' in both) == (True, True, True)
    assert find(employee, "#4321").status_code == 303


@pytest.mark.parametrize(
    ("typed", "prefilled"), [("Walter", "name=Walter"), ("98200 99999", "phone=98200+99999"), ("w@x.example", "email=w")]
)
def test_somebody_new_is_not_typed_twice(typed, prefilled, employee):
    page = find(employee, typed)
    assert page.status_code == 200
    assert f"/employee/orders/new?{prefilled}" in page.text


def test_a_mistyped_code_and_an_unknown_one_read_differently(employee):
    order = place(employee)
    wrong = order["id"][:-1] + ("1" if order["id"][-1] == "0" else "0")
    unknown = next(code for code in iter(ids.new_code, "") if any(c.isdigit() for c in code) and any(c.isalpha() for c in code))
    digits = wrong if any(c.isdigit() for c in wrong) and any(c.isalpha() for c in wrong) else "k3x97q2m4tzb"
    for typed, status, said in (
        (digits, 400, "a character must be wrong"),
        (unknown, 404, "no such order"),
        ("#4711", 404, "no such order"),
    ):
        page = find(employee, typed)
        assert (page.status_code, said in page.text) == (status, True), typed
        assert f'value="{typed}"' in page.text


def test_is_not_for_drivers(worker):
    assert find(worker, "1").status_code == 403
