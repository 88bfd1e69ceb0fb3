"""Long enough and not guessable, whoever types it on whatever keyboard; and nothing else is asked."""

import time

import pytest

from app.identity import password_rules, passwords
from app.identity.errors import WeakPassword

GOOD = [
    "nine slow otters swim",
    "correct horse battery staple",
    "seven quiet herons",
    "ユニコード合言葉はここにある",
    "           spaces count",
    "Tr0ub4dor&3xyzzy",
    "mumbai rains over tin roofs",
    "k" + "w9!" * 3 + "plinth",
]
GUESSED = [
    "password1234",
    "passwordpassword",
    "iloveyou1234",
    "qwertyuiop12",
    "1q2w3e4r5t6y",
    "123456789012",
    "0987654321ab",
    "football2024!",
    "monkeydragon1",
    "Welcome2025!!",
    "abcabcabcabcd",
    "xyxyxyxyxyxyzw",
    "asdfghjkl;'12",
    "administrator1",
    "fabclean12345678",
    "drycleaning99",
    "Summer2024Summer",
]


@pytest.mark.parametrize("password", GOOD)
def test_accepts_what_is_hard_to_guess(password):
    password_rules.check(password)


@pytest.mark.parametrize("password", GUESSED)
def test_refuses_what_guessers_try_first(password):
    with pytest.raises(WeakPassword):
        password_rules.check(password)


def test_lengths_at_their_borders():
    text = "plum-ink-vow-oak-" * 8
    for length, shortest, fine in ((11, 12, False), (12, 12, True), (14, 15, False), (15, 15, True), (128, 12, True), (129, 12, False)):
        try:
            password_rules.check(text[:length] if length < 30 else ("plum-ink-vow-oak-" + "x7!q" * 40)[:length], shortest=shortest)
        except WeakPassword:
            assert not fine, (length, shortest)
        else:
            assert fine, (length, shortest)


def test_refuses_the_persons_own_names():
    own = ("Jane", "Featherstone", "jane.featherstone", "example.com")
    for password in ("featherstone99", "JaneFeatherstone1", "jane.featherstone!"):
        with pytest.raises(WeakPassword):
            password_rules.check(password, personal=own)
    password_rules.check("featherstone likes plums", personal=own)


def test_the_same_characters_in_another_form_are_the_same_password():
    composed, decomposed = "caf\u00e9 au lait noir", "cafe\u0301 au lait noir"
    assert passwords.matches(decomposed, passwords.hash_password(composed))
    assert passwords.matches("ｎｉｎｅ slow otters", passwords.hash_password("nine slow otters"))


def test_all_characters_of_a_long_one_count():
    long = "plum ink " * 14
    assert not passwords.matches(long[:-2] + "X ", passwords.hash_password(long))


def test_the_hash_is_argon2id_and_costs_enough():
    assert passwords.hash_password("nine slow otters").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hostile_one_takes_no_time():
    began = time.perf_counter()
    for password in ("a" * 128, "ab" * 64, "abc1" * 32, "qwer" * 32):
        try:
            password_rules.check(password)
        except WeakPassword:
            continue
    assert time.perf_counter() - began < 0.2
