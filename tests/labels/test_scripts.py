"""Names in any script leave ink, and the ink is the script's: joined, ordered, or at least a box."""

import pytest
from PIL import ImageChops

from app.labels import typesetting
from app.labels.stock_rules import STOCKS
from tests.labels.reading import ARABIC, CHINESE, CYRILLIC, DEVANAGARI, KINDS, dots, drawn, ink, label

NAMES = {
    "latin": "Asha Rao",
    "polish": "Łukasz Żółć",
    "vietnamese": "Nguyễn Thị Ngọc",
    "greek": "Ελένη Παπαδοπούλου",
    "cyrillic": CYRILLIC,
    "georgian": "ნინო გელაშვილი",
    "hebrew": "שרה לוי",
    "arabic": ARABIC,
    "urdu": "پروین ڈار",
    "hindi": DEVANAGARI,
    "thai": "สมชาย ใจดี",
    "chinese": CHINESE,
    "japanese": "さくら タナカ",
    "korean": "김철수",
    "emoji": "👗👕😀",
    "kannada": "ಕನ್ನಡ",
    "tamil": "தமிழ்",
    "bengali": "বাংলা",
    "armenian": "Հայերեն",
    "amharic": "አበበ",
    "private use": "\ue000\ue001",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_leaves_ink(kind, name):
    """As much as a name of that length does, compared with the same label without one."""
    with_name, without = dots(label(customer=name), "57x32", kind), dots(label(customer=""), "57x32", kind)
    added = ImageChops.darker(with_name.convert("L"), without.convert("L"))
    assert ink(added) - ink(without) > 40 * len(name.replace(" ", ""))


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_all_formats_show_the_same(kind, stock):
    one = label(customer=f"{DEVANAGARI} {CHINESE}", business=f"{ARABIC} Co.", services=((2, "ಕನ್ನಡ"), (1, CYRILLIC)))
    burnt = dots(one, stock, "png").convert("L")
    other = dots(one, stock, kind).convert("L").crop((0, 0, *burnt.size))
    if kind == "pdf" and (sheet := STOCKS[stock].sheet):
        other = dots(one, stock, kind).convert("L").crop((0, sheet.top, burnt.width, sheet.top + burnt.height))
    different = ImageChops.difference(burnt, other).point(lambda grey: 255 if grey > 127 else 0)
    assert ink(ImageChops.invert(different)) < 0.08 * ink(burnt)


def glyphs(words):
    return [glyph for segment in typesetting.set_line(words, False).segments for glyph, _, _ in segment.glyphs]


def test_hindi_is_shaped():
    assert len(glyphs("क्ष")) == 1  # three characters become one letter
    ka, sign = glyphs("क")[0], glyphs("कि")
    assert sign[-1] == ka  # the short i is written before its consonant
    assert len(sign) == 2


def test_scripts_side_by_side_are_shaped_each_in_its_own_way():
    assert glyphs("Asha कि")[-2:] == glyphs("कि")
    assert glyphs("कि Asha")[:2] == glyphs("कि")


def test_arabic_is_joined_and_runs_from_right_to_left():
    alone = glyphs("ب")[0]
    joined = glyphs("ببب")
    assert len(set(joined) | {alone}) == 4  # at the end, in the middle, at the beginning, and alone
    assert joined != list(reversed(joined))
    line = typesetting.set_line("با 12", False)
    assert line.segments[0].words == "12"


def test_a_sentence_of_many_scripts_keeps_every_part():
    words = f"Asha {DEVANAGARI} {CHINESE} {CYRILLIC} {ARABIC} 👗"
    line = typesetting.set_line(words, True)
    assert sorted("".join(segment.words for segment in line.segments)) == sorted(words)
    assert line.width == pytest.approx(sum(segment.width for segment in line.segments))


def test_no_covered_character_is_a_font_s_own_box():
    """Glyph 0 is what a font shows for what it does not have."""
    words = "".join(name for name in NAMES.values() if all(map(typesetting.covered, name)))
    assert len(words) > 80
    assert 0 not in glyphs(words)


def test_what_no_font_has_is_named_on_the_label():
    said = [text.words for text in drawn(label(customer="ಕನ್ನಡ 😀"), "100x50").texts]
    assert "□kannadda □" in said
