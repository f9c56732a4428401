"""The dialler on SIP: an INVITE from one of our extensions, through its exchange."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from exchange.network.numbers import normalise, require_digits
from exchange.sip.call import Call, CallEnded
from exchange.sip.caller import Caller, CallerTrust
from exchange.sip.dialler import NeverLeft, NotReached, hanging_up, no_answer
from exchange.sip.endpoint import SipEndpoint, SipRefused, TooLate
from exchange.sip.leg import End, EndedBy


class SipDialler:
    """Rings numbers; `targets` gives each extension's exchange as host:port, with ";transport=tcp" for TCP."""

    def __init__(self, endpoint: SipEndpoint, targets: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self._targets = targets

    @asynccontextmanager
    async def ring(
        self, number: str, *, extension: str, timeout_s: float, at_monotonic_s: float = 0.0
    ) -> AsyncIterator[Call]:
        """Ring until it is answered; see Dialler.

        Raises:
            NeverLeft: this program was stopped when its INVITE was to leave.
            NotReached: it was refused, or not answered in `timeout_s` seconds.
            NumberError: the number has characters that cannot be dialled.
        """
        uri = f"sip:{require_digits(normalise(number))}@{self._targets[extension]}"
        try:
            leg = await self._endpoint.dial(extension, uri, at_monotonic_s=at_monotonic_s)
        except TooLate as error:
            raise NeverLeft(number, End(EndedBy.US, reason=str(error))) from error
        except SipRefused as error:
            raise NotReached(number, End(EndedBy.NETWORK, 503, str(error))) from error
        call = Call(
            leg,
            call_id=uuid.uuid4().hex[:12],
            dialled=number,
            caller=Caller(extension, trust=CallerTrust.OWN_EXCHANGE),
            direction="out",
            extension=extension,
        )
        async with hanging_up(call):
            try:
                answered = await call.wait_answered(timeout_s)
            except CallEnded as ended:
                raise NotReached(number, ended.end) from None
            if not answered:
                raise NotReached(number, no_answer(timeout_s))
            yield call
