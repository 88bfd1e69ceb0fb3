"""The geometry: whatever is said on a label, nothing leaves it and nothing lies on anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.labels.errors import UnknownStock, UnprintableCode
from app.labels.label_rules import ROUNDING, fit, list_services
from app.labels.stock_rules import STOCKS, get_stock
from tests.labels.reading import ARABIC, CHINESE, CODE, DEVANAGARI, drawn, label

TEXTS = st.one_of(st.text(max_size=60), st.sampled_from(["", "W" * 300, DEVANAGARI * 9, ARABIC * 9, CHINESE * 30, "ﷺ﷽", "é̂" * 40]))
LABELS = st.builds(
    label,
    number=st.integers(1, 10**12).map(str),
    business=TEXTS,
    customer=TEXTS,
    due=st.sampled_from(["Due Tue 24 Nov 18:00", "Due Wed 30 Sep 23:59"]),
    services=st.lists(st.tuples(st.integers(1, 10_000), TEXTS), max_size=30).map(tuple),
    link=st.integers(0, 400).map(lambda length: "https://fabclean.example/track/" + "x" * length),
)


@given(LABELS, st.sampled_from(list(STOCKS)))
def test_nothing_leaves_the_label_and_nothing_overlaps(one, stock):
    placed = drawn(one, stock)
    texts = [(text.left, text.top, text.left + text.width, text.top + text.height) for text in placed.texts]
    boxes = [(left, top, left + width, top + height) for left, top, width, height in placed.boxes]
    for left, top, right, bottom in texts + boxes:
        assert 0 <= left < right <= placed.width + ROUNDING
        assert 0 <= top < bottom <= placed.height
    for place, one_text in enumerate(texts):
        assert not any(_overlap(one_text, other) for other in texts[place + 1 :] + boxes)


@given(LABELS, st.sampled_from(list(STOCKS)))
def test_what_must_not_be_cut_is_whole(one, stock):
    said = [text.words for text in drawn(one, stock).texts]
    assert one.number in said
    assert one.due in said
    assert "k3x9 7q2m 4tza" in said
    assert str(one.pieces) in said


def _overlap(one, other):
    return one[0] < other[2] - ROUNDING and other[0] < one[2] - ROUNDING and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("stock", STOCKS)
def test_says_everything_it_should(stock):
    said = [text.words for text in drawn(label(), stock).texts]
    services = {"2 × Shirt", "1 × Two-piece suit"} if stock == "62x100" else {"2 × Shirt · 1 × Two-piece suit"}
    assert {"FabClean Koramangala", "1042", "Asha Rao", "Due Tue 24 Nov 18:00", "3", "pieces", "k3x9 7q2m 4tza"} | services == set(said)


def test_the_number_is_the_largest_line_and_the_name_the_next():
    sizes = {text.words: text.size for text in drawn(label(), "57x32").texts if text.words != "3"}
    assert sorted(sizes, key=lambda words: -sizes[words])[:2] == ["1042", "Asha Rao"]


def test_what_is_cut_off_is_seen_to_be():
    names = [text.words for text in drawn(label(customer="Maximiliane-Alexandra " * 9), "57x32").texts]
    assert any(name.startswith("Maximiliane") and name.endswith("…") for name in names)


def test_a_cut_leaves_no_letter_without_its_marks():
    def width(words, _):
        return len(words)

    for room in range(1, 12):
        assert fit("कि" * 6, room, width, bold=False).removesuffix("…") == "कि" * ((room - 1) // 2)
    assert fit("Shirt · Suit", 9, width, bold=False) == "Shirt…"
    assert fit("Shirt", 0.5, width, bold=False) == ""


@pytest.mark.parametrize(
    ("lines", "listed"),
    [
        (0, []),
        (1, ["1 × A · 2 × B · 3 × C"]),
        (2, ["1 × A", "+ 2 more"]),
        (3, ["1 × A", "2 × B", "3 × C"]),
        (9, ["1 × A", "2 × B", "3 × C"]),
    ],
)
def test_lists_as_many_services_as_there_are_lines(lines, listed):
    assert list_services([(1, "A"), (2, "B"), (3, "C")], lines) == listed


def test_one_piece_is_a_piece():
    assert "piece" in [text.words for text in drawn(label(services=((1, "Coat"),)), "57x32").texts]


def test_a_link_too_long_for_a_label_is_left_out_rather_than_printed_too_fine():
    short, long = drawn(label(), "57x32"), drawn(label(link="https://x.example/" + "y" * 2000), "57x32")
    endless = drawn(label(link="https://x.example/" + "y" * 9000), "57x32")
    assert len(short.boxes) > 200
    assert len(long.boxes) == len(endless.boxes) < 100


@pytest.mark.parametrize("code", ["", "x" * 5000, "é", "a\nb", "\x00", "नमस्ते", "x" * 49])
def test_refuses_a_code_that_bars_cannot_say(code):
    with pytest.raises(UnprintableCode):
        drawn(label(code=code), "57x32")


def test_refuses_bars_finer_than_two_dots():
    with pytest.raises(UnprintableCode):
        drawn(label(code=CODE * 2), "57x32")
    assert drawn(label(code=CODE * 2), "100x50")


@pytest.mark.parametrize("length", range(1, 41))
@pytest.mark.parametrize("stock", STOCKS)
def test_bars_of_any_length_keep_their_quiet_zones(length, stock):
    try:
        placed = drawn(label(code="a" * length), stock)
    except UnprintableCode:
        assert length > 15
        return
    bars = [box for box in placed.boxes if box[3] == STOCKS[stock].bar_height]
    quiet = 10 * min(width for _, _, width, _ in bars)
    assert bars[0][0] >= quiet
    assert placed.width - bars[-1][0] - bars[-1][2] >= quiet
    assert any(text.words.endswith("3 pieces") or text.words == "pieces" for text in placed.texts)


def test_an_unknown_stock_is_refused_by_naming_the_known_ones():
    with pytest.raises(UnknownStock) as refusal:
        get_stock("9x9" * 5000)
    assert all(name in refusal.value.sentence for name in STOCKS)
    assert len(refusal.value.sentence) < 200
