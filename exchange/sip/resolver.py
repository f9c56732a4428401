"""The exchange's name as IPv4 addresses, kept fresh, without ever holding up the event loop or another name.

getaddrinfo may hang for as long as it likes: each name has one daemon thread and one question at a time. A
hung question is waited for by nobody, not even at shutdown, and no second one is put beside it.
"""

import asyncio
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address

from exchange.sip.expiry import pause

REFRESH_S = 60.0
RETRY_S = 5.0
"""Until the next question after one that failed."""
TIMEOUT_S = 5.0

LookUp = Callable[[str], tuple[str, ...]]


class LookupFailed(Exception):  # noqa: N818 - a state of the network
    """A name has no IPv4 address now; the text says why."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a name: its last good addresses, and what is wrong now ("": nothing)."""

    addresses: tuple[str, ...] = ()
    problem: str = ""


def look_up(host: str) -> tuple[str, ...]:
    """All IPv4 addresses of a name by the system's resolver; may block for long. Raises LookupFailed."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
    except socket.gaierror as error:
        hint = " (only IPv6?)" if error.errno == socket.EAI_NODATA else ""
        raise LookupFailed(f"{error.strerror}{hint}") from error
    except UnicodeError as error:
        raise LookupFailed("this cannot be a host name") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class NameWatch:
    """One name (or address) of an exchange. All methods belong to one event loop.

    Args:
        host: a name, or an IPv4 address, which asks no resolver.
        changed: told each time the resolution is another one.
        look_up: asked in the name's own thread.
    """

    def __init__(
        self,
        host: str,
        changed: Callable[[Resolution], None],
        *,
        look_up: LookUp = look_up,
        refresh_s: float = REFRESH_S,
        retry_s: float = RETRY_S,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.host = host
        self.resolution = Resolution()
        self._changed = changed
        self._look_up = look_up
        self._refresh_s = refresh_s
        self._retry_s = retry_s
        self._timeout_s = timeout_s
        self._known = asyncio.Event()
        self._wanted = asyncio.Event()

    async def first(self) -> Resolution:
        """Wait until anything is known: addresses or a problem, within `timeout_s` of the start."""
        await self._known.wait()
        return self.resolution

    def refresh(self) -> None:
        """Ask again now (the registrar does not answer, the network changed)."""
        self._wanted.set()

    async def run(self) -> None:
        """Keep the resolution fresh until cancelled; an address needs no keeping, and returns at once."""
        literal = _literal(self.host)
        if literal is not None:
            self._set(literal)
            return
        asker = _Asker(self.host, self._look_up)
        try:
            while True:
                await self._answer_of(asker.ask())
                self._wanted.clear()
                await pause(self._wanted, self._retry_s if self.resolution.problem else self._refresh_s)
        finally:
            asker.close()

    async def _answer_of(self, question: "asyncio.Future[tuple[str, ...]]") -> None:
        while not (await asyncio.wait({question}, timeout=self._timeout_s))[0]:
            self._set(replace(self.resolution, problem="the name server does not answer"))
        try:
            self._set(Resolution(self._in_known_order(question.result())))
        except LookupFailed as error:
            self._set(replace(self.resolution, problem=str(error)))

    def _in_known_order(self, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """Those known before come first, so that a name server's rotation moves nobody to another exchange."""
        known = self.resolution.addresses
        return tuple(sorted(addresses, key=lambda at: known.index(at) if at in known else len(known)))

    def _set(self, resolution: Resolution) -> None:
        if resolution != self.resolution:
            self.resolution = resolution
            self._changed(resolution)
        self._known.set()


class _Asker:
    """A daemon thread that puts one question after the other to the resolver."""

    def __init__(self, host: str, look_up: LookUp) -> None:
        self._host = host
        self._look_up = look_up
        self._loop = asyncio.get_running_loop()
        self._questions: queue.SimpleQueue[asyncio.Future[tuple[str, ...]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=f"resolver-{host}", daemon=True).start()

    def ask(self) -> "asyncio.Future[tuple[str, ...]]":
        question: asyncio.Future[tuple[str, ...]] = self._loop.create_future()
        self._questions.put(question)
        return question

    def close(self) -> None:
        """Let the thread end once its question is answered, if ever."""
        self._questions.put(None)

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            try:
                answer = self._look_up(self._host)
            except Exception as error:  # noqa: BLE001 - belongs to who awaits the answer
                self._post(_fail, question, error)
            else:
                self._post(_succeed, question, answer)

    def _post(self, callback: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:  # the loop was closed while the question hung
            if not self._loop.is_closed():
                raise


def _succeed(question: "asyncio.Future[tuple[str, ...]]", answer: tuple[str, ...]) -> None:
    if not question.done():
        question.set_result(answer)


def _fail(question: "asyncio.Future[tuple[str, ...]]", error: Exception) -> None:
    if not question.done():
        question.set_exception(error)


def _literal(host: str) -> Resolution | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return Resolution(
            problem="an IPv6 address, which denwa does not speak: give an IPv4 address or a name"
        )
    return Resolution((str(address),))
