import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.pagination import BadCursor, Page, read_cursor, write_cursor


@given(st.integers(-(2**53), 2**53), st.text())
def test_a_cursor_comes_back_as_it_left(number, text):
    assert read_cursor(write_cursor([number, text]), (int, str)) == [number, text]


@given(st.text(max_size=200))
def test_refuses_what_is_no_cursor_and_nothing_worse(text):
    with pytest.raises(BadCursor):
        read_cursor(text, (int, str, int, str, int))


@pytest.mark.parametrize("key", [["1", "a"], [True, "a"], [1.0, "a"], [1, None], [1], [1, "a", 2], []])
def test_refuses_a_cursor_of_another_list(key):
    """``True`` is an ``int`` to Python, and a comparison with it would still run."""
    with pytest.raises(BadCursor):
        read_cursor(write_cursor(key), (int, str))


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_the_last_page_has_no_next(length):
    assert Page.of(list(range(length)), 3, lambda row: [row]) == Page(list(range(length)), None)


def test_the_next_page_begins_after_the_last_row_shown():
    page = Page.of([10, 20, 30, 40], 3, lambda row: [row])
    assert page.rows == [10, 20, 30]
    assert read_cursor(str(page.next_cursor), (int,)) == [30]
