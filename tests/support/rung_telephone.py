"""A telephone that the morning call rings, in virtual time: what it does, what it heard, and what was reported of it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray
from support.memory_dialler import MemoryDialler, Rung
from support.memory_exchange import clips_in
from support.memory_leg import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Voice
from support.simulated_telephone import SimulatedTelephone
from support.virtual_time import run_virtually
from support.worn_line import rms

from audio.clip import Clip
from audio.g711 import decode, encode
from audio.levels import Samples, to_pcm
from audio.prompts import load
from exchange.sip.call import Call
from exchange.sip.dialler import Dialler
from schedules.booking import Telephone
from schedules.duty import Report
from schedules.outcomes import Purpose
from schedules.policy import Policy
from schedules.rows import AlarmKind
from schedules.taking import Ring
from services.wakeup.phrases import PHRASES, sounds
from services.wakeup.proving import Occasion, Spoken
from services.wakeup.ring import NEVER, Ringer
from store.errors import StoreError

RINGS_S = 1.0
"""How long it rings before it is lifted."""
NOW_UTC = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
"""When it rings: 6:30 in Japan."""
PROOF_CODE = "123456712345"
PROOF_SPOKEN = Spoken(PROOF_CODE, Occasion.PROOF)
ECHO_FRAMES = 5

Does = Callable[["RungTelephone"], Awaitable[None]]
"""What it does once it is lifted."""


class RungTelephone(SimulatedTelephone):
    """One that is rung. Its line gives back what it hears, so many dB lower and 100 ms late, where `echo_db` says so."""

    def __init__(self, clips: dict[str, Clip], echo_db: float | None = None) -> None:
        super().__init__()
        self.clips = clips
        self._searched = 0
        self._gain = 0.0 if echo_db is None else 10 ** (-echo_db / 20)
        self._echo = deque([np.zeros(FRAME_SAMPLES)] * ECHO_FRAMES, maxlen=ECHO_FRAMES)

    def hear(self, voice: Voice) -> None:
        super().hear(voice)
        self._echo.append(self._gain * self.frames[-1][1])

    def next_frame(self) -> Frame:
        frame = super().next_frame()
        if not self._gain or not isinstance(frame, Voice):
            return frame
        pcm = decode(frame.codes, frame.law) + self._echo[0]
        return Voice(frame.law, encode(np.clip(pcm, -32768, 32767).astype(np.int16), frame.law).tobytes())

    def sound(self, *parts: Samples, dbm0: float = -16) -> None:
        """Sounds of unit power, one after the other."""
        self.say(to_pcm(np.concatenate([*parts, np.zeros(0)]) * rms(dbm0)))

    async def until_heard(self, name: str, times: int = 1, part: float = 1.0) -> None:
        """Wait until a clip, or that part of its beginning, was heard so many times since the last wait."""
        pcm = self.clips[name].pcm
        wanted = pcm[: round(len(pcm) * part)].tobytes()
        longest = len(pcm) // FRAME_SAMPLES + 20
        for _ in range(times):
            while (at := self._find(wanted, longest)) is None:  # noqa: ASYNC110 - its time is virtual
                await asyncio.sleep(0.1)
            self._searched = at

    def _find(self, wanted: bytes, longest: int) -> int | None:
        """In which frame it ends, if it is in the last ones."""
        first = max(self._searched, len(self.frames) - longest)
        at = b"".join(pcm.tobytes() for _, pcm in self.frames[first:]).find(wanted)
        return None if at < 0 else first + (at + len(wanted)) // (2 * FRAME_SAMPLES)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a ring."""

    report: Report
    said: tuple[str, ...]
    """The clips that were heard whole, in order."""
    pcm: NDArray[np.int16]
    """All that was heard from the answer on, 8,000 a second."""
    seconds: float
    """How long it was up."""
    dialled: list[tuple[str, str]]
    confirmed: list[str]
    """What was given as a proving call's code, and `NEVER` where it was asked never to be rung again."""


@cache
def clips(language: str) -> dict[str, Clip]:
    return dict(load(language))


@cache
def _sounds() -> dict[str, dict[str, Clip]]:
    return {name: dict(sounds(phrases)) for name, phrases in PHRASES.items()}


