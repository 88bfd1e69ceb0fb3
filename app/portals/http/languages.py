"""Which language a page speaks, and its words in it (``core/catalogues.py`` has those)."""

from babel import Locale
from babel.core import negotiate_locale
from flask import Flask, g, has_request_context, request

from app.core import catalogues
from app.core.catalogues import ENGLISH
from app.core.words import LANGUAGES

NAMES = LANGUAGES
COOKIE = "language"


def init_app(app: Flask) -> None:
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["said"] = said
    environment.globals |= {"N_": N_, "language": language, "locale": locale, "language_names": NAMES}


def language() -> str:
    """The reader's choice, else what their browser asks for, else the business's."""
    if not has_request_context():
        return ENGLISH
    if "language" not in g:
        chosen = request.cookies.get(COOKIE)
        asked = chosen if chosen in NAMES else negotiate_locale(request.accept_languages.values(), NAMES, sep="-")
        g.language = asked or of_business()
    return str(g.language)


def locale() -> Locale:
    business = g.get("business") if has_request_context() else None
    return catalogues.locale_of(language(), business.timezone if business else "UTC")


def of_business() -> str:
    """What it speaks to whoever it does not know better."""
    business = g.get("business")
    return business.language if business is not None and business.language in NAMES else ENGLISH


def N_(text: str) -> str:
    """Marks what is written down here and translated where it is shown (``| said``)."""
    return text


def gettext(text: str) -> str:
    return catalogues.words(language()).gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    return catalogues.words(language()).ngettext(one, many, count)


def said(sentence: str) -> str:
    """A sentence of a lower floor (an error, a state, an event) in the reader's language."""
    return catalogues.said(sentence, language())
