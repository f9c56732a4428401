"""An alarm is booked only for a telephone that may be rung: `trust` is asked first, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from denwa.language import Language, Text
from exchange.network.dialplan import Language as Spoken
from schedules.booking import Telephone
from schedules.rows import BookedHow
from services.wakeup.proving import Booker, book_proof
from services.wakeup.telephones import target_of
from trust.answers import Refused
from trust.gate import may_book
from trust.settings import TrustSettings
from trust.words import said

PROVING = Text(
    "Not proved yet: {numbers}. Each is rung once, as soon as it may be (by day, once in 24 hours), and told a code; until "
    "that is dialled back, the alarm cannot ring it",
    "まだ確認されていない番号: {numbers}。一度だけ、できるだけ早く電話して (昼間に、24 時間に一度まで)、コードをお伝えします。"
    "そのコードがダイヤルされるまで、アラームはその番号を呼び出せません",
)


class NotPermitted(Exception):  # noqa: N818 - an answer
    """A telephone may not be rung."""

    def __init__(self, number: str, refused: Refused) -> None:
        super().__init__(number)
        self.number = number
        self.refused = refused

    def say(self, language: Language) -> str:
        """Why, and what to do, in one line or two."""
        return f"{self.number}: {said(self.refused, Spoken(language))}"


def permit(
    session: Session,
    trust: TrustSettings,
    telephones: Iterable[Telephone],
    now_utc: datetime,
    *,
    booked_by: str,
    language: str,
    zone: str,
) -> list[str]:
    """Ask for each telephone; the numbers that are rung once, to be told the code that proves them.

    Raises:
        NotPermitted: one may not be rung.
    """
    proving = []
    for telephone in telephones:
        answer = may_book(session, trust, None, target_of(telephone), now_utc)
        if isinstance(answer, Refused):
            raise NotPermitted(telephone.number, answer)
        if answer.needs_proof:
            proving.append(telephone.number)
            booker = Booker(booked_by, BookedHow.COMMAND, zone, language)
            book_proof(session, trust, telephone, booker, now_utc)
    return proving
