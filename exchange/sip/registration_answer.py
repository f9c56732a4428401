"""What the end of a REGISTER, as PJSIP tells it, means for the registration."""

from exchange.sip.account import RegistrationAnswer
from exchange.sip.message import SipMessage
from exchange.sip.registration_policy import NoAnswer, Outcome, Refused, Registered, TransportFailed


def outcome_of(answer: RegistrationAnswer) -> Outcome:
    """What a REGISTER's end means; PJSIP makes 408 and 503 itself where nothing answered or nothing was sent."""
    if answer.status == 200:
        return Registered(answer.expires_s)
    if not answer.text:
        return NoAnswer() if answer.status == 408 else TransportFailed(answer.reason)
    message = SipMessage.parse(answer.text)
    return Refused(
        answer.status,
        answer.reason,
        retry_after_s=_number(message.header("retry-after")),
        min_expires_s=_number(message.header("min-expires")),
    )


def _number(text: str) -> int | None:
    digits = text.strip().split(" ")[0].split("(")[0].split(";")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
