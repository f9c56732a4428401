"""A service under test, and how it is called."""

from dataclasses import dataclass

from pydantic import BaseModel
from support.far_end import Home, Offer

from services.spec import ServiceSpec


@dataclass(frozen=True, slots=True)
class Served:
    """A service, and what is dialled for it.

    Attributes:
        number: answered with words that last for some seconds at least.
        lasting: answered by a call that only its caller ends, or the service's own limit.
        home: what it has, if it keeps something.
    """

    spec: ServiceSpec
    number: str
    lasting: str
    home: Home | None = None

    def offer(
        self,
        *more: tuple[ServiceSpec, BaseModel],
        config: BaseModel | None = None,
        most_calls: int | None = None,
        language: str = "en",
    ) -> Offer:
        """It, and more services with their configuration; `most_calls` is its cap."""
        services = [(self.spec, config or self.spec.config()), *more]
        caps = {} if most_calls is None else {self.spec.name: most_calls}
        return Offer(services, caps, language, self.home)
