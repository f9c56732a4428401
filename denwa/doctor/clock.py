"""Whether the machine's clock may be trusted, and knows the leap seconds."""

from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.language import Text
from timekeeping.leap import LeapTable
from timekeeping.leap_list import LeapListError, read_leap_table
from timekeeping.trust import CHECK_SOURCES, INSTALL_CHRONY, HostClock, Trust, ask_host_clock

CHECK = "clock"
LEAPS = "leap seconds"
UPGRADE_TZDATA = "apt install --only-upgrade tzdata"
_TYPE = {INSTALL_CHRONY: ("apt install chrony",), CHECK_SOURCES: ("chronyc sources -v",)}
"""What each remedy of timekeeping tells to type."""

_EXPIRED = Text(
    "The list of leap seconds has expired: one that was decreed since would be missed.",
    "うるう秒の一覧が期限切れです。その後に決まったうるう秒があれば、時報が 1 秒ずれます。",
)
_UPGRADE = Text("Bring the package tzdata up to date.", "tzdata を新しくしてください。")
_NO_LIST = Text("Leap seconds are not known: {why}", "うるう秒が分かりません: {why}")
_INSTALL = Text("Install the package tzdata.", "tzdata を入れてください。")
_KNOWN = Text("The list of leap seconds is up to date.", "うるう秒の一覧は期限内です。")


async def check_clock(now_utc_s: int, *, gives_the_time: bool) -> list[Finding]:
    """The state of the clock and of the list; `gives_the_time`: the talking clock is among the services."""
    return [judge_clock(await ask_host_clock(), gives_the_time=gives_the_time), check_leaps(now_utc_s)]


def judge_clock(clock: HostClock, *, gives_the_time: bool) -> Finding:
    """A clock that may name a wrong second must be mended where the time is given by it."""
    level = {
        Trust.TRUSTED: Level.OK,
        Trust.UNSURE: Level.WARN,
        Trust.UNTRUSTED: Level.FAIL if gives_the_time else Level.WARN,
    }[clock.state]
    return Finding(
        CHECK,
        level,
        Text(clock.why.en, clock.why.ja),
        Text(clock.remedy.en, clock.remedy.ja),
        _TYPE.get(clock.remedy, ()),
    )


def check_leaps(now_utc_s: int) -> Finding:
    """Whether the system's list of leap seconds is there and in date."""
    try:
        return judge_leaps(read_leap_table(), now_utc_s)
    except LeapListError as error:
        return Finding(LEAPS, Level.WARN, said(_NO_LIST, why=error), _INSTALL, ("apt install tzdata",))


def judge_leaps(table: LeapTable, now_utc_s: int) -> Finding:
    """A list that has expired may lack a leap second."""
    if table.expired(now_utc_s):
        return Finding(LEAPS, Level.WARN, _EXPIRED, _UPGRADE, (UPGRADE_TZDATA,))
    return Finding(LEAPS, Level.OK, _KNOWN, NOTHING_TO_DO)
