from datetime import UTC, datetime

import pytest

from app.core.catalogues import said
from app.core.words import LANGUAGES
from app.messages.errors import BadPlaceholder
from app.messages.message_rules import DEFAULTS, PLACEHOLDERS, Occasion, channels_for, check, fill, held_until

KOLKATA, BERLIN = "Asia/Kolkata", "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_name_only_what_there_is(language):
    for occasion in Occasion:
        ours = DEFAULTS[occasion]
        for text in (ours.subject, ours.body, ours.short):
            check(occasion, said(text, language), field="x")
            assert "{" not in fill(said(text, language), dict.fromkeys(PLACEHOLDERS[occasion], "x"))
            assert language == "en" or said(text, language) != text


def test_a_text_that_names_something_else_is_refused():
    for text in ("{nam}", "{}", "{0}", "{name", "name}", "{name!r}", "{name:>100000}", "{name.__class__}", "{number[0]}", "{day}"):
        with pytest.raises(BadPlaceholder):
            check(Occasion.READY, text, field="body")
    check(Occasion.READY, "{{no name}} {name}", field="body")
    check(Occasion.PICKUP_BOOKED, "{day} {window}", field="body")
    assert fill("{{{name}}} {number}", {"name": "{number}", "number": "7"}) == "{{number}} 7"


@pytest.mark.parametrize(
    ("now", "quiet", "zone", "until"),
    [
        ("2030-01-15T22:00+05:30", ("21:00", "08:00"), KOLKATA, "2030-01-16T08:00+05:30"),
        ("2030-01-15T07:59+05:30", ("21:00", "08:00"), KOLKATA, "2030-01-15T08:00+05:30"),
        ("2030-01-15T08:00+05:30", ("21:00", "08:00"), KOLKATA, None),
        ("2030-01-15T20:59+05:30", ("21:00", "08:00"), KOLKATA, None),
        ("2030-01-15T21:00+05:30", ("21:00", "08:00"), KOLKATA, "2030-01-16T08:00+05:30"),
        ("2030-01-15T13:30+05:30", ("13:00", "15:00"), KOLKATA, "2030-01-15T15:00+05:30"),
        ("2030-01-15T15:00+05:30", ("13:00", "15:00"), KOLKATA, None),
        ("2030-03-31T01:30+01:00", ("22:00", "07:00"), BERLIN, "2030-03-31T07:00+02:00"),
        ("2030-10-27T01:30+02:00", ("22:00", "07:00"), BERLIN, "2030-10-27T07:00+01:00"),
        ("2030-01-15T22:00+05:30", (None, None), KOLKATA, None),
        ("2030-01-15T22:00+05:30", ("21:00", "21:00"), KOLKATA, None),
    ],
)
def test_quiet_hours_are_on_the_clock_at_the_shops_wall(now, quiet, zone, until):
    assert held_until(at(now), *quiet, zone) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("offered", "wanted", "reachable", "ways"),
    [
        (["email"], None, {"email", "sms"}, ["email"]),
        (["email", "sms"], None, {"sms"}, ["sms"]),
        (["email", "sms"], ["sms", "email"], {"email", "sms"}, ["email", "sms"]),
        (["email"], ["sms"], {"email", "sms"}, []),
        (["email", "sms"], [], {"email", "sms"}, []),
        (["email"], None, set(), []),
        ([], None, {"email"}, []),
    ],
)
def test_the_ways_are_the_customers_choice_among_the_shops(offered, wanted, reachable, ways):
    assert channels_for(offered, wanted, reachable) == ways
