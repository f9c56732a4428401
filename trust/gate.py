"""The two questions that every service asks before it rings anybody, may it be booked, may it be rung; and some lesser ones.

All write down what they grant, so they belong into the transaction that writes the booking or the attempt, before that
row. The answer is counted once that is committed, whatever becomes of the call.

Nodes do not block each other: a transaction may ask for several calls of one purpose, or for one booking and then one call
for a proof. All of them lock the counts in one order, the one of all calls first.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from store.outbox import tell_of
from trust import quotas
from trust.answers import Answer, Granted, Purpose, Reason, Refused
from trust.consents import has_consented, note_question, was_asked_lately
from trust.forgetting import forget
from trust.keys import exact
from trust.opt_outs import is_opted_out
from trust.proofs import is_to_be_renewed, needs_proof
from trust.proving_calls import take
from trust.quotas import Counts, Deed, Full, Quota, Scope
from trust.rows import Code
from trust.settings import Rate, TrustSettings
from trust.target import Target

_REASONS = {
    Scope.SOURCE: Reason.SOURCE_QUOTA,
    Scope.TARGET: Reason.TARGET_QUOTA,
    Scope.TRUNK: Reason.TRUNK_QUOTA,
    Scope.ALL: Reason.TOTAL_QUOTA,
}
_ONCE_AN_HOUR = Rate(1, 24)


def may_book(
    session: Session, settings: TrustSettings, source: Target | None, target: Target, now_utc: datetime
) -> Answer:
    """Whether it may be booked that a telephone is rung; `Granted.needs_proof` asks for a proving call first.

    Args:
        session: of the transaction that writes the booking.
        settings: the operator's.
        source: the telephone from which it is booked; None for the operator himself.
        target: the telephone to ring.
        now_utc: the time.
    """
    if refused := _never(session, settings, target):
        return refused
    unproved = needs_proof(session, settings, target, now_utc)
    if unproved and source is not None and not source.is_same(target):
        return Refused(Reason.UNPROVED)  # for an unproved number only itself may ask
    deed = Deed.BOOKING_UNPROVED if unproved else Deed.BOOKING
    counted = [Quota(deed, Scope.ALL, "", settings.in_all)]
    if unproved:
        counted.append(_by_trunk(deed, settings, target))
    if source is not None:
        counted.append(Quota(Deed.BOOKING, Scope.SOURCE, exact(source), settings.per_source))
    return _counted(session, deed, counted, target, now_utc) or Granted(needs_proof=unproved)


def may_opt_out(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> Answer:
    """Whether a caller may say by dialling that his telephone is never to be rung.

    What is only claimed of numbers that nobody proved is counted by trunk: each leaves a row for good. Not counted is a
    telephone that we rang lately: it does what our call told it.
    """
    code = session.get(Code, (target.exchange, target.number))
    if code is not None and code.trunk == target.trunk:
        return Granted()
    if is_opted_out(session, settings, target) or not needs_proof(session, settings, target, now_utc):
        return Granted()
    counted = [_by_trunk(Deed.OPTING_OUT, settings, target)]
    return _counted(session, Deed.OPTING_OUT, counted, target, now_utc) or Granted()


def may_try_pin(session: Session, settings: TrustSettings, source: Target, now_utc: datetime) -> Answer:
    """Whether a telephone may give the operator's PIN once more: tries are counted, right ones too, by it and its trunk."""
    counted = [Quota(Deed.PIN, Scope.SOURCE, exact(source), settings.per_source)]
    if not source.is_own:
        counted.append(_by_trunk(Deed.PIN, settings, source))
    return _counted(session, Deed.PIN, counted, source, now_utc) or Granted()


def may_be_second(
    session: Session, settings: TrustSettings, source: Target, target: Target, now_utc: datetime
) -> Answer:
    """Whether a telephone may name another one, to be rung when nobody wakes.

    A telephone of the exchange itself needs neither a proof nor consent, so only its neighbours there may name it: by a
    trunk anybody could have it rung at night. All others must be proved, and so must be who names them: else whoever forges
    numbers could have each of them asked for its consent.
    """
    if refused := _never(session, settings, target):
        return refused
    if target.is_own:
        return Granted() if source.is_own else Refused(Reason.NOT_ALLOWED, exchange=target.exchange)
    if any(needs_proof(session, settings, each, now_utc) for each in (source, target)):
        return Refused(Reason.UNPROVED)
    return Granted()


