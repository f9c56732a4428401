"""What is asked for by dialled digits alone."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import text

from schedules.dialled_time import DialledTime
from schedules.recurrence import Recurrence
from services.wakeup.dialled import At, Awake, InMinutes, Later, Proof, Simple, Wrong, read_dialled

pytestmark = pytest.mark.unit

ONCE = Recurrence.parse("once")


def at(hour: int, minute: int, recurrence: str = "once", *, night: bool = False) -> At:
    """A time as it was dialled."""
    return At(DialledTime(time(hour, minute), of_night=night), Recurrence.parse(recurrence))


@pytest.mark.parametrize(
    ("digits", "asked"),
    [
        ("0630", at(6, 30)),
        ("0000", at(0, 0)),
        ("2359", at(23, 59)),
        ("2430", at(0, 30, night=True)),
        ("10630", at(6, 30, "mon")),
        ("70630", at(6, 30, "sun")),
        ("80630", at(6, 30, "workdays")),
        ("12430", at(0, 30, "tue", night=True)),
        ("72430", at(0, 30, "mon", night=True)),
        ("3101", InMinutes(1)),
        ("3199", InMinutes(99)),
        ("3220", Later(timedelta(minutes=20))),
        ("3311", Simple.HEAR),
        ("3322", Simple.CANCEL_NEXT),
        ("3333", Simple.CANCEL_ALL),
        ("3344", Simple.RING_BACK),
        ("3411", Simple.OPT_OUT),
        ("3422", Simple.OPT_IN),
        ("3511", Simple.MENU),
        ("4123", Awake("123")),
        ("112233445566", Proof("112233445566")),
        ("1122334455667711", Proof("1122334455667711")),
    ],
)
def test_digits_ask_for_one_thing(digits: str, asked: object):
    assert read_dialled(digits) == asked


@pytest.mark.parametrize(
    "digits",
    [
        "",
        "0",
        "630",
        "5990",
        "0675",
        "2500",
        "3100",
        "3200",
        "00630",
        "90630",
        "82430",
        "16075",
        "063012",
        "11223344",
        "1122334455667",
        "０６３０",
    ],
)
def test_what_means_nothing_is_wrong(digits: str):
    assert read_dialled(digits) == Wrong()


@given(text(alphabet="0123456789*#+あ", max_size=20))
def test_whatever_is_dialled_is_understood_or_wrong(digits: str):
    asked = read_dialled(digits)
    assert isinstance(asked, At | InMinutes | Later | Awake | Proof | Simple | Wrong)


def test_no_code_is_a_time():
    """An hour that does not exist tells each code from a time of day."""
    codes = [f"{n:04}" for n in range(10_000) if not isinstance(read_dialled(f"{n:04}"), At | Wrong)]
    assert all(int(code[:2]) > 24 for code in codes)
    assert len(codes) == 99 + 99 + len(Simple) + 1000
