"""The phrases: what both languages have in common, and what a language says in its own way."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from schedules.recurrence import Kind, Recurrence
from services.wakeup.phrases.digits import PAUSE, digit_clips, number_clips

Names = tuple[str, ...]
"""Clips in the order in which they are played, and `PAUSE`, which is none."""

_RULES = {Kind.DAILY: "every_day", Kind.WORKDAYS: "workdays", Kind.HOLIDAYS: "holidays"}
_NEAR = ("today", "tomorrow", "day_after_tomorrow")


class Booked(NamedTuple):
    """One line of a list of bookings."""

    due_local: datetime
    """When it rings next, on the wall clock of the booking's zone."""
    recurrence: Recurrence
    rule_time: time | None = None
    """The rule's time of day, if it repeats and rings next otherwise than its rule says: later, or a date is left out."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is said of bookings and calls in one language.

    Dates and times are civil, on the wall clock of the zone in which the call was booked; `today` is the date there.
    """

    name: str
    texts: Mapping[str, str]
    """What each clip speaks, by its name."""
    gap_ms: int
    """The pause after each clip."""
    between: str
    """What stands between two clips in writing."""
    time_of_day: Callable[[time], Names]
    """Hour and minute; seconds are not said."""
    ringing: Callable[[Names], Names]
    """That the call comes at the given time."""
    now: Callable[[Names], Names]
    """That it is the given time."""
    after: Callable[[int, str], Names]
    """That something, the clip, comes in 1 to 99 minutes."""

    def text(self, names: Names) -> str:
        """The phrase in writing."""
        return self.between.join(self.texts[name] for name in names if name != PAUSE)

    def day(self, day: date, today: date) -> Names:
        """Today, tomorrow, the day after, within the week the weekday, any other day by month and day.

        Among the others is yesterday: a call that was due before midnight may be tried again after it.
        """
        ahead = (day - today).days
        if 0 <= ahead < len(_NEAR):
            return (_NEAR[ahead],)
        if len(_NEAR) <= ahead < 7:
            return (f"weekday_{day.weekday()}",)
        return (f"month_{day.month}", f"day_{day.day}")

    def rule(self, recurrence: Recurrence) -> Names:
        """The days of an alarm that repeats.

        Raises:
            ValueError: it rings only once.
        """
        if not recurrence.repeats:
            raise ValueError("an alarm that rings once has a date and no rule")
        if recurrence.kind is Kind.WEEKDAYS:
            return ("every_week", *(f"weekday_{day}" for day in sorted(recurrence.weekdays)))
        return (_RULES[recurrence.kind],)

    def when(self, booked: Booked, today: date) -> Names:
        """Day or rule, and time: the words of a list's line; the next one too where the rule does not tell it."""
        due = booked.due_local
        due_time = self.time_of_day(due.time())
        if not booked.recurrence.repeats:
            return (*self.day(due.date(), today), *due_time)
        rule = self.rule(booked.recurrence)
        if booked.rule_time is None:
            return (*rule, *due_time)
        next_one = ("next_call_is", *self.day(due.date(), today), *due_time)
        return (*rule, *self.time_of_day(booked.rule_time), *next_one)

    def will_ring(self, due_local: datetime, today: date) -> Names:
        """Tomorrow, 6:30, we will call you."""
        return self.ringing((*self.day(due_local.date(), today), *self.time_of_day(due_local.time())))

    def will_ring_as(self, booked: Booked, today: date) -> Names:
        """The same of a booking: by its rule where it repeats."""
        return self.ringing(self.when(booked, today))

    def changed(self, booked: Booked, today: date) -> Names:
        """The time is changed, and to which."""
        return ("changed_to", *self.will_ring_as(booked, today))

    def next_call(self, due_local: datetime, today: date) -> Names:
        """When the next call comes."""
        return ("next_call_is", *self.will_ring(due_local, today))

    def bookings(self, booked: Iterable[Booked], today: date) -> Names:
        """All bookings, or that there are none."""
        lines = [self.when(line, today) for line in booked]
        if not lines:
            return ("no_alarms",)
        return ("your_alarms", *(name for line in lines for name in (*line, PAUSE)), "that_is_all")

    def hello(self, now_local: time) -> Names:
        """Good morning to whoever is woken before eleven, in the small hours too; else by the time of day."""
        if now_local.hour < 11:
            return ("good_morning",)
        return ("good_afternoon",) if now_local.hour < 18 else ("good_evening",)

    def time_now(self, now_local: time) -> Names:
        """The time it is."""
        return self.now(self.time_of_day(now_local))

    def in_minutes(self, minutes: int) -> Names:
        """We will call you in so many minutes, 1 to 99. Raises ValueError."""
        return self.after(_minutes(minutes), "minutes_later")

    def again_in(self, minutes: int) -> Names:
        """We will call you again in so many minutes, 1 to 99. Raises ValueError."""
        return self.after(_minutes(minutes), "again_in_minutes")

    def number(self, digits: str) -> Names:
        """A telephone's number, in groups. Raises ValueError for what is none of 0-9, * and #."""
        return number_clips(digits)

    def code(self, prefix: str, digits: str) -> Names:
        """What to dial: the prefix, and after a moment the digits in groups. Raises ValueError as `number` does."""
        return (*digit_clips(prefix), *((PAUSE,) if prefix else ()), *number_clips(digits))

    def number_called(self, digits: str) -> Names:
        """Which number will be called. Raises ValueError as `number` does."""
        return ("number_is", *self.number(digits), "number_end")

    def how_to_dial(self, prefix: str) -> Names:
        """That a time follows the prefix, with 6:30 as the example. Raises ValueError as `number` does."""
        example = self.code(prefix, "0630")
        return ("how_to_dial_1", *digit_clips(prefix), "how_to_dial_2", *example, "how_to_dial_3")

    def or_dial(self, prefix: str, digits: str) -> Names:
        """How a telephone without keys confirms. Raises ValueError as `number` does."""
        return ("or_dial", *self.code(prefix, digits), "then_dial")

    def proof_call(self, prefix: str, confirm: str, refuse: str) -> Names:
        """To a number that somebody claimed: how to confirm it and how to be left alone.

        Raises:
            ValueError: as `number` does.
        """
        return self._code_call(("proof_call_1",), prefix, confirm, "proof_call_3", refuse)

    def renewal_call(self, prefix: str, confirm: str, refuse: str) -> Names:
        """To a number whose proof ends soon: how to confirm it again. Raises ValueError as `number` does."""
        return self._code_call(("renewal_call",), prefix, confirm, "if_not", refuse)

    def consent_call(self, asker: str, prefix: str, confirm: str, refuse: str) -> Names:
        """To a second number: who asks whether it may be rung when he does not wake. Raises ValueError as `number` does."""
        asked = ("consent_call_1", *self.number(asker), "consent_call_2")
        return self._code_call(asked, prefix, confirm, "if_not", refuse)

    def _code_call(self, opening: Names, prefix: str, confirm: str, otherwise: str, refuse: str) -> Names:
        confirmed = (*opening, *self.code(prefix, confirm), "proof_call_2", "proof_keys")
        return (*confirmed, otherwise, *self.code(prefix, refuse), "proof_call_4", "refuse_keys")

    def opted_out(self, prefix: str, digits: str) -> Names:
        """That nobody may ring this telephone, and how that is taken back. Raises ValueError as `number` does."""
        return ("opted_out", "opt_in_how", *self.code(prefix, digits), "then_dial")

    def proof_later(self, due_local: datetime, today: date) -> Names:
        """When a number that somebody booked for is called to be told its code, where that is not now."""
        return ("proof_later", *self.will_ring(due_local, today))

    def escalation(self, digits: str) -> Names:
        """To the second number: that the first does not answer. Raises ValueError as `number` does."""
        return ("escalation_1", *self.number(digits), "escalation_2")


def _minutes(minutes: int) -> int:
    if not 1 <= minutes <= 99:
        raise ValueError(f"1 to 99 minutes can be said, not {minutes}")
    return minutes
