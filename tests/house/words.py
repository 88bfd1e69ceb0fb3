"""Every sentence a page can show, found where it is written. ``python -m tests.house.words`` brings the catalogues up to date."""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes
from jinja2.ext import babel_extract

import app
from app.core.errors import DomainError
from app.identity.permissions import Role
from app.orders.order_rules import Event, Status

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "app" / "translations"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if not {"styleguide.html"} & set(path.parts))
SOURCES = sorted((ROOT / "app").rglob("*.py"))
# What only a program can be told is English: its bodies, its keys.
UNTOLD = ROOT / "app" / "portals" / "http"
MARKS = ("_", "gettext", "ngettext", "N_")
# States and the like are data, and shown with the filter ``said``.
SHOWN: tuple[type[StrEnum], ...] = (Status, Event, Role)
MORE = ("placed",)
# Only these attributes of an element are read out or shown.
SPOKEN = re.compile(r"aria-label|aria-description|alt|title|placeholder|data-say.*")
HOLE = "\x00"
# Blocks whose content stands inside a tag.
ATTRIBUTES = ("layout", "box_focus")
NAMES = {"FabClean", "FabClean API", "CSV", "XLSX"} | {str(value) for shown in SHOWN for value in shown}
Word = str | tuple[str, str]


@cache
def all_words() -> set[Word]:
    found: set[Word] = {str(value) for shown in SHOWN for value in shown} | set(MORE)
    for path in TEMPLATES:
        with path.open("rb") as source:
            found |= {_whole(message) for _, _, message, _ in babel_extract(source, MARKS, (), {"silent": "false"})}
    for path in SOURCES:
        found |= set(words_of(ast.parse(path.read_text())))
    whole = {tuple(word[:2]) if isinstance(word, tuple) else word for word in found}
    return {word for word in whole if word and (isinstance(word, str) or None not in word)}


def _whole(message: Word | tuple[str | None, ...]) -> Word:
    """Of ``_("Order %(number)s", number=7)`` the values are no words."""
    words = (message,) if isinstance(message, str) else tuple(word for word in message if word is not None)
    return words[0] if len(words) == 1 else words[:2]  # type: ignore[return-value]


def words_of(tree: ast.AST) -> Iterator[Word]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _said_in(node)
        elif isinstance(node, ast.Assign) and [_name(target) for target in node.targets] == ["sentence"]:
            yield from _texts(node.value)


def unsayable(tree: ast.AST) -> Iterator[int]:
    """Lines on which a refusal is put together in a way nobody can translate: use ``say()``. What names its fields says it there."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _name(node.func) not in refusals() | {"__init__"} or not node.args:
            continue
        if isinstance(node.args[0], ast.JoinedStr) and "fields" not in [keyword.arg for keyword in node.keywords]:
            yield node.lineno


@cache
def refusals() -> set[str]:
    """By name: every kind of refusal of the application's own, whoever has been imported so far."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)
    names, waiting = set(), [DomainError]
    while waiting:
        kind = waiting.pop()
        if kind.__module__.startswith("app."):
            names.add(kind.__name__)
        waiting += kind.__subclasses__()
    return names


def unmarked(source: str) -> list[str]:
    """What a template says in English only: text between tags, spoken attributes, and literals given to macros."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    page = Page()
    page.feed(re.sub(rf"[a-z]+-{HOLE}", HOLE, "".join(_flat(tree))))  # tone-…: the end of a name, not a word
    page.close()
    marked = {message for _, _, message, _ in babel_extract(BytesIO(source.encode()), MARKS, (), {})}
    literals = [node.value for node in _literals(tree)]
    return [text for text in page.found + literals if text not in NAMES | marked]


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._quiet: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self._quiet.append(tag)
        self.found += [value for name, value in attrs if SPOKEN.fullmatch(name) and value and _has_words(value)]

    def handle_endtag(self, tag):
        if self._quiet and self._quiet[-1] == tag:
            self._quiet.pop()

    def handle_data(self, data):
        if not self._quiet and _has_words(data):
            self.found.append(data.strip().replace(HOLE, "…"))


def _flat(node: nodes.Node) -> Iterator[str]:
    """The template as one page on which every branch is taken once and every expression is a hole."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block) and child.name in ATTRIBUTES:
            continue
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Expr):
            yield HOLE
        else:
            yield from _flat(child)


def _literals(node: nodes.Node) -> Iterator[nodes.Const]:
    """Literals that read like words and are given to somebody: not those that are compared, looked up or marked."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name in MARKS:
            continue
        if isinstance(child, nodes.Compare | nodes.Test | nodes.Getitem):
            continue
        if isinstance(child, nodes.Const) and isinstance(child.value, str) and re.match(r"[A-Z][a-z]|[A-Z] [a-z]", child.value):
            yield child
        if isinstance(child, nodes.Pair):
            yield from _literals_in(child.value)
            continue
        yield from _literals(child)


def _literals_in(node: nodes.Node) -> Iterator[nodes.Const]:
    yield from _literals(nodes.Output([node]))


def _has_words(text: str) -> bool:
    """A letter or two beside a hole are a unit or a sign; more is a word."""
    return re.search(r"[^\W\d_]{2,}", text.replace(HOLE, " ")) is not None


def _said_in(call: ast.Call) -> Iterator[Word]:
    name = _name(call.func)
    if name == "ngettext":
        if len(words := [text for argument in call.args[:2] for text in _texts(argument)]) == 2:
            yield words[0], words[1]
    elif name in MARKS or name in ("say", "ValidationError") or name in refusals():
        yield from (text for argument in call.args[:1] for text in _texts(argument))
    for keyword in call.keywords:
        if keyword.arg in ("error", "error_messages", "sentence"):
            yield from (text for text in _texts(keyword.value) if " " in text)  # one word is a setting


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _texts(value)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=path.stem)


def bring_up_to_date(path: Path) -> None:
    """New sentences are added without a translation, and those nobody says any more are dropped."""
    known, fresh = catalogue(path), Catalog(locale=path.stem, project="FabClean", fuzzy=False)
    for word in sorted(all_words(), key=str):
        message = known.get(word[0] if isinstance(word, tuple) else word)
        fresh.add(word, message.string if message else None)
    with path.open("wb") as target:
        write_po(target, fresh, width=140, omit_header=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or [path.name for path in CATALOGUES.glob("*.po")]:
        bring_up_to_date(CATALOGUES / name)
