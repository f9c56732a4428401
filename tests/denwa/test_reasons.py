"""Whatever keeps something from being an alarm is told in Japanese too."""

import ast
import string
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import schedules
from denwa.reasons import JAPANESE, say_reason
from exchange.network import numbers
from exchange.network.numbers import NumberError, normalise
from schedules.errors import ScheduleError
from schedules.recurrence import Recurrence

pytestmark = pytest.mark.unit

SCHEDULES = Path(schedules.__file__).parent
BY_TELEPHONE = "only a telephone asks for it, and is told by a clip"
OWN_WORDS = "the command has its own words for it"
NEVER = {
    "a time is four digits such as 0630, not {digits!r}": OWN_WORDS,
    "there is no hour {hour} (00 to 24)": OWN_WORDS,
    "there is no minute {minute} (00 to 59)": OWN_WORDS,
    "it would never ring: the calendar ends before": OWN_WORDS,
    "a delay is 1 to {most} minutes, not {minutes}": "the option --in takes no other",
    "it has begun already": BY_TELEPHONE,
    "it would never ring": BY_TELEPHONE,
    "it has ended already": "an occurrence that has ended is not found to be cancelled",
    "the alarm {uid!r} has no date": "what is booked has one",
    "chosen weekdays need at least one day, and no other recurrence has any": "no text is read as one",
    "weekdays are 0 (Monday) to 6, not {weekdays}": "no text is read as one",
}
"""What no user of `denwa alarm` can see, with the reason."""


def raised(error: type[Exception], file: Path, module: str) -> Iterator[tuple[str, set[str]]]:
    """Each template with which a module makes this error, and the names of the values that it gives."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == error.__name__:
            match node.args:
                case [ast.Constant(str(template))]:
                    pass
                case [ast.Name(name)]:
                    template = getattr(import_module(module), name)
                case _:
                    pytest.fail(f"{file}, line {node.lineno}: a template is a literal or a constant")
            yield template, {str(keyword.arg) for keyword in node.keywords}


RAISED = [
    *(
        found
        for file in sorted(SCHEDULES.glob("*.py"))
        for found in raised(ScheduleError, file, f"schedules.{file.stem}")
    ),
    *raised(NumberError, Path(numbers.__file__), numbers.__name__),
]


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize(("template", "values"), RAISED)
def test_each_reason_that_a_user_can_see_has_japanese_with_the_same_places(template: str, values: set[str]):
    assert (template in JAPANESE) != (template in NEVER)
    assert places(template) == values
    if template in JAPANESE:
        assert places(JAPANESE[template]) == values
        assert not JAPANESE[template].isascii()


def test_no_words_are_kept_for_what_is_never_raised():
    assert {template for template, _ in RAISED} == JAPANESE.keys() | NEVER.keys()


def test_a_reason_is_said_in_both_languages_with_its_values():
    with pytest.raises(NumberError) as number:
        normalise("1" * 80)
    assert say_reason(number.value, "en") == str(number.value)
    assert say_reason(number.value, "ja") == "番号は 79 桁までですが、80 桁あります"
    with pytest.raises(ScheduleError) as recurrence:
        Recurrence.parse("{often}")
    assert say_reason(recurrence.value, "ja").startswith("'{often}' という繰り返しはありません")
