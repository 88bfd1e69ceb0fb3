"""What letters say. Each sentence can be said in the receiver's language, with the values that the letter is about."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.words import Words, say


@dataclass(frozen=True, slots=True)
class Wording:
    subject: Words
    before: tuple[Words, ...]  # the link
    action: Words  # what following it does
    after: tuple[Words, ...]


WORDINGS: Mapping[str, Wording] = {
    "claim": Wording(
        say("Your orders at %(business)s"),
        (
            say("This address was given for an order at %(business)s."),
            say("Choose a password, and you can follow it and all your later ones."),
        ),
        say("Choose a password"),
        (
            say("The link is good once, for %(lasts)s; when it has run out, ask for another at %(again)s"),
            say("If you know nothing of an order, do nothing: without this link nobody gets an account with your address."),
        ),
    ),
    "reset": Wording(
        say("A new password for %(business)s"),
        (say("Somebody, probably you, asked for a new password at %(business)s."), say("You sign in with: %(login)s")),
        say("Set a new password"),
        (say("The link is good once, for %(lasts)s."), say("If it was not you, do nothing: your password stays as it is.")),
    ),
    "invite": Wording(
        say("You work at %(business)s: choose your password"),
        (say("%(business)s made an account for you."), say("You sign in with: %(login)s")),
        say("Choose your password"),
        (say("The link is good once, for %(lasts)s."),),
    ),
}
