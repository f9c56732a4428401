"""Servers on the packet line for the tests of this room."""

from collections.abc import Iterator

import pytest
from support.line_process import LineProcess
from support.scripted_caller import ScriptedCaller


@pytest.fixture(scope="module")
def server() -> Iterator[LineProcess]:
    """A server of the module's own; it must end by itself, with no call and no line left."""
    with LineProcess() as process:
        yield process
        if process.is_alive:
            process.await_report(lambda report: report["calls"] == report["live"] == 0)


class Dial:
    """Calls the server and hangs up at the end of the test."""

    def __init__(self, server: LineProcess) -> None:
        self._server = server
        self.callers: list[ScriptedCaller] = []

    def caller(self, user: str, address: str = "127.0.0.1") -> ScriptedCaller:
        """A telephone that has not dialled yet."""
        caller = ScriptedCaller(self._server.address, user, address)
        self.callers.append(caller)
        return caller

    def __call__(self, user: str, formats: str = "0 101", **audio: int) -> ScriptedCaller:
        """A telephone whose call is up."""
        caller = self.caller(user)
        answer = caller.invite(caller.sdp(caller.audio(formats, **audio)))
        assert answer.status == 200, answer.start_line
        return caller


@pytest.fixture
def dial(server: LineProcess) -> Iterator[Dial]:
    """Calls that end with the test, whatever it did."""
    dialling = Dial(server)
    yield dialling
    for caller in dialling.callers:
        if server.is_alive:
            caller.request("BYE")
        caller.__exit__()