def a_ring(
    *,
    kind: AlarmKind = AlarmKind.WAKE,
    purpose: Purpose = Purpose.WAKE,
    policy: Policy | None = None,
    message: str = "",
    language: str = "en",
    last_snooze: bool = False,
) -> Ring:
    """An attempt at 6:30 in Japan."""
    return Ring(
        attempt_id=1,
        occurrence_id=1,
        alarm_id=1,
        kind=kind,
        telephone=Telephone("home", "services", "1001"),
        alarm_number="2001" if purpose is Purpose.ESCALATION else "1001",
        booked_by="2001" if kind is AlarmKind.CONSENT else "1001",
        purpose=purpose,
        policy=policy or Policy(),
        message=message,
        language=language,
        zone="Asia/Tokyo",
        begin_utc=NOW_UTC,
        due_utc=NOW_UTC,
        late_s=0.0,
        last_snooze=last_snooze,
        code="123",
    )


def rung(
    does: Does,
    ring: Ring | None = None,
    *,
    echo_db: float | None = None,
    spoken: Spoken | None = PROOF_SPOKEN,
    fault: StoreError | None = None,
) -> Heard:
    """Ring a telephone that is lifted after a second and then does something; `fault` is the database's, at an opt-out."""
    return run_virtually(_ring(_lifted(does), ring or a_ring(), echo_db, spoken, fault))


def refused(status: int) -> Report:
    """Ring a telephone that refuses with a SIP status, 0: that is never lifted."""

    async def refuses(telephone: SimulatedTelephone) -> None:
        await asyncio.sleep(RINGS_S)
        if status:
            telephone.refuse(status)

    return run_virtually(_ring(refuses, a_ring(), None, None)).report


def cancelled(seconds: float) -> float:
    """Cancel a ring so long after it began; how long the telephone was off its hook until it was told."""

    async def main() -> float:
        telephone = RungTelephone(clips("en"))
        dialler = MemoryDialler(telephone, _lifted(_nothing))
        ringing = asyncio.ensure_future(_ringer(dialler, None, []).ring(a_ring()))
        await asyncio.sleep(seconds)
        ringing.cancel()
        await asyncio.gather(ringing, return_exceptions=True)
        assert ringing.cancelled()
        await telephone.until_over(1)
        return len(telephone.frames) * FRAME_S

    return run_virtually(main())


def failing(fault: Exception) -> Report:
    """Ring by a dialler that fails."""

    class Failing:
        def ring(self, *_: object, **__: object) -> AbstractAsyncContextManager[Call]:
            raise fault

    async def main() -> Report:
        return await _ringer(Failing(), None, []).ring(a_ring())

    return run_virtually(main())


async def _nothing(_: RungTelephone) -> None:
    pass


def _lifted(does: Does) -> Rung:
    async def lifted(telephone: SimulatedTelephone) -> None:
        assert isinstance(telephone, RungTelephone)
        await asyncio.sleep(RINGS_S)
        telephone.lift()
        await does(telephone)

    return lifted


def _ringer(
    dialler: Dialler, code: Spoken | None, confirmed: list[str], fault: StoreError | None = None
) -> Ringer:
    loop = asyncio.get_running_loop()

    def now_utc() -> datetime:
        return NOW_UTC + timedelta(seconds=loop.time())

    async def spoken(_: Ring) -> Spoken | None:
        return code

    async def confirm(_: Ring, pressed: str) -> bool:
        confirmed.append(pressed)
        return code is not None and pressed == code.code

    async def refuse(_: Ring) -> None:
        if fault is not None:
            raise fault
        confirmed.append(NEVER)

    return Ringer(dialler, _sounds(), PHRASES, "7", now_utc, spoken, confirm, refuse)


async def _ring(
    does: Rung, ring: Ring, echo_db: float | None, code: Spoken | None, fault: StoreError | None = None
) -> Heard:
    confirmed: list[str] = []
    telephone = RungTelephone(clips(ring.language), echo_db)
    dialler = MemoryDialler(telephone, does)
    report = await _ringer(dialler, code, confirmed, fault).ring(ring)
    assert asyncio.all_tasks() == {asyncio.current_task()}, "a task outlived the ring"
    pcm = telephone.heard
    said = tuple(clips_in(pcm.tobytes(), clips(ring.language)))
    return Heard(report, said, pcm, len(pcm) / RATE_HZ, dialler.dialled, confirmed)
