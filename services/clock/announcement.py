"""What is said of a mark: the clips in their order, and the whole sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from timekeeping.civil import CivilTime

STEP_S = 10
"""Marks lie on the seconds 0, 10, 20, 30, 40 and 50."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """The words that name a mark."""

    clips: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the clock: its clips with their texts, and how a time is put together from them."""

    name: str
    texts: Mapping[str, str]
    """What each clip speaks, by its name."""
    gap_ms: int
    """The pause between two clips."""
    between: str
    """What stands between two clips in writing."""
    choose: Callable[[CivilTime], tuple[str, ...]]

    def announce(self, mark: CivilTime) -> Announcement:
        """The words for the mark at that civil time.

        Raises:
            ValueError: there is no mark at that second.
        """
        if mark.second % STEP_S or mark.second >= 60:
            raise ValueError(f"there is no mark at second {mark.second}")
        clips = self.choose(mark)
        return Announcement(clips, self.between.join(self.texts[clip] for clip in clips))
