"""Two made-up services, for what reads declarations only and opens none."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SpeakingConfig(BaseModel):
    """The table of the made-up speaking service."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minutes: int = Field(default=10, ge=1, le=60)
    voice: Literal["low", "high"] = "low"
    gain: float = Field(default=1.0, gt=0, lt=4)
    loud: bool = False


class MirrorConfig(BaseModel):
    """The table of the made-up mirror service."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """As much of a ServiceSpec as the configuration needs."""

    name: str
    number: str
    config: type[BaseModel]
    more_numbers: tuple[str, ...] = ()


MADE_UP = {
    "speaking": MadeUp("speaking", "117", SpeakingConfig),
    "mirror": MadeUp("mirror", "186", MirrorConfig),
}
