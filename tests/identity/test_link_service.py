"""A link by itself: whoever uses it, and however many at once."""

import threading

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.identity import link_service
from app.identity.errors import LinkRefused
from app.identity.models import OneTimeLink
from app.identity.principal import Principal
from tests.support.people import ALICE, BOB, account_id_of
from tests.support.shop import inside

TESTS = Principal.anyone("tests")


def used_at_once(app, token, times=20):
    uses, begin = [], threading.Barrier(times)

    def use():
        with inside(app):
            begin.wait()
            try:
                uses.append(link_service.use(link_service.RESET, token).account_id)
            except LinkRefused:
                uses.append(None)

    threads = [threading.Thread(target=use) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [account for account in uses if account is not None]


def test_is_used_once_by_whoever_is_first(app):
    alice = account_id_of(app, ALICE)
    with inside(app):
        token = link_service.make(link_service.RESET, account_id=alice, by=TESTS)
    assert used_at_once(app, token) == [alice]
    assert used_at_once(app, token, 2) == []


def test_using_one_ends_the_others_of_that_account_only(app):
    alice, bob = account_id_of(app, ALICE), account_id_of(app, BOB)
    with inside(app):
        reset, invite = (link_service.make(purpose, account_id=alice, by=TESTS) for purpose in ("reset", "invite"))
        bobs = link_service.make(link_service.RESET, account_id=bob, by=TESTS)
        link_service.use("reset", reset)
        with pytest.raises(LinkRefused):
            link_service.look_at("invite", invite)
        assert link_service.look_at("reset", bobs).account_id == bob


def test_what_was_made_for_nobody_does_not_pile_up(app):
    with inside(app):
        for _ in range(3):
            link_service.make(link_service.RESET, by=TESTS)
        assert db.session.scalar(select(func.count()).select_from(OneTimeLink)) == 1


def test_two_links_differ_in_all_their_bits(app):
    with inside(app):
        tokens = {link_service.make(link_service.RESET, account_id=1, by=TESTS) for _ in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {43}
