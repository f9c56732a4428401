"""How many telephones ring at once: exchanges here are small, and so are the trunks between them."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.rows import Attempt, Occurrence


@dataclass(frozen=True, slots=True)
class Shaping:
    """How many calls may be under way at once: over all, and by each trunk (`default_trunk` where none is given)."""

    calls: int = 20
    default_trunk: int = 4
    trunks: dict[str, int] = field(default_factory=dict)

    def of_trunk(self, trunk: str) -> int:
        """How many at once through a trunk; "" is the exchange's own telephones."""
        return self.calls if not trunk else self.trunks.get(trunk, self.default_trunk)


class Lines:
    """How many calls are under way, by trunk and to whom."""

    def __init__(self, session: Session, shaping: Shaping) -> None:
        self._shaping = shaping
        open_attempts = session.execute(
            select(Attempt.exchange, Attempt.number, Attempt.trunk).where(Attempt.ended_utc.is_(None))
        ).all()
        self._numbers = {(exchange, number) for exchange, number, _ in open_attempts}
        self._by_trunk = Counter((exchange, trunk) for exchange, _, trunk in open_attempts)
        self._all = len(open_attempts)

    def full_trunks(self) -> list[tuple[str, str]]:
        """Exchange and trunk of those that take no further call."""
        return [key for key, count in self._by_trunk.items() if count >= self._shaping.of_trunk(key[1])]

    def free_for(self, occurrence: Occurrence) -> bool:
        """Whether it may ring now."""
        return (
            self._all < self._shaping.calls
            and (occurrence.exchange, occurrence.number) not in self._numbers
            and self._by_trunk[occurrence.exchange, occurrence.trunk]
            < self._shaping.of_trunk(occurrence.trunk)
        )

    def take(self, occurrence: Occurrence) -> None:
        """It does."""
        self._all += 1
        self._numbers.add((occurrence.exchange, occurrence.number))
        self._by_trunk[occurrence.exchange, occurrence.trunk] += 1
