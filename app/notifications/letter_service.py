from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from app.clients.mail import postman
from app.clients.mail.letter import Letter
from app.clients.mail.routes import Route
from app.core.catalogues import ENGLISH, filled
from app.core.unit_of_work import after_commit
from app.core.words import Words
from app.notifications.letter_rules import WORDINGS

TEMPLATES = Path(__file__).parents[2] / "templates" / "emails"


@dataclass(frozen=True, slots=True)
class Post:
    """What a letter needs to know about the house it comes from. The door makes it; nothing below asks the request."""

    base_url: str
    business: str
    route: Route
    language: str = ENGLISH  # of a receiver of whom no other is known

    def link(self, path: str, token: str) -> str:
        return f"{self.base_url}{path}?{urlencode({'token': token})}"


def send(kind: str, to: str, *, post: Post, link: str, language: str | None = None, **values: Any) -> None:
    """Once what is being written is committed. Rendered and delivered on the postman's time, not on the caller's."""

    def errand() -> None:
        post.route.deliver(write(kind, to, link=link, language=language or post.language, business=post.business, **values))

    after_commit(lambda: postman.take(kind, errand))


def write(kind: str, to: str, *, link: str, language: str = ENGLISH, **values: Any) -> Letter:
    wording = WORDINGS[kind]

    def all_said(sentences: Iterable[Words]) -> list[str]:
        return [filled(sentence.template, language, values) for sentence in sentences]

    subject, action = all_said((wording.subject, wording.action))
    before, after = all_said(wording.before), all_said(wording.after)
    text = "\n\n".join((*before, f"{action}:\n{link}", *after)) + "\n"
    return Letter(kind, to, subject, text, as_html(subject, before, after, values["business"], language, (link, action)), link)


def as_html(
    title: str, before: Iterable[str], after: Iterable[str], business: str, language: str, button: tuple[str, str] | None = None
) -> str:
    """``button``: where it leads, and what it says."""
    shown: Mapping[str, Any] = {"title": title, "before": before, "after": after, "business": business, "language": language}
    return _sheet().render(**shown, button=button)


@cache
def _sheet() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("letter.html")
