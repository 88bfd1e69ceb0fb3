import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.engine import for_reading
from app.core.session import CONTROL, NoTenant, WriteOutsideUnitOfWork
from app.core.unit_of_work import stop_reading, unit_of_work
from app.extensions import db
from app.places.models import Store
from app.tenancy import tenant_service
from app.tenancy.models import Tenant
from app.tenancy.tenant_service import MAIN
from tests.support.shop import inside

STORES, TENANTS = Store.__table__, Tenant.__table__


class Interrupted(Exception):
    pass


def store(code):
    return Store(code=code, name=code.title(), created_at=clock.now())


def codes(app):
    """Asked with a connection of its own, which sees only what was committed."""
    with app.app_context(), for_reading(db.engines[CONTROL]).connect() as connection:
        return set(connection.scalars(select(Store.code))) - {"main"}


def add_then_fail(*added):
    with unit_of_work() as session:
        session.add_all(added)
        session.flush()
        raise Interrupted


def test_what_is_written_inside_is_committed_at_the_end(app):
    with inside(app):
        with unit_of_work() as session:
            session.add(store("north"))
            session.flush()
            assert codes(app) == set()
        assert codes(app) == {"north"}


def test_a_failure_undoes_everything(app):
    with inside(app):
        with pytest.raises(Interrupted):
            add_then_fail(store("north"), store("south"))
        assert codes(app) == set()
        with unit_of_work() as session:  # and the session can be used again
            session.add(store("east"))
    assert codes(app) == {"east"}


def test_blocks_nest_and_only_the_outermost_commits(app):
    with inside(app), unit_of_work() as outer:
        outer.add(store("north"))
        with unit_of_work() as inner:
            assert inner is outer
            inner.add(store("south"))
        outer.flush()
        assert codes(app) == set()
    assert codes(app) == {"north", "south"}


def test_a_failure_after_an_inner_block_undoes_that_too(app):
    def place():
        with unit_of_work():
            with unit_of_work() as inner:
                inner.add(store("south"))
            raise Interrupted

    with inside(app), pytest.raises(Interrupted):
        place()
    assert codes(app) == set()


@pytest.mark.parametrize(
    "write", [insert(Store).values(code="x", name="X"), update(Store).values(name="X"), delete(Store)], ids=["insert", "update", "delete"]
)
def test_refuses_a_write_outside(app, write):
    with inside(app), pytest.raises(WriteOutsideUnitOfWork):
        db.session.execute(write)


def test_refuses_an_object_flushed_outside(app):
    with inside(app):
        db.session.add(store("north"))
        with pytest.raises(WriteOutsideUnitOfWork):
            db.session.flush()
        db.session.rollback()
    assert codes(app) == set()


def test_refuses_objects_changed_before(app):
    """The unit of work reads everything afresh, so a change made to what was read before would be lost without a word."""
    with inside(app):
        db.session.scalars(select(Store)).one().name = "changed too early"
        with pytest.raises(RuntimeError, match="before unit_of_work"), unit_of_work():
            pass
        db.session.rollback()


def test_raw_sql_outside_leaves_no_trace(app):
    """PostgreSQL refuses it, and on SQLite nobody commits it."""
    with inside(app):
        statement = text("UPDATE store SET name = 'by the back door'")
        if db.engines[CONTROL].dialect.name == "postgresql":
            with pytest.raises(DBAPIError, match="read-only"):
                db.session.connection(bind_arguments={"mapper": Store.__mapper__}).execute(statement)
        else:
            db.session.connection(bind_arguments={"mapper": Store.__mapper__}).execute(statement)
    with app.app_context(), db.engines[CONTROL].connect() as connection:
        assert connection.scalar(select(Store.name)) != "by the back door"


def test_what_was_read_before_is_read_again_inside(app):
    with inside(app):
        known = db.session.scalars(select(Store)).one()
        with db.engines[CONTROL].begin() as elsewhere:
            elsewhere.execute(update(Store).values(name="Renamed meanwhile"))
        with unit_of_work() as session:
            assert session.scalars(select(Store)).one().name == "Renamed meanwhile"
        assert known.name == "Renamed meanwhile"


def test_objects_stay_readable_after_the_commit(app):
    with inside(app):
        with unit_of_work() as session:
            added = store("north")
            session.add(added)
        assert (added.code, added.id) == ("north", 2)


def test_nothing_is_read_without_a_tenant(app):
    """There is no default business to fall back on."""
    with app.app_context():
        for question in (select(Store), text("SELECT 1")):
            with pytest.raises(NoTenant):
                db.session.execute(question)
        with pytest.raises(NoTenant), unit_of_work() as session:
            session.execute(insert(Store).values(code="x", name="X"))


def test_control_tables_need_no_tenant(app):
    with app.app_context():
        assert db.session.scalars(select(Tenant.slug)).all() == [MAIN]


@pytest.mark.parametrize(
    "statement",
    [select(STORES.c.id, TENANTS.c.slug), select(STORES.c.id).join(TENANTS, TENANTS.c.name == STORES.c.name)],
    ids=["side by side", "joined"],
)
def test_refuses_a_statement_over_control_and_tenant_tables(app, statement):
    with inside(app), pytest.raises(RuntimeError, match="different databases"):
        db.session.execute(statement)


def test_refuses_to_enter_a_tenant_in_the_middle(app):
    """It would end the session, and what was written so far would be gone without a word."""
    with inside(app):
        with pytest.raises(RuntimeError, match="inside unit_of_work"):
            write_and_enter()
        assert codes(app) == set()
        with tenant_service.use_tenant(MAIN):
            assert db.session.scalars(select(Store.code)).all() == ["main"]


def write_and_enter():
    with unit_of_work() as session:
        session.add(store("north"))
        with tenant_service.use_tenant(MAIN):
            pass


def test_stops_reading_but_never_in_the_middle_of_writing(app):
    with inside(app):
        db.session.scalars(select(Store)).all()
        stop_reading()
        assert not db.session().in_transaction()
        with pytest.raises(RuntimeError, match="would undo"), unit_of_work():
            stop_reading()
