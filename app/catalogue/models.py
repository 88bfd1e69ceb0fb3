from datetime import datetime
from typing import TypedDict

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import Flag, UtcDateTime
from app.core.money import Money
from app.extensions import Model


class ServiceDict(TypedDict):
    id: str
    name: str
    price: float
    currency: str
    duration: str
    active: bool
    createdAt: str
    updatedAt: str


class Service(Model):
    __tablename__ = "service"
    __table_args__ = (CheckConstraint("price_minor >= 0", name="price"), CheckConstraint("duration_hours > 0", name="duration"))

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    price_minor: Mapped[int]
    currency: Mapped[str]
    duration_hours: Mapped[int]
    # A service that orders use is retired, never deleted.
    active: Mapped[bool] = mapped_column(Flag, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    def to_dict(self) -> ServiceDict:
        return {
            "id": self.id,
            "name": self.name,
            "price": self.price.wire(),
            "currency": self.currency,
            "duration": f"{self.duration_hours}h",
            "active": self.active,
            "createdAt": clock.wire(self.created_at),
            "updatedAt": clock.wire(self.updated_at),
        }
