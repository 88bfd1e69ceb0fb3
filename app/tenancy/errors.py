from app.core.errors import Invalid, NotFound, Unavailable


class UnknownTenant(NotFound):
    code = "unknown_tenant"
    sentence = "There is no such business here."


class TenantClosed(Unavailable):
    code = "tenant_closed"
    sentence = "This business is closed at the moment. Ask its owner."


class BadSlug(Invalid):
    code = "bad_slug"
    sentence = "A business's short name has 2 to 40 lower-case letters, digits and hyphens, and starts with a letter."
