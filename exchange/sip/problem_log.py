"""Says each new problem once and its end once, however often it is met."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.sip.registration_problem import Problem


@dataclass(frozen=True, slots=True)
class ProblemNews:
    """A problem of a subject (an extension) has come up, or `ended`: the last one is over."""

    subject: str
    problem: Problem
    ended: bool


@dataclass(slots=True)
class ProblemLog:
    """Remembers what was said; hands news to `say`. Belongs to one thread.

    Troubles that take turns (no answer, connection refused, no answer) are each said once until all is well.
    """

    say: Callable[[ProblemNews], None]
    _said: dict[str, set[str]] = field(default_factory=dict, init=False)
    _current: dict[str, Problem] = field(default_factory=dict, init=False)

    def update(self, subject: str, problem: Problem | None) -> None:
        """Tell how a subject stands now: with this problem, or with none."""
        if problem is None:
            self._said.pop(subject, None)
            last = self._current.pop(subject, None)
            if last is not None:
                self.say(ProblemNews(subject, last, ended=True))
            return
        self._current[subject] = problem
        said = self._said.setdefault(subject, set())
        if problem.key not in said:
            said.add(problem.key)
            self.say(ProblemNews(subject, problem, ended=False))

    def current(self) -> dict[str, Problem]:
        """The problems that last, by subject."""
        return dict(self._current)
