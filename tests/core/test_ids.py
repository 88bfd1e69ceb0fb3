import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import ALPHABET, LENGTH, new_code, read_code

CODES = [new_code() for _ in range(300)]


def test_every_single_wrong_character_is_noticed():
    for code in CODES[:50]:
        for place, right in enumerate(code):
            for wrong in ALPHABET.replace(right, ""):
                assert read_code(code[:place] + wrong + code[place + 1 :]) is None, code


def test_every_transposition_is_noticed():
    """Not only of neighbours: of any two places."""
    for code in CODES:
        for first, second in itertools.combinations(range(LENGTH), 2):
            swapped = list(code)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            if swapped != list(code):
                assert read_code("".join(swapped)) is None, code


def test_a_missing_or_extra_character_is_noticed():
    for code in CODES:
        assert read_code(code[:-1]) is None
        assert read_code(code + code[-1]) is None


def test_reads_a_code_however_it_was_typed():
    for code in CODES:
        assert read_code(f" {code[:4]}-{code[4:8]} {code[8:]} ".upper()) == code
        assert read_code(code.replace("1", "l").replace("0", "o")) == code
        assert read_code(code.replace("1", "I").replace("0", "O")) == code


@given(st.text(max_size=20))
def test_reads_any_text_without_falling_over(text):
    code = read_code(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_about_one_in_thirty_two_random_codes_passes():
    """The check is one character of 32, no better and no worse."""
    chance = random.Random(7)
    passed = sum(read_code("".join(chance.choices(ALPHABET, k=LENGTH))) is not None for _ in range(20_000))
    assert 500 < passed < 760


def test_codes_differ_and_use_every_character_everywhere():
    assert len(set(CODES)) == len(CODES)
    for place in range(LENGTH):
        assert len({code[place] for code in CODES}) > 25
