"""What every bench ends with: one line for each wanted figure, and an exit status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Wish:
    """A wanted figure beside the measured one.

    `figure` is None where it could not be measured: `why` then says why, and the wish is not met.
    """

    what: str
    figure: float | None
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    why: str = ""

    @property
    def met(self) -> bool:
        """The figure is there, and as wanted."""
        if self.figure is None or np.isnan(self.figure):
            return False
        above = self.at_least is None or self.figure >= self.at_least
        return above and (self.at_most is None or self.figure <= self.at_most)

    @property
    def line(self) -> str:
        """`ok` or `short`, the figure, the wish."""
        bounds = [
            f"{sign} {bound:g} {self.unit}"
            for sign, bound in (("at most", self.at_most), ("at least", self.at_least))
            if bound is not None
        ]
        found = "not measured" if self.figure is None else f"{self.figure:.3g} {self.unit}"
        because = f" ({self.why})" if self.why else ""
        return f"{'ok   ' if self.met else 'short'}  {self.what}: {found}, wanted {' and '.join(bounds)}{because}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that `percent` of all values do not exceed; of few values, p99.9 is the greatest.

    Not a number where there are none.
    """
    if not len(values):
        return float("nan")
    return float(np.percentile(values, percent, method="inverted_cdf"))


def conclude(wishes: Iterable[Wish]) -> int:
    """Print a line for each, and give the exit status: 1 when one is short."""
    wishes = list(wishes)
    for wish in wishes:
        print(wish.line)
    return 0 if all(wish.met for wish in wishes) else 1
