"""What a caller asks for and gets at once, however he asked: done, and what is then to be said."""

from sqlalchemy.orm import Session

from schedules.attempts import acknowledge_by_call
from services.wakeup import changes, dialled
from services.wakeup.dialled import Simple
from services.wakeup.office import Office
from services.wakeup.phrases import Names
from services.wakeup.refusals import opt_in_refusal, refusal
from trust import codes, opt_outs
from trust.answers import Answer, Granted, Refused
from trust.gate import may_opt_out
from trust.target import Target

AtOnce = dialled.Later | dialled.Awake | dialled.Proof | Simple


async def do(  # noqa: PLR0911 - one for each thing that can be asked for
    office: Office, target: Target, asked: AtOnce
) -> Names:
    """Do it; the clips that tell of it. Neither a trial nor the menu, which are conversations. Raises StoreError."""
    write, now_utc = office.store.write, office.now_utc()
    match asked:
        case dialled.Later(by):
            booked = await write(changes.postpone_next, target, by, now_utc)
            return office.phrases.next_call(booked.due_local, office.today()) if booked else ("no_alarms",)
        case dialled.Awake(code):
            over = await write(acknowledge_by_call, target.exchange, target.number, code, now_utc)
            return ("acknowledged", "goodbye") if over else ("code_wrong",)
        case dialled.Proof(code):
            proved = await write(codes.confirm_by_dialling, target, code, now_utc)
            if isinstance(proved, Refused):
                return refusal(office, proved)
            return ("consent_done",) if proved.consents else ("proof_done",)
        case Simple.HEAR:
            booked_all = await office.store.read(changes.coming, target, now_utc)
            return office.phrases.bookings(booked_all, office.today())
        case Simple.CANCEL_NEXT:
            cancelled = await write(changes.cancel_next, target, now_utc)
            return _next_cancelled(office, cancelled) if cancelled else ("no_alarms",)
        case Simple.CANCEL_ALL:
            return ("all_cancelled" if await write(changes.cancel_all, target, now_utc) else "no_alarms",)
        case Simple.OPT_OUT:
            kept = await write(_opt_out, office, target)
            return ("opt_out_done",) if isinstance(kept, Granted) else refusal(office, kept)
        case Simple.OPT_IN:
            said_by = opt_outs.dialled_by(target)
            taken_back = await write(opt_outs.take_back, office.trust, target, said_by, now_utc)
            return ("opt_in_done",) if isinstance(taken_back, Granted) else opt_in_refusal(taken_back)
    raise AssertionError(asked)


def _opt_out(session: Session, office: Office, target: Target) -> Answer:
    now_utc = office.now_utc()
    answer = may_opt_out(session, office.trust, target, now_utc)
    if isinstance(answer, Granted):
        opt_outs.opt_out(session, office.trust, target, opt_outs.dialled_by(target), now_utc)
    return answer


def _next_cancelled(office: Office, cancelled: changes.NextCancelled) -> Names:
    """Of an alarm that repeats, the one after it rings: who hears only that it is cancelled may rely on silence."""
    following = cancelled.following
    goes_on = office.phrases.next_call(following.due_local, office.today()) if following else ()
    return ("cancelled", *goes_on)
