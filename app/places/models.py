from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import Json, UtcDateTime
from app.extensions import Model


class StoreDict(TypedDict):
    id: int
    code: str
    name: str
    openingHours: dict[str, list[str]] | None
    closedDays: list[str]
    receiptText: str | None
    createdAt: str


class Store(Model):
    __tablename__ = "store"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    opening_hours: Mapped[dict[str, Any] | None] = mapped_column(Json)
    closed_days: Mapped[list[str] | None] = mapped_column(Json)
    receipt_text: Mapped[str | None]  # what every receipt says at its end: address, terms, a word of thanks
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}

    def to_dict(self) -> StoreDict:
        return {
            "id": self.id,
            "code": self.code,
            "name": self.name,
            "openingHours": self.opening_hours,
            "closedDays": self.closed_days or [],
            "receiptText": self.receipt_text,
            "createdAt": clock.wire(self.created_at),
        }
