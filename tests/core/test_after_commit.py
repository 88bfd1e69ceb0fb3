"""What follows a commit: only what was committed, only after it, and never at the answer's cost."""

import pytest

from app.core.unit_of_work import after_commit, unit_of_work
from tests.core.test_unit_of_work import Interrupted, codes, store
from tests.support.shop import inside


def test_is_called_once_the_outermost_block_is_committed(app):
    seen = []
    with inside(app):
        with unit_of_work() as session:
            with unit_of_work():
                after_commit(lambda: seen.append(codes(app)))
                session.add(store("north"))
            assert seen == []
        assert seen == [{"north"}]
        with unit_of_work():
            pass
    assert len(seen) == 1


def test_is_not_called_for_what_was_undone(app):
    seen = []

    def fail():
        with unit_of_work():
            after_commit(lambda: seen.append("told"))
            raise Interrupted

    with inside(app):
        with pytest.raises(Interrupted):
            fail()
        with unit_of_work():
            pass
    assert seen == []


def test_a_failing_one_is_logged_and_costs_nobody_anything(app, caplog):
    seen = []
    with inside(app):
        with unit_of_work() as session:
            after_commit(lambda: 1 / 0)
            after_commit(lambda: seen.append("the next one"))
            session.add(store("north"))
        assert codes(app) == {"north"}
    assert seen == ["the next one"]
    assert [(record.levelname, record.name) for record in caplog.records] == [("ERROR", "fabclean.after_commit")]


def test_may_write_something_itself(app):
    def write():
        with unit_of_work() as session:
            session.add(store("later"))

    with inside(app):
        with unit_of_work() as session:
            session.add(store("north"))
            after_commit(write)
        assert codes(app) == {"north", "later"}


def test_belongs_inside_a_unit_of_work(app):
    with inside(app), pytest.raises(RuntimeError, match="inside"):
        after_commit(print)
