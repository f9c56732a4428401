"""A clock that may name a wrong second must be mended where the time is given by it."""

import asyncio

import pytest
from support.doctor_samples import texts

from denwa.doctor.clock import UPGRADE_TZDATA, check_clock, check_leaps, judge_clock, judge_leaps
from denwa.doctor.finding import Level
from timekeeping.chrony import Tracking
from timekeeping.kernel import KernelClockState
from timekeeping.leap import LeapTable
from timekeeping.leap_list import FIRST, read_leap_table
from timekeeping.trust import judge

pytestmark = pytest.mark.unit


def kernel(error_s: float, *, synchronised: bool = True) -> KernelClockState:
    return KernelClockState(synchronised, error_s, error_s)


@pytest.mark.parametrize(
    ("state", "gives_the_time", "level", "paste"),
    [
        (kernel(0.001), True, Level.OK, ()),
        (kernel(0.2), True, Level.WARN, ("apt install chrony",)),
        (kernel(16.0, synchronised=False), True, Level.FAIL, ("apt install chrony",)),
        (kernel(16.0, synchronised=False), False, Level.WARN, ("apt install chrony",)),
        (None, True, Level.WARN, ("apt install chrony",)),
    ],
)
def test_the_kernels_word_is_weighed(
    state: KernelClockState | None, gives_the_time: bool, level: Level, paste: tuple[str, ...]
):
    finding = judge_clock(judge(state, None), gives_the_time=gives_the_time)
    assert (finding.level, finding.paste) == (level, paste)
    texts(finding)


def test_the_error_is_said_in_milliseconds():
    finding = judge_clock(judge(None, Tracking("192.0.2.1", 2, True, 0.0015)), gives_the_time=True)
    assert "1.5 ms" in finding.what.en
    assert "1.5 ミリ秒" in finding.what.ja


def test_chrony_without_a_server_gets_the_command_that_looks_at_its_servers():
    finding = judge_clock(judge(None, Tracking("192.0.2.1", 0, False, 1.0)), gives_the_time=True)
    assert (finding.level, finding.paste) == (Level.FAIL, ("chronyc sources -v",))


@pytest.mark.parametrize(("now_utc_s", "level"), [(999, Level.OK), (1000, Level.WARN), (2000, Level.WARN)])
def test_a_list_that_has_expired_is_warned_of(now_utc_s: int, level: Level):
    finding = judge_leaps(LeapTable((FIRST,), expires_utc_s=1000), now_utc_s)
    assert finding.level is level
    assert finding.paste == ((UPGRADE_TZDATA,) if level is Level.WARN else ())
    texts(finding)


def test_a_list_without_a_date_is_taken_as_it_is():
    assert judge_leaps(LeapTable((FIRST,), None), 10**10).level is Level.OK


def test_this_machines_list_is_read():
    expires_utc_s = read_leap_table().expires_utc_s
    assert expires_utc_s is not None
    assert check_leaps(expires_utc_s - 1).level is Level.OK
    assert check_leaps(expires_utc_s).level is Level.WARN


def test_this_machines_clock_is_judged():
    clock, leaps = asyncio.run(check_clock(0, gives_the_time=True))
    assert (clock.check, leaps.check) == ("clock", "leap seconds")
    assert texts(clock)[0]
    assert leaps.level is Level.OK
