"""What is written in English, said in another language.

The other languages lie as ``translations/<language>.po`` beside the application, and are read as they are: nothing to compile, nothing to
forget. A word without a translation shows in English, and fails the tests.
"""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.core.words import Words

FOLDER = Path(__file__).parents[1] / "translations"
ENGLISH = "en"


def said(sentence: str, language: str) -> str:
    """With what is in it said in that language too."""
    if not isinstance(sentence, Words):
        return words(language).gettext(sentence) if sentence else ""
    values = {name: said(value, language) if isinstance(value, str) else value for name, value in sentence.values.items()}
    template = words(language).gettext(sentence.template)
    return template % values if values else template


def filled(template: str, language: str, values: Mapping[str, object]) -> str:
    """A sentence with what it is about. A name is a name in every language: of the values only sentences are said in it."""
    return words(language).gettext(template) % {
        name: said(value, language) if isinstance(value, Words) else value for name, value in values.items()
    }


@cache
def locale_of(language: str, timezone: str) -> Locale:
    """The language as it is written where the business is: 1,20,000 in India, 120.000 in Germany."""
    territory = territory_of(timezone)
    try:
        return Locale.parse(f"{language}_{territory}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)


def territory_of(timezone: str) -> str | None:
    """The country, such as ``IN``."""
    found: str | None = get_global("zone_territories").get(timezone)
    return found


@cache
def words(language: str) -> NullTranslations:
    file = FOLDER / f"{language}.po"
    if not file.exists():
        return NullTranslations()
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
