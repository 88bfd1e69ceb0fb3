from app.core.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn


class BadCredentials(NotSignedIn):
    """The same words for an unknown login, a wrong password and a switched-off account."""

    code = "bad_credentials"
    sentence = "Invalid credentials"


class TokenRefused(NotSignedIn):
    code = "token_refused"
    sentence = "This token is not valid, or no longer. Sign in again."


class CodeRefused(Invalid):
    """Of somebody who is signed in; at signing in the same is said with another status."""

    code = "code_refused"
    sentence = "That is not the code, or it was used already. Wait for the next one."


class SecondFactorIsOn(Conflict):
    code = "second_factor_is_on"
    sentence = "Your second factor is on already. Switch it off first to set up another phone."


class SecondFactorNotBegun(Conflict):
    code = "second_factor_not_begun"
    sentence = "Begin with your password: there is no code to confirm yet."


class OwnSecondFactor(Conflict):
    code = "own_second_factor"
    sentence = "Switch your own second factor off in your account: it takes your password and a code."


class KeyRefused(NotSignedIn):
    """The same words for a key that never was, one of another business, and one that was revoked or has run out."""

    code = "key_refused"
    sentence = "This API key is not valid, or no longer."


class UnknownKey(NotFound):
    code = "unknown_key"
    sentence = "There is no such API key. It may be revoked already."


class UnknownScope(Invalid):
    code = "unknown_scope"


class ScopeAboveRole(Forbidden):
    code = "scope_above_role"
    sentence = "A key cannot be allowed more than the role it works under."


class EmailTaken(Invalid):
    code = "email_taken"
    sentence = "Email exists"


class WeakPassword(Invalid):
    code = "weak_password"


class WrongPassword(Invalid):
    """Somebody who is signed in confirms something with the wrong password; that does not sign them out."""

    code = "wrong_password"
    sentence = "That is not your current password."


class LinkRefused(Invalid):
    """The same words for a link that never was, is used up, has run out or was replaced by a newer one."""

    code = "link_refused"
    sentence = "This link is no longer good. Ask for a new one."


class UnknownSignIn(NotFound):
    code = "unknown_sign_in"
    sentence = "There is no such sign-in. It may be over already."


class UnknownStaff(NotFound):
    code = "unknown_staff"
    sentence = "Nobody of that number works here."


class AboveYou(Forbidden):
    code = "above_you"
    sentence = "Only an administrator may change an administrator."


class NotYourself(Conflict):
    code = "not_yourself"
    sentence = "You cannot switch off your own account. Ask somebody else to."


class LastAdministrator(Conflict):
    code = "last_administrator"
    sentence = "This is the last administrator: without one nobody could make another."


class NotInvited(Conflict):
    code = "not_invited"
    sentence = "They have a password already, or are switched off, so there is nothing to invite them to."


class UnknownRole(Invalid):
    code = "unknown_role"
    sentence = "There is no such role."


class RoleNameTaken(Conflict):
    code = "role_name_taken"
    sentence = "There is a role of this name already."


class RoleInUse(Conflict):
    code = "role_in_use"
    sentence = "Somebody has this role. Give them another one first."


class NotInRole(Invalid):
    code = "not_in_role"
