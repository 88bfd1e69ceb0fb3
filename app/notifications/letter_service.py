from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.clients.mail import postman
from app.clients.mail.letter import Letter
from app.clients.mail.routes import Route
from app.core.unit_of_work import after_commit

TEMPLATES = Path(__file__).parents[2] / "templates" / "emails"


@dataclass(frozen=True, slots=True)
class Post:
    """What a letter needs to know about the house it comes from. The door makes it; nothing below asks the request."""

    base_url: str
    business: str
    route: Route

    def link(self, path: str, token: str) -> str:
        return f"{self.base_url}{path}?{urlencode({'token': token})}"


def send(kind: str, to: str, *, post: Post, link: str, **values: Any) -> None:
    """Once what is being written is committed. Rendered and delivered on the postman's time, not on the caller's."""

    def errand() -> None:
        post.route.deliver(write(kind, to, business=post.business, link=link, **values))

    after_commit(lambda: postman.take(kind, errand))


def write(kind: str, to: str, *, link: str, **values: Any) -> Letter:
    """The first line of the text is the subject."""
    text = _environment().get_template(f"{kind}.txt").render(link=link, **values)
    html = _environment().get_template(f"{kind}.html").render(link=link, **values)
    subject, _, body = text.partition("\n")
    return Letter(kind, to, subject.strip(), body.strip() + "\n", html, link)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
