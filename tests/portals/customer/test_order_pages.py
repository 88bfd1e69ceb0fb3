"""A customer's own pages, and who may not see them."""

from tests.support.orders import place_for
from tests.support.people import ALICE, BOB

PAGE = {"Accept": "text/html"}


def test_lists_ones_own_orders_only(client, alice):
    mine, others = place_for(client, ALICE.login), place_for(client, BOB.login)
    page = alice.get("/customer/", headers=PAGE).text
    assert f"/customer/orders/{mine['id']}" in page
    assert others["id"] not in page


def test_refuses_a_stranger(client, alice, charlie):
    order = place_for(client, ALICE.login)
    assert alice.get(f"/customer/orders/{order['id']}", headers=PAGE).status_code == 200
    refused = charlie.get(f"/customer/orders/{order['id']}", headers=PAGE)
    assert refused.status_code == 403
    assert ALICE.name not in refused.text


def test_sends_nobody_to_the_sign_in_page(client):
    order = place_for(client, ALICE.login)
    path = f"/customer/orders/{order['id']}"
    answer = client.get(path, headers=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customer/login?next={path}")


def test_a_long_list_takes_a_fixed_number_of_queries(client, alice, statements):
    """One for who it is, one for whether new customers wait, and three for any number of orders: them, their lines and their pasts."""
    for _ in range(7):
        place_for(client, ALICE.login)
    statements.clear()
    assert alice.get("/customer/", headers=PAGE).status_code == 200
    assert len([statement for statement in statements if statement.lstrip().startswith("SELECT")]) == 5
