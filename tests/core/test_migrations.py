"""Both chains go up, down and up again on both engines, agree with the models, and a step that fails leaves nothing behind."""

import shutil

import pytest
from sqlalchemy import func, inspect, select, text

from app.core import migrations
from app.core.engine import make_engine
from app.core.session import CONTROL
from app.customers.models import Customer
from app.extensions import db
from app.orders.models import Order
from app.places.models import Store
from tests.support.processes import at_once
from tests.support.shop import inside, settings

TENANT = "tenant"


@pytest.fixture
def engine(empty_database_url):
    made = make_engine(empty_database_url)
    yield made
    made.dispose()


@pytest.fixture
def chain_of_my_own(tmp_path, monkeypatch):
    """A copy of the migrations to which a test may add steps."""
    shutil.copytree(migrations.FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "FOLDER", tmp_path / "migrations")

    def add(upgrade: str) -> None:
        body = "\n    ".join(upgrade.splitlines())
        step = (
            "import sqlalchemy as sa\nfrom alembic import op\n"
            f"revision, down_revision, branch_labels, depends_on = '9999', '{migrations.head(TENANT)}', None, None\n"
            f"def upgrade():\n    {body}\ndef downgrade():\n    pass\n"
        )
        (tmp_path / "migrations" / TENANT / "versions" / "9999_of_a_test.py").write_text(step)

    return add


def tables(engine):
    return set(inspect(engine).get_table_names())


def revision(engine, chain=TENANT):
    with engine.connect() as connection:
        return migrations.current(connection, chain)


@pytest.mark.parametrize("chain", migrations.CHAINS)
def test_goes_up_and_down_and_up_again(engine, chain):
    migrations.upgrade(engine, chain)
    after_the_first = tables(engine)
    assert len(after_the_first) > 3
    migrations.downgrade(engine, chain)
    assert tables(engine) == {f"alembic_version_{chain}"}
    assert revision(engine, chain) is None
    migrations.upgrade(engine, chain)
    assert tables(engine) == after_the_first
    assert revision(engine, chain) == migrations.head(chain)


def test_both_chains_live_in_one_database_without_noticing(engine):
    for chain in migrations.CHAINS:
        migrations.upgrade(engine, chain)
    both = tables(engine)
    migrations.downgrade(engine, CONTROL)
    assert {name for name in both - tables(engine) if not name.startswith("control_")} == set()
    assert revision(engine) == migrations.head(TENANT)


@pytest.mark.parametrize("chain", migrations.CHAINS)
def test_says_what_the_models_say(engine, chain):
    for each in migrations.CHAINS:
        migrations.upgrade(engine, each)
    assert migrations.drift(engine, chain) == []


def test_notices_when_it_does_not(engine):
    migrations.upgrade(engine, TENANT)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE customer ADD COLUMN shoe_size INTEGER"))
        connection.execute(text("DROP INDEX ix_customer_phone"))
    assert len(migrations.drift(engine, TENANT)) == 2


def test_twice_is_once(engine):
    for _ in range(2):
        migrations.upgrade(engine, TENANT)
    assert revision(engine) == migrations.head(TENANT)


def test_a_step_that_fails_leaves_nothing_behind(engine, chain_of_my_own):
    migrations.upgrade(engine, TENANT)
    before = tables(engine)
    chain_of_my_own("op.create_table('half', sa.Column('n', sa.Integer))\nraise ValueError('power cut')")
    with pytest.raises(ValueError, match="power cut"):
        migrations.upgrade(engine, TENANT)
    assert tables(engine) == before
    assert revision(engine) != "9999"


def test_a_whole_chain_that_fails_at_its_end_leaves_nothing_behind(engine, chain_of_my_own):
    """One transaction for the whole upgrade, so a tenant is never half-way between two releases."""
    chain_of_my_own("raise ValueError('power cut')")
    with pytest.raises(ValueError, match="power cut"):
        migrations.upgrade(engine, TENANT)
    assert tables(engine) == set()


def test_rebuilding_a_table_keeps_its_rows_and_their_children(app, alice, chain_of_my_own):
    """SQLite changes a table by copying it and dropping the old one; with the foreign keys enforced, the drop would take orders along."""
    place(alice)
    chain_of_my_own(
        "with op.batch_alter_table('customer', recreate='always' if op.get_bind().dialect.name == 'sqlite' else 'auto') as table:\n"
        "    table.add_column(sa.Column('shoe_size', sa.Integer))"
    )
    with inside(app):
        migrations.upgrade(db.engines[CONTROL], TENANT)
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 3
        assert db.session.scalars(select(Order.customer_name)).all() == ["Alice Archer"]
        assert "shoe_size" in {column["name"] for column in inspect(db.engines[CONTROL]).get_columns("customer")}


def test_refuses_a_step_that_leaves_orphans(app, alice, chain_of_my_own):
    place(alice)
    chain_of_my_own("op.execute('DELETE FROM store')")
    with inside(app):
        with pytest.raises(Exception, match=r"parents|foreign key"):
            migrations.upgrade(db.engines[CONTROL], TENANT)
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Store)) == 1


def test_minds_the_foreign_keys_again_afterwards(engine):
    migrations.upgrade(engine, TENANT)
    with engine.begin() as connection, pytest.raises(Exception, match=r"(?i)foreign key"):
        connection.execute(text("INSERT INTO ticket_counter (store_id, last_number) VALUES (4711, 0)"))


@pytest.mark.slow
def test_four_migrators_at_once_are_as_good_as_one(empty_database_url, engine):
    outputs = at_once(4, "tests.core.programs.migrate", "all", **settings(empty_database_url))
    assert outputs == ["all done\n"] * 4
    assert [revision(engine, chain) for chain in migrations.CHAINS] == [migrations.head(chain) for chain in migrations.CHAINS]


def test_a_schema_of_its_own_keeps_its_tables_to_itself(postgresql_databases):
    url = postgresql_databases.empty()
    migrations.upgrade_url(f"{url}#north", TENANT)
    engine = make_engine(url)
    assert inspect(engine).get_table_names() == []
    assert "orders" in inspect(engine).get_table_names(schema="north")
    engine.dispose()
    postgresql_databases.drop(url)


def place(client):
    order = {"customerName": "Alice Archer", "customerEmail": "alice@example.com", "customerPhone": "555-0100", "serviceIds": ["s1"]}
    assert client.post("/api/orders", json=order).status_code == 201
