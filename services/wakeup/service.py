"""The morning call as a service: the desk for calls that come in, and the duty that rings."""

import asyncio
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from exchange.sip.call import Call
from schedules.duty import Duty, Report
from schedules.outcomes import Purpose
from schedules.taking import Ring
from services.spec import Context, Handler
from services.wakeup.config import WakeupConfig
from services.wakeup.desk import serve
from services.wakeup.gate import code_to_speak, trusting
from services.wakeup.office import Office
from services.wakeup.phrases import PHRASES, sounds
from services.wakeup.proving import Spoken, renew
from services.wakeup.ring import Ringer
from services.wakeup.telephones import target_of
from store.errors import StoreError
from timekeeping.clocks import KernelClock
from timekeeping.steps import Change, OffsetWatch, watching
from timekeeping.steps import Kind as ChangeKind
from trust import codes, opt_outs
from trust.answers import Granted
from trust.rows import By


def now_utc() -> datetime:
    """The host's clock."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_wakeup(context: Context, tasks: TaskGroup) -> AsyncIterator[Handler]:
    """Ring what is due while in the scope, and serve who calls."""
    config = WakeupConfig.model_validate(context.config)
    clips = {name: sounds(phrases) for name, phrases in PHRASES.items()}
    language = config.language or context.language
    offices = {
        name: Office(config, context.store, context.trust, context.exchange_of, clips[name], phrases, now_utc)
        for name, phrases in PHRASES.items()
    }

    async def spoken(ring: Ring) -> Spoken | None:
        return await context.store.read(code_to_speak(context.trust, ring, now_utc()))

    async def confirm(ring: Ring, pressed: str) -> bool:
        answer = await context.store.write(
            codes.confirm_by_keys, target_of(ring.telephone), pressed, now_utc()
        )
        return isinstance(answer, Granted)

    async def refuse(ring: Ring) -> None:
        target = target_of(ring.telephone)
        await context.store.write(opt_outs.opt_out, context.trust, target, By.TELEPHONE, now_utc())

    ringer = Ringer(context.dialler, clips, PHRASES, config.prefix, now_utc, spoken, confirm, refuse)

    async def make(ring: Ring) -> Report:
        report = await ringer.ring(ring)
        if ring.purpose is Purpose.WAKE and (ring.telephone.trunk or ring.policy.escalate_trunk):
            with suppress(StoreError):  # its next ring is another occasion
                await context.store.write(renew, context.trust, ring.alarm_id, now_utc())
        return report

    duty = Duty(
        context.store,
        now_utc=now_utc,
        shaping=config.shaping,
        gate=trusting(context.trust),
        make=make,
        in_use=lambda: _by_exchange(context.callers(), context.exchange_of),
        extensions=tuple(context.exchange_of),
        tasks=tasks,
    )
    keeping = tasks.create_task(_keep(duty, context.opened), name="alarms")

    async def handle(call: Call) -> None:
        try:
            await serve(offices, language, call)
        finally:
            duty.told()

    try:
        yield handle
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(duty: Duty, opened: asyncio.Event) -> None:
    """Once calls can be placed, ring what is due; look again whenever the host's clock is set."""
    await opened.wait()
    async with duty.kept():

        def changed(change: Change) -> None:
            if change.kind is ChangeKind.STEP:  # a slew comes each second, and moves no alarm
                duty.told()

        with watching(OffsetWatch(KernelClock(), changed)):
            await asyncio.Event().wait()


def _by_exchange(
    callers: Collection[tuple[str, str]], exchange_of: Mapping[str, str]
) -> set[tuple[str, str]]:
    return {(exchange_of.get(extension, ""), number) for extension, number in callers}
