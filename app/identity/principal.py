"""Who is asking, as every door and every service sees it, whichever way they came in."""

from dataclasses import dataclass, field

from app.identity.permissions import ALLOWED, STAFF, Permission, Role


@dataclass(frozen=True, slots=True)
class Principal:
    role: Role
    # What the audit and timelines call this person. Of a customer only the number: those records outlive a wish to be forgotten.
    label: str
    channel: str  # where from: "api", "admin", "employee", "customer", "worker", "public", "cli"
    account_id: int | None = None
    customer_id: int | None = None
    session_id: str | None = None
    address: str | None = None
    name: str = ""
    permissions: frozenset[Permission] = field(default=frozenset())
    key_id: int | None = None  # a program with a key of its own: it is nobody's account

    @classmethod
    def anyone(cls, channel: str, address: str | None = None) -> "Principal":
        return cls(Role.ANYONE, "anyone", channel, address=address, permissions=ALLOWED[Role.ANYONE])

    @classmethod
    def command_line(cls, user: str) -> "Principal":
        """A person with a shell on the machine, who could write the file as well."""
        return cls(Role.ADMIN, f"command line ({user})", "cli", permissions=ALLOWED[Role.ADMIN])

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None or self.key_id is not None

    @property
    def caller(self) -> str:
        """By what requests of the same sender are told from another's."""
        if self.key_id is not None:
            return f"key:{self.key_id}"
        return f"account:{self.account_id}" if self.account_id is not None else "anyone"

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def may_enter(self, visit: Permission) -> bool:
        """Whether they have any business in a portal. A key visits none; it works there within what its role might."""
        return visit in ALLOWED[self.role] if self.key_id is not None else self.may(visit)
