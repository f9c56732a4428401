"""The codes that proving calls speak, and their confirmation by dialling or by keys.

A code has eight digits of 1 to 7: eight seconds of a rotary dial at 10 pulses a second (0.4 s a digit, 0.6 s between two),
and one of 5.8 million. All that one trunk may try in a day at the usual quota (300 proving calls, five tries each) has one
chance in 3,800 to hit any of them, and five tries for one telephone one in a million.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.outbox import tell_of
from trust.answers import Answer, Granted, Reason, Refused
from trust.proofs import prove
from trust.rows import Code
from trust.target import Target

DIGITS = "1234567"
LENGTH = 8
LIFE = timedelta(hours=24)
MOST_WRONG_TRIES = 5
"""After so many, the code counts only when it is pressed in our own call."""


def issue(session: Session, target: Target, now_utc: datetime) -> str:
    """A new code for a proving call that was granted in this transaction; one that was spoken before ends."""
    code = "".join(secrets.choice(DIGITS) for _ in range(LENGTH))
    session.merge(
        Code(
            exchange=target.exchange,
            number=target.number,
            trunk=target.trunk,
            code=code,
            issued_utc=now_utc,
            wrong_tries=0,
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
    if row.wrong_tries >= MOST_WRONG_TRIES:
        return Refused(Reason.CODE_LOCKED, row.issued_utc + LIFE)
    if _is_right(row, code):
        return _confirmed(session, row, target, now_utc)
    row.wrong_tries += 1
    if row.wrong_tries < MOST_WRONG_TRIES:
        return Refused(Reason.WRONG_CODE)
    facts = {"exchange": target.exchange, "number": target.number, "trunk": target.trunk}
    tell_of(session, "trust.code_locked", now_utc, facts)
    return Refused(Reason.CODE_LOCKED, row.issued_utc + LIFE)


def confirm_by_keys(session: Session, target: Target, code: str, now_utc: datetime) -> Answer:
    """The code was pressed in our own proving call, where nobody but the one we rang can press anything."""
    row = _code_of(session, target, now_utc)
    if row is None:
        return Refused(Reason.NO_CODE)
    return _confirmed(session, row, target, now_utc) if _is_right(row, code) else Refused(Reason.WRONG_CODE)


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
    prove(session, target, now_utc)
    return Granted()
