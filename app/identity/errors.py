from app.core.errors import Invalid, NotSignedIn


class BadCredentials(NotSignedIn):
    """The same words for an unknown login, a wrong password and a switched-off account."""

    code = "bad_credentials"
    sentence = "Invalid credentials"


class TokenRefused(NotSignedIn):
    code = "token_refused"
    sentence = "This token is not valid, or no longer. Sign in again."


class EmailTaken(Invalid):
    code = "email_taken"
    sentence = "Email exists"


class WeakPassword(Invalid):
    code = "weak_password"
