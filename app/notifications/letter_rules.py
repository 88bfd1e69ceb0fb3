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
    "customer-approved": Wording(
        say("You can order at %(business)s now"),
        (say("%(business)s has looked at your registration: you can order now."),),
        say("To your page"),
        (),
    ),
    "customer-rejected": Wording(
        say("Your registration at %(business)s"),
        (say("%(business)s has looked at your registration, and you cannot order yet. They write: %(reason)s"),),
        say("To your page"),
        (say("There you can ask again."),),
    ),
    "address-approved": Wording(
        say("%(business)s comes to your address"),
        (say("%(business)s has looked at this address, and it can be used now: %(address)s"),),
        say("To your page"),
        (),
    ),
    "address-rejected": Wording(
        say("Your address at %(business)s"),
        (say("%(business)s has looked at this address, and it cannot be used: %(address)s"), say("They write: %(reason)s")),
        say("To your page"),
        (),
    ),
    "invite": Wording(
        say("You work at %(business)s: choose your password"),
        (say("%(business)s made an account for you."), say("You sign in with: %(login)s")),
        say("Choose your password"),
        (say("The link is good once, for %(lasts)s."),),
    ),
    "week": Wording(
        say("%(business)s: %(revenue)s last week"),
        (
            say("Orders at %(business)s from %(since)s to %(until)s: %(placed)s, for %(revenue)s. The week before it was %(earlier)s."),
            say("Orders gone out: %(out)s. Ready on time: %(share)s; late: %(late)s."),
            say("Customers: %(new)s new, %(returning)s came back, %(lost)s have now not been here for ninety days."),
        ),
        say("See all figures"),
        (say("This letter comes every Monday. Administrators pause it in the office, under Settings, Jobs."),),
    ),
}
