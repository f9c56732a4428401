"""What tests of PJSIP in their own process share, and our endpoint in a process of its own."""

from collections.abc import Callable, Iterator

import pytest
from support.endpoint_process import MIRROR, EndpointProcess
from support.scripted_caller import ScriptedCaller


@pytest.fixture(scope="module")
def line_eventfd() -> None:
    """Open it before the first test counts descriptors: the line keeps it as long as the process lives."""
    from exchange.media.line import start_lines, stop_lines  # noqa: PLC0415 - native tests alone need it

    start_lines(0)
    stop_lines()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[EndpointProcess]:
    """An endpoint of the module's own; it must end by itself, with no call left and no fault logged."""
    with EndpointProcess(extension=True) as process:
        yield process
        if process.is_alive:
            process.await_free()


class Dial:
    """Telephones that call an endpoint, and hang up at the end of the test."""

    def __init__(self, server: EndpointProcess) -> None:
        self.server = server
        self.callers: list[ScriptedCaller] = []

    def caller(
        self,
        user: str = MIRROR,
        address: str = "127.0.0.1",
        kind: Callable[..., ScriptedCaller] = ScriptedCaller,
    ) -> ScriptedCaller:
        """A telephone that has not dialled yet."""
        caller = kind(self.server.address, user, address)
        self.callers.append(caller)
        return caller

    def __call__(self, user: str = MIRROR, formats: str = "0 101", **audio: int) -> ScriptedCaller:
        """A telephone whose call is up."""
        caller = self.caller(user)
        answer = caller.invite(caller.sdp(caller.audio(formats, **audio)))
        assert answer.status == 200, answer.start_line
        return caller

    def hang_up(self) -> None:
        """Leave every call, whatever its state."""
        for caller in self.callers:
            if self.server.is_alive:
                caller.leave()
            caller.__exit__()


@pytest.fixture
def dial(endpoint: EndpointProcess) -> Iterator[Dial]:
    """Calls that end with the test, whatever it did."""
    dialling = Dial(endpoint)
    yield dialling
    dialling.hang_up()
