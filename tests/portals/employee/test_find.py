"""The one box at the counter."""

import pytest

from tests.support.orders import place

PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize("typed", ["{number}", " #{number} ", "{id}", "{upper}"])
def test_opens_the_order_that_is_meant(typed, employee):
    order = place(employee)
    code = typed.format(**order, upper=order["id"].upper())
    answer = employee.get("/employee/find", query_string={"code": code}, headers=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/employee/orders/{order['id']}")
    assert employee.get(answer.headers["Location"], headers=PAGE).status_code == 200


@pytest.mark.parametrize(
    ("typed", "status", "said"), [("4711", 404, "no such order"), ("abcd", 400, "a character must be wrong"), ("٣", 400, "")]
)
def test_says_why_it_found_nothing(typed, status, said, employee):
    answer = employee.get("/employee/find", query_string={"code": typed}, headers=PAGE)
    assert answer.status_code == status
    assert said in answer.text
    assert f'value="{typed}"' in answer.text


def test_is_not_for_drivers(worker):
    assert worker.get("/employee/find?code=1", headers=PAGE).status_code == 403
