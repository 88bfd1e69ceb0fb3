"""Which language a page speaks, and its words in it.

English is what the code is written in; the other languages lie as ``translations/<language>.po`` beside the application, and are
read as they are: nothing to compile, nothing to forget. A word without a translation shows in English, and fails the tests.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

from app.core.words import LANGUAGES, Words

FOLDER = Path(__file__).parents[2] / "translations"
ENGLISH = "en"
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
        g.language = asked or _of_business() or ENGLISH
    return str(g.language)


def locale() -> Locale:
    """The language as it is written where the business is: 1,20,000 in India, 120.000 in Germany."""
    business = g.get("business") if has_request_context() else None
    return _locale(language(), business.timezone if business else "UTC")


def _of_business() -> str | None:
    business = g.get("business")
    return business.language if business is not None and business.language in NAMES else None


def N_(text: str) -> str:
    """Marks what is written down here and translated where it is shown (``| said``)."""
    return text


def gettext(text: str) -> str:
    return _words(language()).gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    return _words(language()).ngettext(one, many, count)


def said(sentence: str) -> str:
    """A sentence of a lower floor (an error, a state, an event) in the reader's language."""
    if not isinstance(sentence, Words):
        return gettext(str(sentence))
    values = {name: said(value) if isinstance(value, str) else value for name, value in sentence.values.items()}
    return gettext(sentence.template) % values if values else gettext(sentence.template)


@cache
def _locale(language: str, timezone: str) -> Locale:
    territory = get_global("zone_territories").get(timezone)
    try:
        return Locale.parse(f"{language}_{territory}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)


@cache
def _words(language: str) -> NullTranslations:
    file = FOLDER / f"{language}.po"
    if not file.exists():
        return NullTranslations()
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
