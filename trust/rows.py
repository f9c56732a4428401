"""The rows of trust. An instant in them is UTC; `exchange`, `number` and `trunk` are those of a `Target`."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, UtcInstant


class By(IntEnum):
    """Who said it, the weaker ones first: what one said, a weaker one does not take back."""

    CLAIM = 1
    """A caller who came by a trunk with that number."""
    TELEPHONE = 2
    """That telephone for certain: its exchange forced the number on it, or it pressed a key in our own call to it."""
    OPERATOR = 3


class Proof(Base):
    """Somebody at this telephone heard our code and gave it back. It holds for the trunk that it was proved by."""

    __tablename__ = "trust_proof"

    exchange: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(String(80), primary_key=True)
    trunk: Mapped[str] = mapped_column(String(80))
    proved_utc: Mapped[datetime] = mapped_column(UtcInstant)


class Consent(Base):
    """This telephone was asked whether it may be rung for the alarms of `asker`, a number of its exchange; null: no yes yet."""

    __tablename__ = "trust_consent"

    exchange: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(String(80), primary_key=True)
    asker: Mapped[str] = mapped_column(String(80), primary_key=True)
    asked_utc: Mapped[datetime] = mapped_column(UtcInstant)
    given_utc: Mapped[datetime | None] = mapped_column(UtcInstant)


class Code(Base):
    """The code spoken in the last proving call, and how often a wrong one was dialled since.

    `asker` is for whose alarms it is consented by it; "": it proves the number.
    """

    __tablename__ = "trust_code"

    exchange: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(String(80), primary_key=True)
    trunk: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(16))
    issued_utc: Mapped[datetime] = mapped_column(UtcInstant)
    wrong_tries: Mapped[int]
    asker: Mapped[str] = mapped_column(String(80), server_default="")


class ProvingCall(Base):
    """When a telephone was last rung to prove its number, by whatever way that leads to it; null: the day is free."""

    __tablename__ = "trust_proving_call"

    destination: Mapped[str] = mapped_column(String(160), primary_key=True)
    rung_utc: Mapped[datetime | None] = mapped_column(UtcInstant)


class ProvingTurn(Base):
    """A trunk (exchange and name) by which a telephone is to be rung for a proof: since when in vain, when it last was."""

    __tablename__ = "trust_proving_turn"

    destination: Mapped[str] = mapped_column(String(160), primary_key=True)
    trunk: Mapped[str] = mapped_column(String(160), primary_key=True)
    asked_utc: Mapped[datetime | None] = mapped_column(UtcInstant)
    rung_utc: Mapped[datetime | None] = mapped_column(UtcInstant)


class OptOut(Base):
    """Nobody shall ring this telephone. `key` is what it holds for: one number, or a telephone by whatever way."""

    __tablename__ = "trust_opt_out"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    exchange: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(80))
    said_by: Mapped[int]
    since_utc: Mapped[datetime] = mapped_column(UtcInstant)


class Count(Base):
    """How often something was done in the hour or day (`span`) that began at `start_utc`."""

    __tablename__ = "trust_count"

    deed: Mapped[str] = mapped_column(String(16), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    span: Mapped[str] = mapped_column(String(4), primary_key=True)
    start_utc: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    count: Mapped[int]
