"""Who may call whom, as one declaration, and the forty lines that hold the code to it.

A file is judged by its floor (its package) and by its room (its name): ``app/orders/order_rules.py`` is the room ``rules`` on the
floor ``orders``. What stands under ``if TYPE_CHECKING:`` is not a call and does not count.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Lowest first. A floor calls only down; floors written with a bar stand side by side and do not call each other.
FLOORS = tuple(
    frozenset(floor.split("|"))
    for floor in (
        "core", "clients", "audit", "notifications", "tenancy", "jobs", "identity", "places", "customers", "catalogue", "labels",
        "inventory", "procurement", "orders", "transit|logistics", "webhooks|messages", "billing", "analytics", "platform", "backups",
        "doctor", "support", "portals|cli",
    )
)  # fmt: skip
# The composition root ties the floors together, so it stands on none.
COMPOSITION_ROOT = {
    "extensions",
    "models",
    "subscriptions",
    "config",
    "logs",
    "housekeeping",
    "timetable",
    "server",
    "__init__",
    "__version__",
    "create_app",
}


@dataclass(frozen=True)
class Room:
    own: str  # the rooms of its own domain it may use
    lower: str  # the rooms of lower domains
    core: str  # the modules of core
    never: str = ""  # whatever else it may not import


ROOMS = {
    "core": Room(own="*", lower="", core="*", never="flask"),
    "models": Room(own="models rules other", lower="", core="*", never="flask marshmallow app.core.unit_of_work"),
    "errors": Room(own="errors", lower="", core="errors words", never="flask sqlalchemy marshmallow app.extensions"),
    "events": Room(own="events", lower="", core="errors", never="flask sqlalchemy marshmallow app.extensions"),
    "schemas": Room(
        own="schemas rules other errors", lower="schemas", core="shapes money ids errors words", never="flask sqlalchemy app.extensions"
    ),
    "rules": Room(
        own="rules errors",
        lower="",
        core="money words",
        never="flask sqlalchemy marshmallow app.extensions os pathlib socket time random secrets",
    ),
    "queries": Room(
        own="models errors rules queries other", lower="queries errors other", core="*", never="flask marshmallow app.core.unit_of_work"
    ),
    "service": Room(
        own="models errors events rules queries analytics.queries service other",
        lower="service queries errors events other",
        core="*",
        never="flask marshmallow",
    ),
    "other": Room(own="*", lower="service queries errors other", core="*", never="flask marshmallow"),
    "http": Room(own="*", lower="service queries schemas errors other", core="*", never="app.extensions.db sqlalchemy.select"),
    "portal": Room(
        own="*",
        lower="service queries analytics.queries schemas errors other",
        core="*",
        never="sqlalchemy app.extensions app.core.unit_of_work app.core.session",
    ),
    # A command may put several services' work into one unit of work; a door calls one service, which has its own.
    "cli": Room(own="*", lower="service queries analytics.queries errors other", core="*", never="sqlalchemy marshmallow"),
    # Counting is what analytics is for, so it may look into every domain's tables.
    "analytics.queries": Room(own="*", lower="models queries errors other", core="*", never="flask marshmallow app.core.unit_of_work"),
}
CLOCK = {"now", "utcnow", "today"}
WRITES = {"insert", "update", "delete", "add", "add_all", "merge", "flush", "commit", "bulk_insert_mappings"}


def violations(path: str, source: str) -> list[str]:
    """``path`` as in ``app/orders/queries.py``. Each sentence says what is wrong and why."""
    parts = Path(path).with_suffix("").parts[1:]
    floor = parts[0]
    if floor in COMPOSITION_ROOT or parts == ("portals", "__init__"):
        return []
    room = _room(floor, parts[1])
    tree = ast.parse(source)
    found = [f"{path}:{line} imports {name}: {why}" for name, line in _imports(tree) if (why := _forbidden(floor, parts[1], room, name))]
    if room == "rules":
        found += [f"{path}:{line} asks the clock: take `now` as an argument" for line in _calls(tree, CLOCK, on_session=False)]
    if room.endswith("queries"):
        found += [f"{path}:{line} writes: a query only asks" for line in _calls(tree, WRITES, on_session=True)]
    return found


def _forbidden(floor: str, module: str, room: str, name: str) -> str | None:
    rules = ROOMS[room]
    if any(name == never or name.startswith(f"{never}.") for never in rules.never.split()):
        return f"a {room} file does without it"
    if not name.startswith("app."):
        return "write the whole name" if name.startswith(".") else None
    there, inside, thing = [*name.split("."), "", ""][1:4]
    if there in COMPOSITION_ROOT:
        return None
    if _height(floor) is None or _height(there) is None:
        return "a package without a floor: give it one in FLOORS"
    if there == floor:
        if floor == "portals" and inside not in (module, "http"):
            return "portals do not know each other; what they share is in portals.http"
        return _may(rules.own, _room(there, inside), name, "of its own domain")
    if _height(there) >= _height(floor):  # type: ignore[operator]
        return f"{floor} calls only down; upwards it announces events"
    if there == "core":
        return None if rules.core == "*" or inside in rules.core.split() else f"of core a {room} file may use {rules.core}"
    if thing in _enums(there, inside):
        return None  # a name that others say, and nothing that could be called
    if floor == "portals" and thing.endswith("Dict"):
        return None  # the API's description is made from them
    return _may(rules.lower, _room(there, inside), name, "of a lower domain")


def _may(allowed: str, room: str, name: str, whose: str) -> str | None:
    return None if allowed == "*" or room in allowed.split() else f"not the {room} {whose}; allowed: {allowed or 'nothing'}"


def _height(floor: str) -> int | None:
    return next((height for height, names in enumerate(FLOORS) if floor in names), None)


def _room(floor: str, module: str) -> str:
    if floor == "portals":
        return "http" if module == "http" else "portal"
    if floor in ("core", "cli"):
        return floor
    if (floor, module) == ("analytics", "queries"):
        return "analytics.queries"
    for room in ("service", "rules"):
        if module.endswith(f"_{room}"):
            return room
    return module if module in ROOMS else "other"


@cache
def _enums(floor: str, module: str) -> frozenset[str]:
    file = ROOT / "app" / floor / f"{module}.py"
    classes = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.ClassDef)] if file.exists() else []
    return frozenset(node.name for node in classes if any(ast.unparse(base).endswith("Enum") for base in node.bases))


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in _children(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            yield from ((f"{prefix}.{alias.name}", node.lineno) for alias in node.names)


def _children(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        yield node
        yield from _children(node)


def _calls(tree: ast.AST, names: set[str], *, on_session: bool) -> Iterator[int]:
    """Lines that call one of these: as a function of that name, or as a method (of a session, if asked for)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            owner, _, name = called.rpartition(".")
            if name in names and (not on_session or owner.endswith("session") or not owner):
                yield node.lineno
