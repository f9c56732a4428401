"""The codes that proving calls speak, and their confirmation by dialling or by keys.

A call from a trunk with the telephone's number may be a forger's, who can dial as often as he likes. So wrong tries are
counted, and end the dialling of a code; and where that happened, the next code is so long that the tries it bears are more
than anybody can make between our call and the moment when the one we rang has dialled it. The arithmetic is in
docs/trust.md: one telephone's codes of a whole year are guessed with less than one chance in a million, whatever is tried.

The digits are those that are quick to pulse: twelve take 13 seconds of a rotary dial at 10 pulses a second (0.4 s a digit,
0.7 s to the next), sixteen 18.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.outbox import tell_of
from trust import consents
from trust.answers import Answer, Granted, Reason, Refused
from trust.opt_outs import end_claim
from trust.proofs import prove
from trust.proving_calls import REMEMBERED, is_contested
from trust.rows import Code
from trust.settings import TrustSettings
from trust.target import Target

DIGITS = "1234567"
LENGTH = 12
LONG = 16
"""The length of a code for a telephone that is under attack."""
LIFE = timedelta(hours=24)
MOST_WRONG_TRIES = {LENGTH: 5, LONG: 30_000}
"""After so many, by the code's length, it counts only when it is pressed in our own call."""


def issue(
    session: Session, settings: TrustSettings, target: Target, now_utc: datetime, *, asker: str = ""
) -> str:
    """A new code for a call that was granted in this transaction; one that was spoken before ends.

    It proves the number, or consents to be rung for the alarms of `asker`. It is a long one where the telephone is under attack: too many wrong ones were dialled, or another trunk claims it too,
    so that its next call may not come the day after.
    """
    before = session.get(Code, (target.exchange, target.number), with_for_update=True, populate_existing=True)
    is_attacked = before is not None and (
        before.wrong_tries >= MOST_WRONG_TRIES[LENGTH] and before.issued_utc > now_utc - REMEMBERED
    )
    is_attacked = is_attacked or is_contested(session, settings, target, now_utc)
    code = "".join(secrets.choice(DIGITS) for _ in range(LONG if is_attacked else LENGTH))
    session.merge(
        Code(
            exchange=target.exchange,
            number=target.number,
            trunk=target.trunk,
            code=code,
            issued_utc=now_utc,
            wrong_tries=0,
            asker=asker,
        )
    )
    return code


def confirm_by_dialling(session: Session, target: Target, code: str, now_utc: datetime) -> Answer:
    """A caller dialled a code; `target` is what `target_of` made of him. A wrong one is counted.

    A code counts only from the number and by the trunk that it was spoken for: from elsewhere it is not even compared.
    """
    row = _code_of(session, target, now_utc)
    if row is None:
        return Refused(Reason.NO_CODE)
    if is_locked(row):
        return Refused(Reason.CODE_LOCKED, row.issued_utc + LIFE)
    if _is_right(row, code):
        return _confirmed(session, row, target, now_utc)
    row.wrong_tries += 1
    if not is_locked(row):
        return Refused(Reason.WRONG_CODE)
    tell_of(session, "trust.code_locked", now_utc, target.facts)
    return Refused(Reason.CODE_LOCKED, row.issued_utc + LIFE)


def confirm_by_keys(session: Session, target: Target, code: str, now_utc: datetime) -> Answer:
    """The code was pressed in our own proving call, where nobody but the one we rang can press anything."""
    row = _code_of(session, target, now_utc)
    if row is None:
        return Refused(Reason.NO_CODE)
    return _confirmed(session, row, target, now_utc) if _is_right(row, code) else Refused(Reason.WRONG_CODE)


def is_locked(code: Code) -> bool:
    """Too many wrong ones were dialled."""
    return code.wrong_tries >= MOST_WRONG_TRIES[len(code.code)]


def waiting(session: Session, now_utc: datetime) -> Sequence[Code]:
    """The codes that may still be confirmed, by exchange and number."""
    alive = select(Code).where(Code.issued_utc > now_utc - LIFE)
    return session.scalars(alive.order_by(Code.exchange, Code.number)).all()


def _code_of(session: Session, target: Target, now_utc: datetime) -> Code | None:
    row = session.get(Code, (target.exchange, target.number), with_for_update=True, populate_existing=True)
    if row is None or row.trunk != target.trunk or now_utc >= row.issued_utc + LIFE:
        return None
    return row


def _is_right(row: Code, code: str) -> bool:
    return hmac.compare_digest(row.code.encode(), code.encode())


def _confirmed(session: Session, row: Code, target: Target, now_utc: datetime) -> Granted:
    session.delete(row)
    if row.asker:
        consents.give(session, target, row.asker, now_utc)
        return Granted(consents=True)
    prove(session, target, now_utc)
    end_claim(session, target, now_utc)
    return Granted()
