"""The table [wakeup]."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from schedules.policy import DEFAULT, Policy
from schedules.shaping import Shaping
from timekeeping.civil import zone_named


def _zone(name: str) -> str:
    zone_named(name)
    return name


class WakeupConfig(BaseModel, extra="forbid", frozen=True):
    """The morning call's settings."""

    prefix: str = Field(
        default="7",
        pattern=r"^[0-9]{1,8}$",
        description="What is dialled before the time; the extension's numbers must begin with it.",
    )
    language: Literal["", "ja", "en"] = Field(
        default="", description='What it speaks to callers; "" as all of denwa does.'
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="Asia/Tokyo", description="In whose civil time alarms are booked: an IANA zone."
    )
    ring_s: int = Field(
        default=DEFAULT.ring_s, ge=5, le=300, description="How long one attempt rings, in seconds."
    )
    attempts: int = Field(default=DEFAULT.attempts, ge=1, le=20, description="How many attempts may fail.")
    gap_s: int = Field(
        default=DEFAULT.gap_s,
        ge=15,
        le=3600,
        description="From the beginning of one attempt to the next, in seconds.",
    )
    snooze_s: int = Field(
        default=DEFAULT.snooze_s,
        ge=60,
        le=3600,
        description="From hanging up early to the next ring, in seconds.",
    )
    snoozes: int = Field(
        default=DEFAULT.snoozes, ge=0, le=10, description="How often hanging up early is granted."
    )
    validity_s: int = Field(
        default=DEFAULT.validity_s,
        ge=60,
        le=86_400,
        description="How late an alarm may ring, in seconds; later it is reported as missed.",
    )
    demands_acknowledgement: bool = Field(
        default=False, description="Whether a voice is not enough: a key, or a call back, is wanted."
    )
    pin: SecretStr | None = Field(
        default=None,
        description="Digits that the menu asks for before anything else; none given: it does not.",
    )
    calls: int = Field(default=20, ge=1, le=1000, description="How many telephones may ring at once.")
    trunk_calls: int = Field(default=4, ge=1, le=1000, description="How many of them through one trunk.")
    trunks: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default={}, description="How many through which trunk, by its name, where that differs."
    )

    @property
    def policy(self) -> Policy:
        """How what is booked by telephone insists."""
        return Policy(
            ring_s=self.ring_s,
            attempts=self.attempts,
            gap_s=self.gap_s,
            snooze_s=self.snooze_s,
            snoozes=self.snoozes,
            validity_s=self.validity_s,
            demands_acknowledgement=self.demands_acknowledgement,
        )

    @property
    def shaping(self) -> Shaping:
        """How many at once."""
        return Shaping(calls=self.calls, default_trunk=self.trunk_calls, trunks=self.trunks)
