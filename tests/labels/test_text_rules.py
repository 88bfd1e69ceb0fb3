import pytest

from app.labels.text_rules import LONGEST, clean, in_visual_order, legible


def latin(character):
    return character.isascii() or character in "éö□…"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Asha\tRao \r\n", "Asha Rao"),
        ("two\nlines\x0band\u2028three", "two lines and three"),
        ("nul\x00bell\x07escape\x1b[2J", "nul bell escape [2J"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"),  # the direction cannot be turned round
        ("zero\u200bwidth\ufeff \u00adsoft", "zerowidth soft"),
        ("e\u0301", "é"),  # one letter, as fonts have it
        ("Z" + "\u0310" * 50, "Z" + "\u0310" * 4),  # marks are not piled up over the lines above
        ("❤\ufe0f", "❤"),
        ("क्\u200dष", "क्\u200dष"),  # a joiner changes how Hindi is written
        ("", ""),
        (" \n ", ""),
    ],
)
def test_cleans(text, cleaned):
    assert clean(text) == cleaned


def test_cuts_a_text_nobody_could_read_on_a_label():
    assert clean("x" * 5000) == "x" * LONGEST


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Asha", "Asha"),
        ("Ａｓｈａ 𝓡𝓪𝓸", "Asha Rao"),
        ("ಕನ್ನಡ", "□kannadda"),
        ("ગુજરાતી Rao", "□gujaraatii Rao"),
        ("தமிழ்", "□tamilll"),
        ("Հայերեն", "□hayeren"),
        ("አበበ", "□ababa"),
        ("👗👕 x", "□□ x"),
        ("\ue000", "□"),
        ("\u0e4e", "□"),  # a mark without its letter
    ],
)
def test_what_no_font_has_is_spelt_or_boxed_but_never_lost(text, shown):
    assert legible(text, latin) == shown


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Asha 1042", [("Asha 1042", False)]),
        ("שלום", [("שלום", True)]),
        ("Ms שלום!", [("Ms ", False), ("שלום", True), ("!", False)]),
        ("محمد (علي)", [("محمد (علي)", True)]),
        ("شارع 12:30", [("12:30", False), ("شارع ", True)]),
        ("2 × قميص · 1 × Coat", [("Coat", False), (" × ", True), ("1", False), (" × قميص · ", True), ("2", False)]),
        ("שלום 50% Bob", [("Bob", False), (" ", True), ("50%", False), ("שלום ", True)]),
    ],
)
def test_puts_runs_in_the_order_they_are_seen(text, runs):
    assert in_visual_order(text) == runs


def test_loses_no_character_on_the_way():
    text = "abc אבג 12 عرب ٣٤ % (x)"
    assert sorted("".join(run for run, _ in in_visual_order(text))) == sorted(text)
