import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import LARGEST, BadAmount, Money, decimals

CURRENCIES = st.sampled_from(["INR", "EUR", "JPY", "KWD"])  # two decimals, two, none, three
MINOR = st.integers(0, LARGEST)


@given(MINOR, CURRENCIES)
def test_comes_back_from_the_wire_as_it_left(minor, currency):
    number = json.dumps(Money(minor, currency).wire())
    assert Money.of(json.loads(number, parse_float=Decimal, parse_int=int), currency) == Money(minor, currency)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 1000)), max_size=20), CURRENCIES)
def test_adds_and_multiplies_exactly(lines, currency):
    total = Money(0, currency)
    for minor, quantity in lines:
        total = total + Money(minor, currency) * quantity
    assert total.minor == sum(minor * quantity for minor, quantity in lines)


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 250), ("INR", 250), ("KWD", 2500)])
def test_counts_the_decimals_of_each_currency(currency, minor):
    assert Money.of(Decimal("2.5"), currency) == Money(minor, currency)


def test_yen_have_no_decimals():
    assert Money.of(2, "JPY") == Money(2, "JPY")
    with pytest.raises(BadAmount, match="JPY has at most 0 decimals"):
        Money.of(Decimal("2.5"), "JPY")


@pytest.mark.parametrize(
    "text", ["2.505", "0.001", "1e-400", "1.00000000000000000000000000000000001", "9999999999.990000000000000000000000001"]
)
def test_refuses_what_would_have_to_be_rounded(text):
    with pytest.raises(BadAmount, match="decimals"):
        Money.of(Decimal(text), "EUR")


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "-0.01", "1e400", "100000000000.01", str(LARGEST)])
def test_refuses_what_is_no_price(text):
    with pytest.raises(BadAmount):
        Money.of(Decimal(text), "EUR")


def test_takes_the_largest_amount_and_not_one_more():
    assert Money.of(Decimal(LARGEST) / 100, "EUR").minor == LARGEST
    with pytest.raises(BadAmount):
        Money.of(Decimal(LARGEST + 1) / 100, "EUR")


def test_does_not_mix_currencies():
    with pytest.raises(BadAmount, match="EUR and INR"):
        Money(1, "EUR") + Money(1, "INR")


def test_an_unknown_currency_has_two_decimals():
    assert decimals("XYZ") == 2
