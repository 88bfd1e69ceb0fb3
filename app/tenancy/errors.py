from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class UnknownTenant(NotFound):
    code = "unknown_tenant"
    sentence = "There is no such business here."


class UnknownHost(NotFound):
    code = "unknown_host"
    sentence = "This business has no such host."


class TenantClosed(Forbidden):
    """Nobody but the operator can change it, so there is no use in trying again."""

    code = "tenant_closed"
    sentence = "This business is closed at the moment. Ask its owner."


class TenantBeingMade(Unavailable):
    code = "tenant_being_made"
    sentence = "This business is being set up. Try again in a few minutes."
    retry_after = 60


class WrongTenant(Forbidden):
    """The same words whether there is such a business or not."""

    code = "wrong_tenant"
    sentence = "X-Tenant-Slug must name the business that this address, and this token or key, belong to."


class BadSlug(Invalid):
    code = "bad_slug"
    sentence = "A business's short name has 2 to 40 lower-case letters, digits and hyphens, and starts with a letter."


class BadHost(Invalid):
    code = "bad_host"
    sentence = "A host is a name such as north.example: letters, digits, hyphens and dots, without https:// and without a port."


class BadSetting(Invalid):
    code = "bad_setting"


class BadHome(Invalid):
    code = "bad_home"
    sentence = "Beside a SQLite register a business lies in a file, beside a PostgreSQL one in a schema or a database of its own."


class SlugTaken(Conflict):
    code = "slug_taken"
    sentence = "There is a business of this short name already."


class HostTaken(Conflict):
    code = "host_taken"
    sentence = "This host belongs to another business."


class HomeTaken(Conflict):
    code = "home_taken"
    sentence = "Where this business's data would lie there is something already that the register does not know. Move it away first."


class NotMain(Conflict):
    code = "not_main"
    sentence = "The first business lies beside the register, so it cannot be deleted."


class WrongState(Conflict):
    code = "wrong_state"


class WrongCode(Conflict):
    code = "wrong_code"
    sentence = "That is not the code which the first step printed. Nothing was deleted."


class PlanLimit(Conflict):
    code = "plan_limit"


class NotInPlan(Forbidden):
    code = "not_in_plan"


class AlreadyInvoiced(Conflict):
    code = "already_invoiced"
    sentence = "This business has its invoice for that month already."


class MonthNotOver(Conflict):
    code = "month_not_over"
    sentence = "That month is not over yet everywhere."


class UnknownInvoice(NotFound):
    code = "unknown_invoice"
    sentence = "There is no such invoice."
