"""Digits one by one, as a number is read aloud."""

from collections.abc import Iterator

PAUSE = "pause"
"""No clip of a pack: a moment of silence between two groups of digits, or two bookings of a list."""

_KEYS = {**{digit: f"digit_{digit}" for digit in "0123456789"}, "*": "star", "#": "pound"}
_GROUP = 4


def digit_clips(digits: str) -> tuple[str, ...]:
    """The clip of each of the digits 0-9, * and #, without a pause.

    Raises:
        ValueError: something else is among them.
    """
    try:
        return tuple(_KEYS[digit] for digit in digits)
    except KeyError as strange:
        raise ValueError(f"not to be read aloud: {strange} in {digits[:80]!r} (only 0-9, * and #)") from None


def number_clips(digits: str) -> tuple[str, ...]:
    """The same in groups: of four from the end, 03-1234-5678 and 84-2001, where one digit alone joins the next group.

    Raises:
        ValueError: something else than 0-9, * and # is among them.
    """
    clips = digit_clips(digits)
    return tuple(
        clip for start, end in _groups(len(clips)) for clip in (*(PAUSE,) * (start > 0), *clips[start:end])
    )


def _groups(length: int) -> Iterator[tuple[int, int]]:
    """From where to where each group goes, from the first on."""
    first = length % _GROUP or min(_GROUP, length)
    if first == 1 and length > 1:
        first += _GROUP
    yield 0, first
    for start in range(first, length, _GROUP):
        yield start, start + _GROUP
