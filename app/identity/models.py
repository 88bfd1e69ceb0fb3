from datetime import datetime
from typing import TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.columns import Json, UtcDateTime
from app.extensions import Model
from app.identity.permissions import Role

STAFF_REALM, CUSTOMER_REALM = "staff", "customer"
_ROLES = ", ".join(f"'{role}'" for role in Role if role != Role.ANYONE)


class StaffDict(TypedDict):
    id: int
    name: str
    email: str
    role: str
    customRoleId: int | None
    disabled: bool
    createdAt: str


class CustomRoleDict(TypedDict):
    id: int
    name: str
    base: str
    permissions: list[str]
    people: int
    version: int


class CustomRole(Model):
    """A role of the business's own: a shipped one with only some of its permissions."""

    __tablename__ = "custom_role"
    __table_args__ = (CheckConstraint("base IN ('employee', 'manager')", name="base"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    base: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}

    def to_dict(self, *, people: int) -> CustomRoleDict:
        """``people``: how many have it."""
        return {
            "id": self.id,
            "name": self.name,
            "base": self.base,
            "permissions": self.permissions,
            "people": people,
            "version": self.version,
        }


class Account(Model):
    """Somebody who can sign in. One person may have two: as staff and as a customer."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("realm", "login"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
        CheckConstraint("(role = 'customer') = (realm = 'customer')", name="realm_role"),
        CheckConstraint("(customer_id IS NOT NULL) = (realm = 'customer')", name="realm_customer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    realm: Mapped[str]
    login: Mapped[str]  # an e-mail or a user name, lower case
    name: Mapped[str]
    role: Mapped[str]
    custom_role_id: Mapped[int | None] = mapped_column(ForeignKey("custom_role.id"), index=True)  # and ``role`` is what that is based on
    password_hash: Mapped[str | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), unique=True)
    # Raised whenever everything handed out so far must stop working: password, role, dismissal.
    auth_version: Mapped[int] = mapped_column(default=1)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_invited(self) -> bool:
        """Has not chosen a password yet."""
        return self.password_hash is None

    def to_dict(self) -> StaffDict:
        """How the API shows a member of staff; a customer's account is shown as their customer."""
        return {
            "id": self.id,
            "name": self.name,
            "email": self.login,
            "role": self.role,
            "customRoleId": self.custom_role_id,
            "disabled": self.disabled_at is not None,
            "createdAt": clock.wire(self.created_at),
        }


class SignInSession(Model):
    """One sign-in, in a browser or a token family. What the client holds is worthless once this row is gone."""

    __tablename__ = "sign_in_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    auth_version: Mapped[int]
    # SHA-256 of the one secret that is good now: the browser's, or the newest refresh token's id.
    secret_hash: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    address: Mapped[str | None]
    client: Mapped[str | None]

    account: Mapped[Account] = relationship(lazy="raise")


class ApiKeyDict(TypedDict):
    id: int
    name: str
    start: str
    scopes: list[str]
    owner: str | None
    works: bool
    createdAt: str
    expiresAt: str
    lastUsedAt: str | None


class ApiKey(Model):
    """What a program shows in the header ``X-Api-Key``. It belongs to whoever made it, and ends with them; one made on the command
    line belongs to the installation."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)  # the part that is no secret: shown in lists, and what the key is found by
    key_hash: Mapped[str]  # SHA-256 of all of it: 256 random bits need no slow hash
    role: Mapped[str]  # whose permissions the scopes narrow down
    scopes: Mapped[list[str]] = mapped_column(Json)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def to_dict(self, *, owner: str | None, switched_off: bool) -> ApiKeyDict:
        return {
            "id": self.id,
            "name": self.name,
            "start": self.prefix,
            "scopes": self.scopes,
            "owner": owner,
            "works": not switched_off,
            "createdAt": clock.wire(self.created_at),
            "expiresAt": clock.wire(self.expires_at),
            "lastUsedAt": clock.wire(self.last_used_at) if self.last_used_at is not None else None,
        }


class SecondFactor(Model):
    """The secret that somebody's authenticator app has too. It is asked for from ``confirmed_at`` on."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    sealed_secret: Mapped[str]  # by ``identity.vault``: whoever reads the database alone makes no codes
    last_step: Mapped[int]  # the half minute of the newest code that was accepted: no code is good twice
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Model):
    """Good once, for when the phone is gone: the row goes with its use."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    code_hash: Mapped[str] = mapped_column(primary_key=True)


class OneTimeLink(Model):
    """A link sent to somebody: to claim an account, to set a new password, to accept an invitation. Good once, and not for long.

    Only the hash is kept. ``account_id`` is empty when claiming: the account does not exist yet. Where both are empty nobody was
    sent it: an address that nobody has costs the same work as one that somebody has.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (CheckConstraint("purpose IN ('claim', 'reset', 'invite')", name="purpose"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
