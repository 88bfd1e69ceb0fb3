"""The kinds of refusal. A domain names its own sentences below one of these; ``portals.http.errors`` gives each kind its status."""

from collections.abc import Mapping


class DomainError(Exception):
    """A sentence a person can act on, and a stable code a program can rely on."""

    code = "refused"
    sentence = "That cannot be done."

    def __init__(
        self,
        sentence: str | None = None,
        *,
        fields: Mapping[str, list[str]] | None = None,
        state: Mapping[str, object] | None = None,
    ):
        self.sentence = sentence or self.sentence
        self.fields = fields
        self.state = state
        super().__init__(self.sentence)


class Invalid(DomainError):
    """The request itself is wrong and will stay wrong however often it is sent."""

    code = "invalid"


class NotSignedIn(DomainError):
    code = "not_signed_in"
    sentence = "Sign in first."


class Forbidden(DomainError):
    code = "forbidden"
    sentence = "You may not do that."


class NotFound(DomainError):
    code = "not_found"
    sentence = "There is nothing here by that name."


class Conflict(DomainError):
    """The request is well formed, but the world has moved on; ``state`` says where it is now."""

    code = "conflict"


class StaleVersion(DomainError):
    code = "stale_version"
    sentence = "Someone else changed this in the meantime. Load it again and repeat your change."


class VersionRequired(DomainError):
    code = "version_required"
    sentence = "Send the ETag you last saw in an If-Match header, so that nobody's change is lost."


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    sentence = "This Idempotency-Key was used for another request. Use a fresh key for a new request."


class TooMany(DomainError):
    code = "too_many"
    sentence = "Too many tries. Wait a little and try again."

    def __init__(self, sentence: str | None = None, *, retry_after: int = 60):
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something we depend on is away; the same request may work in a moment."""

    code = "unavailable"
    sentence = "The service is briefly unavailable. Nothing was changed; try again in a few seconds."
    retry_after = 5
