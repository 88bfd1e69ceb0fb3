from datetime import datetime
from typing import TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import Flag, Json, UtcDateTime, Word
from app.extensions import Model


class CustomerDict(TypedDict):
    id: int
    name: str
    email: str | None
    phone: str | None
    createdAt: str


class CustomerOnFileDict(CustomerDict):
    """What staff see of a customer."""

    notes: str | None
    language: str | None
    channels: list[str] | None
    erased: bool
    mergedIntoId: int | None


class Customer(Model):
    """A customer may be known by name only; with an e-mail they can claim an account of their own."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]  # as written
    email_norm: Mapped[str | None] = mapped_column(unique=True)  # as compared
    phone: Mapped[str | None] = mapped_column(index=True)
    notes: Mapped[str | None]
    # What they chose to be written to in, and by which ways; empty as long as they have not chosen.
    language: Mapped[str | None]
    channels: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Set when the person asked to be forgotten: the row stays for its orders, without anything that names them.
    anonymised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Set when two records turned out to be one person: everything of theirs has moved there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def to_dict(self) -> CustomerDict:
        return {"id": self.id, "name": self.name, "email": self.email, "phone": self.phone, "createdAt": clock.wire(self.created_at)}

    def to_file_dict(self) -> CustomerOnFileDict:
        state = {"erased": self.anonymised_at is not None, "mergedIntoId": self.merged_into_id}
        return {**self.to_dict(), "notes": self.notes, "language": self.language, "channels": self.channels, **state}  # type: ignore[typeddict-item]

    @property
    def is_current(self) -> bool:
        return self.anonymised_at is None and self.merged_into_id is None


class CustomerWord(Model):
    """A word by which a customer is found: of what is on file, and of what else was written on their orders."""

    __tablename__ = "customer_word"
    # As a key it finds people by a word, as an index what is known of one of them.
    __table_args__ = (Index("ix_customer_word_customer", "customer_id", "word"),)

    word: Mapped[str] = mapped_column(Word, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)


class ApprovalDict(TypedDict):
    """As the customer sees it."""

    id: int
    about: str
    address: str | None
    state: str
    reason: str | None
    askedAt: str
    decidedAt: str | None


class ApprovalInOfficeDict(ApprovalDict):
    customerId: int
    customerName: str
    decidedBy: str | None


class Approval(Model):
    """A new customer, or an address of one, that the business wants to look at first. Whoever has no such row was never asked to wait."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("customer_id", "about", "address_norm"),
        CheckConstraint("about IN ('customer', 'address')", name="about"),
        CheckConstraint("state IN ('pending', 'approved', 'rejected')", name="state"),
        Index("ix_approval_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    about: Mapped[str]
    address: Mapped[str | None]  # as written
    address_norm: Mapped[str]  # as compared; empty where it is about the customer
    state: Mapped[str]
    reason: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None]

    def to_dict(self) -> ApprovalDict:
        asked = {"id": self.id, "about": self.about, "address": self.address, "askedAt": clock.wire(self.asked_at)}
        return {**asked, "state": self.state, "reason": self.reason, "decidedAt": clock.wire_or_none(self.decided_at)}  # type: ignore[typeddict-item]


class ApprovalRule(Model):
    """One row: who has to wait. No row means nobody."""

    __tablename__ = "approval_rule"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customers: Mapped[bool] = mapped_column(Flag)
    addresses: Mapped[bool] = mapped_column(Flag)
