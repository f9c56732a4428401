"""How far the host's clock may be trusted, in words for whoever runs it."""

from dataclasses import dataclass
from enum import Enum

from timekeeping.chrony import ChronyError, Tracking, ask_chrony
from timekeeping.kernel import KernelClockState, read_kernel_state

GOOD_ERROR_S = 0.05
"""Up to here nobody who listens can tell: an announced mark is as good as right."""

BAD_ERROR_S = 0.5
"""From here on a mark may name the wrong second."""

STALE_ERROR_S = 2.0
"""The kernel adds 0.5 ms each second since the last correction: this is an hour without one."""


class Trust(Enum):
    """How far the announced time may be believed."""

    TRUSTED = "trusted"
    UNSURE = "unsure"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True)
class Words:
    """The same text in both languages."""

    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class HostClock:
    """The verdict on the host's clock."""

    state: Trust
    error_s: float | None
    """A bound on the error of UTC in seconds; None when nothing is known."""
    source: str
    why: Words
    remedy: Words
    """What to do; empty when there is nothing to do."""


NOTHING_TO_DO = Words("", "")
INSTALL_CHRONY = Words(
    "chrony を入れて起動してください: apt install chrony。数分後に chronyc tracking で確かめられます。",
    "Install and start chrony: apt install chrony. Some minutes later, chronyc tracking shows its state.",
)
CHECK_SOURCES = Words(
    "chronyc sources -v で時刻サーバに届いているか確かめ、届く時刻サーバを chrony.conf に書いてください"
    "（UDP 123 番が塞がれていないかも確認）。",
    "Look with chronyc sources -v whether the time servers are reached; name some that are in chrony.conf "
    "(and let UDP port 123 through).",
)


def judge(kernel: KernelClockState | None, tracking: Tracking | None) -> HostClock:
    """Weigh what the kernel and chrony say; chrony's word comes first, for it knows its servers."""
    if tracking is not None:
        return _judge_chrony(tracking)
    if kernel is None:
        return HostClock(
            Trust.UNSURE,
            None,
            "none",
            Words("時計の状態を調べられません。", "The state of the clock cannot be asked."),
            INSTALL_CHRONY,
        )
    return _judge_kernel(kernel)


def _judge_chrony(tracking: Tracking) -> HostClock:
    source = f"chrony, {tracking.source}"
    if not tracking.synchronised:
        why = Words(
            "chrony はどの時刻サーバとも同期していません。", "chrony is not synchronised to any time server."
        )
        return HostClock(Trust.UNTRUSTED, None, source, why, CHECK_SOURCES)
    state = _by_error(tracking.error_s)
    error_ms = tracking.error_s * 1000
    why = Words(
        f"chrony が {tracking.source} に同期しています（誤差は最大 {error_ms:.1f} ミリ秒）。",
        f"chrony follows {tracking.source} (error at most {error_ms:.1f} ms).",
    )
    remedy = NOTHING_TO_DO if state is Trust.TRUSTED else CHECK_SOURCES
    return HostClock(state, tracking.error_s, source, why, remedy)


def _judge_kernel(kernel: KernelClockState) -> HostClock:
    if not kernel.synchronised:
        why = Words("この機械の時計は同期していません。", "This machine's clock is not synchronised.")
        return HostClock(Trust.UNTRUSTED, None, "kernel", why, INSTALL_CHRONY)
    error_s = max(kernel.estimated_error_s, kernel.greatest_error_s)
    state = _by_error(kernel.estimated_error_s) if error_s < STALE_ERROR_S else Trust.UNSURE
    error_ms = error_s * 1000
    why = Words(
        f"カーネルの時計は同期しています（誤差は最大 {error_ms:.1f} ミリ秒）。",
        f"The kernel's clock is synchronised (error at most {error_ms:.1f} ms).",
    )
    remedy = NOTHING_TO_DO if state is Trust.TRUSTED else INSTALL_CHRONY
    return HostClock(state, error_s, "kernel", why, remedy)


def _by_error(error_s: float) -> Trust:
    if error_s <= GOOD_ERROR_S:
        return Trust.TRUSTED
    return Trust.UNSURE if error_s < BAD_ERROR_S else Trust.UNTRUSTED


async def ask_host_clock() -> HostClock:
    """Ask chrony and the kernel, and judge."""
    try:
        tracking = await ask_chrony()
    except ChronyError:
        tracking = None
    try:
        kernel = read_kernel_state()
    except OSError:
        kernel = None
    return judge(kernel, tracking)
