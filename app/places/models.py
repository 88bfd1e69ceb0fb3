from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.extensions import Model


class Store(Model):
    __tablename__ = "store"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
