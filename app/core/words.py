"""Sentences with something in them that can be said again in another language. What is stored and sent to programs is English."""

LANGUAGES = {"en": "English", "hi": "हिन्दी"}  # what pages speak, each called as its speakers call it


class Words(str):
    """Reads as the English sentence it is, and remembers how it was put together."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]


def say(template: str, /, **values: object) -> Words:
    """``say("Order %(number)s is late.", number=7)``. The template is what gets translated, so it is written out at the call."""
    words = Words(template % values if values else template)
    words.template, words.values = template, values
    return words
