"""What marshmallow says of a field, for a person at a form: in plain words, and so that they can be said in another language.

A program reads the library's own words; these are for pages only, and nobody else puts them into other ones.
"""

import re
from collections.abc import Mapping

from app.core.words import say
from app.portals.http.languages import N_

_SAID = [
    (re.compile(pattern), template)
    for pattern, template in (
        (r"Missing data for required field\.|Field may not be null\.|Shorter than minimum length 1\.", N_("Fill this in.")),
        (r"Not a valid integer\.", N_("Write a whole number.")),
        (r"Not a valid number\.|Number too large\.|Special numeric values .*", N_("Write a number.")),
        (r"Must be one of: .*|One or more of the choices .*", N_("Choose one of those that are offered.")),
        (r"Length must be between 0 and (?P<max>\d+)\.", N_("At most %(max)s characters.")),
        (r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.", N_("Between %(min)s and %(max)s characters.")),
        (r"Shorter than minimum length (?P<min>\d+)\.", N_("At least %(min)s characters.")),
        (r"Longer than maximum length (?P<max>\d+)\.", N_("At most %(max)s characters.")),
        (r"Must be greater than or equal to (?P<min>\S+) and less than or equal to (?P<max>\S+)\.", N_("From %(min)s to %(max)s.")),
        (r"Must be greater than or equal to (?P<min>\S+)\.", N_("At least %(min)s.")),
        (r"Must be less than or equal to (?P<max>\S+)\.", N_("At most %(max)s.")),
        (r"Not an e-mail address: .*", N_("This is not an e-mail address.")),
        (r"Not a valid .*|Invalid (value|input|type|input type)\.|Unknown (field|parameter)\.", N_("This cannot be read.")),
        (r"String does not match .*|.* cannot be formatted as .*", N_("This cannot be read.")),
    )
]


def of_all(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: [of(sentence) for sentence in sentences] for name, sentences in fields.items()}


def of(sentence: str) -> str:
    for pattern, template in _SAID:
        if (found := pattern.fullmatch(sentence)) is not None:
            return say(template, **found.groupdict())
    return sentence
