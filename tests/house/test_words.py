"""Every page speaks every language: nothing on it is said in English only, and every catalogue knows every sentence."""

import ast
import re

import pytest

from tests.house.words import CATALOGUES, ROOT, SOURCES, TEMPLATES, UNTOLD, all_words, catalogue, unmarked, unsayable

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")


def test_no_page_says_anything_in_english_only():
    found = {str(path.relative_to(ROOT)): words for path in TEMPLATES if (words := unmarked(path.read_text()))}
    assert found == {}, 'write {{ _("…") }} around it'


def test_every_refusal_can_be_said_again():
    trees = {path: ast.parse(path.read_text()) for path in SOURCES if UNTOLD not in path.parents}
    found = [f"{path.relative_to(ROOT)}:{line}" for path, tree in trees.items() for line in unsayable(tree)]
    assert found == [], 'put it together with say("… %(name)s …", name=…)'


@pytest.mark.parametrize("path", sorted(CATALOGUES.glob("*.po")), ids=lambda path: path.stem)
def test_a_catalogue_is_complete(path):
    known = catalogue(path)
    missing, changed = [], []
    for word in sorted(all_words(), key=str):
        message = known.get(word[0] if isinstance(word, tuple) else word)
        forms = message.string if message and isinstance(message.string, tuple) else (message.string if message else "",)
        if not all(forms) or message.fuzzy:
            missing.append(word)
        elif any(set(PLACEHOLDER.findall(form)) - set(PLACEHOLDER.findall(str(word))) for form in forms):
            changed.append(word)
    assert missing == [], f"python -m tests.house.words adds them to {path.name}; then translate them"
    assert changed == [], "a translation names something the sentence does not have"


def test_a_catalogue_says_nothing_that_nobody_says_any_more():
    said = {word[0] if isinstance(word, tuple) else word for word in all_words()}
    for path in CATALOGUES.glob("*.po"):
        assert {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalogue(path) if message.id} <= said


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>",
        '<p>{{ _("Hello") }} you</p>',
        '<input placeholder="Your name">',
        '<a aria-label="Open {{ name }}"></a>',
        '{{ button("Save") }}',
        '{{ table([("Order", "c-number")]) }}',
        '{% set word = "Late" %}',
    ],
)
def test_what_is_not_marked_is_noticed(template):
    assert unmarked(template)


def test_what_is_marked_or_no_word_is_left_alone():
    page = '<p class="Big Box">{{ _("Hello") }} · {{ amount }} ×{{ n }}</p>{% if state == "At Store" %}<i data-x="Y z"></i>{% endif %}'
    assert unmarked(page + "<script>const word = 'Hello';</script>{{ button(_('Save'), kind='quiet') }}") == []