def may_ring(
    session: Session,
    settings: TrustSettings,
    target: Target,
    purpose: Purpose,
    now_utc: datetime,
    *,
    asker: str = "",
) -> Answer:
    """Whether a telephone may be rung now; asked in the transaction that writes the attempt.

    An unproved number may be rung for a proof only, by day, and once in 24 hours, by whatever way and whoever asked.

    Args:
        session: of that transaction.
        settings: the operator's.
        target: the telephone to ring.
        purpose: what for.
        now_utc: the time.
        asker: the number that wants this one rung, for its own alarm; "" for the telephone itself, or the operator.
    """
    deed = Deed.RINGING if purpose is Purpose.WANTED else Deed.PROVING
    counts = quotas.lock(session, _of_ringing(deed, settings, target), now_utc)
    if refused := _never(session, settings, target):
        return refused
    if reason := _unwanted(session, settings, target, purpose, asker, now_utc):
        return Refused(reason)
    if counts.full:
        return _used_up(session, deed, counts.full, target, now_utc)
    if deed is Deed.PROVING and (retry_after_utc := take(session, settings, target, now_utc)):
        return Refused(Reason.PROVING_LATELY, retry_after_utc)
    if purpose is Purpose.CONSENT:
        note_question(session, target, asker, now_utc)
    _count(session, counts, now_utc)
    return Granted()


def _unwanted(
    session: Session,
    settings: TrustSettings,
    target: Target,
    purpose: Purpose,
    asker: str,
    now_utc: datetime,
) -> Reason | None:
    """Why a telephone that may be rung does not want this call, or needs it not."""
    if purpose is Purpose.PROVING:
        wanted = _is_to_be_proved(session, settings, target, now_utc)
        return None if wanted else Reason.PROVED_ALREADY
    asks = target.other(asker, settings.exchanges[target.exchange]) if asker else target
    if any(needs_proof(session, settings, each, now_utc) for each in (target, asks)):
        return Reason.UNPROVED
    if purpose is Purpose.CONSENT:
        # while its proof ends soon, the day's call is for that
        has_other_use = is_to_be_renewed(session, settings, target, now_utc)
        asked = has_other_use or was_asked_lately(session, target, now_utc)
        return Reason.PROVING_LATELY if asked else None
    if asker and not target.is_own and not has_consented(session, settings, target, asker, now_utc):
        return Reason.NO_CONSENT
    return None


def _never(session: Session, settings: TrustSettings, target: Target) -> Refused | None:
    """Why a telephone is not to be rung at all."""
    rules = settings.exchanges.get(target.exchange)
    reason = rules.barred(target.number, target.trunk) if rules else Reason.NO_EXCHANGE
    if reason is None and is_opted_out(session, settings, target):
        reason = Reason.OPTED_OUT
    return Refused(reason, exchange=target.exchange, trunk=target.trunk) if reason else None


def _is_to_be_proved(session: Session, settings: TrustSettings, target: Target, now_utc: datetime) -> bool:
    return needs_proof(session, settings, target, now_utc) or is_to_be_renewed(
        session, settings, target, now_utc
    )


def _of_ringing(deed: Deed, settings: TrustSettings, target: Target) -> list[Quota]:
    counted = [Quota(deed, Scope.ALL, "", settings.in_all)]
    if not target.is_own:
        counted.append(_by_trunk(deed, settings, target))
    if deed is Deed.RINGING:
        counted.append(Quota(deed, Scope.TARGET, exact(target), settings.per_target))
    return counted


def _by_trunk(deed: Deed, settings: TrustSettings, target: Target) -> Quota:
    return Quota(deed, Scope.TRUNK, f"{target.exchange} {target.trunk}", settings.per_trunk)


def _counted(
    session: Session, deed: Deed, counted: list[Quota], target: Target, now_utc: datetime
) -> Refused | None:
    """Count a deed against its quotas; why not, if one of them is used up."""
    counts = quotas.lock(session, counted, now_utc)
    if counts.full:
        return _used_up(session, deed, counts.full, target, now_utc)
    _count(session, counts, now_utc)
    return None


def _count(session: Session, counts: Counts, now_utc: datetime) -> None:
    counts.add()
    if counts.is_new_hour:
        forget(session, now_utc)


def _used_up(session: Session, deed: Deed, full: Full, target: Target, now_utc: datetime) -> Refused:
    """Refuse, and tell of it once an hour for each deed and scope."""
    telling = Quota(Deed.TELLING, full.scope, deed.value, _ONCE_AN_HOUR)
    told = quotas.lock(session, [telling], now_utc)
    if not told.full:
        told.add()
        facts = {
            "quota": full.scope.value,
            "of": deed.value,
            "exchange": target.exchange,
            "trunk": target.trunk,
        }
        tell_of(session, "trust.quota_refused", now_utc, facts)
    return Refused(_REASONS[full.scope], full.until_utc, target.exchange, target.trunk)
