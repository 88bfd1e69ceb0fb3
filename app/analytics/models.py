from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.analytics.metric_rules import Grain
from app.core.columns import CalendarDate
from app.extensions import Model

_GRAINS = ", ".join(f"'{grain}'" for grain in Grain)


class Metric(Model):
    """One figure of one day, week or month: of everything (scope ``""``), of a store, a member of staff or a service. What is not
    there is nought; ``countedAt`` (milliseconds) says that a period has been counted, and when."""

    __tablename__ = "metric"
    __table_args__ = (CheckConstraint(f"grain IN ({_GRAINS})", name="grain"),)

    grain: Mapped[str] = mapped_column(primary_key=True)
    start: Mapped[date] = mapped_column(CalendarDate, primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class MetricTouch(Model):
    """Something happened to this order (``""``: to any) since it was counted. Only ever added, so that nobody waits for anybody."""

    __tablename__ = "metric_touch"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str]
