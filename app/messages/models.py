from typing import TypedDict

from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import BigInt, Json
from app.extensions import Model


class MessageSettingDict(TypedDict):
    channels: list[str]
    off: list[str]
    quietFrom: str | None
    quietUntil: str | None


class MessageSetting(Model):
    """How this business writes to its customers: one row, there once somebody has changed something."""

    __tablename__ = "message_setting"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    channels: Mapped[list[str]] = mapped_column(Json)  # the first is the way to whoever has not chosen
    off: Mapped[list[str]] = mapped_column(Json)  # occasions on which nobody is told
    quiet_from: Mapped[str | None]
    quiet_until: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def to_dict(self) -> MessageSettingDict:
        return {"channels": self.channels, "off": self.off, "quietFrom": self.quiet_from, "quietUntil": self.quiet_until}


class MessageText(Model):
    """The business's own words for an occasion, in one language. Without a row ours are used."""

    __tablename__ = "message_text"

    occasion: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    body: Mapped[str]
    short: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
