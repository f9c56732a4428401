"""A log line is one line, carries its call, and hides who called."""

import asyncio
import io
import json
import logging
import warnings
from collections.abc import Callable

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import bound_contextvars

from denwa.config.models import Log
from denwa.logs import set_up

pytestmark = pytest.mark.unit
ANY_TEXT = st.text(st.characters(), max_size=300)


def logged(work: Callable[[], object], **log: str) -> str:
    """What is written while `work` runs."""
    stream = io.StringIO()
    set_up(Log.model_validate(log), stream)
    work()
    return stream.getvalue()


def one_json(work: Callable[[], object], **log: str) -> dict[str, object]:
    (line,) = logged(work, format="json", **log).splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_a_text_line_has_time_level_event_and_fields():
    line = logged(
        lambda: structlog.get_logger().info("call answered", dialled="117", after_ms=12, by="the clock")
    )
    time, level, rest = line.split(" ", 2)
    assert time.endswith("Z")
    assert level == "info"
    assert rest == 'call answered dialled=117 after_ms=12 by="the clock"\n'


def test_a_json_line_has_them_too():
    found = one_json(lambda: structlog.get_logger().warning("線が切れた", dialled="117", lost=3))
    assert list(found)[:3] == ["timestamp", "level", "event"]
    assert found["level"] == "warning"
    assert found["event"] == "線が切れた"
    assert (found["dialled"], found["lost"]) == ("117", 3)


@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_what_is_below_the_level_is_not_written(level: str):
    assert logged(lambda: structlog.get_logger().debug("x"), level=level) == ""
    assert logged(lambda: logging.getLogger("asyncio").debug("x"), level=level) == ""


def test_each_line_of_a_call_carries_its_identity_also_from_tasks_it_began():
    async def speak(name: str) -> None:
        with bound_contextvars(call_id=name):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(nested())
            structlog.get_logger().info("above", name=name)

    async def nested() -> None:
        await asyncio.sleep(0)
        structlog.get_logger().info("below")

    async def both() -> None:
        await asyncio.gather(speak("one"), speak("two"))
        structlog.get_logger().info("outside")

    lines = [json.loads(line) for line in logged(lambda: asyncio.run(both()), format="json").splitlines()]
    assert sorted(line["call_id"] for line in lines if line["event"] == "below") == ["one", "two"]
    assert all(line["call_id"] == line["name"] for line in lines if line["event"] == "above")
    assert "call_id" not in lines[-1]


def test_the_callers_number_is_masked_but_for_debugging():
    def work() -> None:
        structlog.get_logger().info("INVITE from sip:1001@pbx", caller="1001", dialled="117")

    at_info = one_json(work)
    assert (at_info["caller"], at_info["dialled"]) == ("10**", "117")
    said = {key: value for key, value in at_info.items() if key != "timestamp"}  # any digits may be in that
    assert "1001" not in str(said)
    at_debug = one_json(work, level="debug")
    assert (at_debug["caller"], at_debug["event"]) == ("1001", "INVITE from sip:1001@pbx")


@pytest.mark.parametrize("form", ["text", "json"])
@given(event=ANY_TEXT, key=ANY_TEXT, value=ANY_TEXT)
def test_hostile_text_stays_on_its_line_and_is_printable(form: str, event: str, key: str, value: str):
    # what structlog has itself, and what is given beside it here: hypothesis draws words of our own sources, too
    reserved = {"event", "level", "timestamp", "exc_info", "self", "caller"}
    fields = {key: value} if key not in reserved else {}
    written = logged(lambda: structlog.get_logger().info(event, **fields, caller=value), format=form)
    assert written.count("\n") == 1
    assert written.endswith("\n")
    assert all(char.isprintable() or char == "\u3000" for char in written[:-1])
    written.encode("utf-8")
    if form == "json":
        json.loads(written)


def test_a_huge_text_becomes_a_short_line():
    assert len(logged(lambda: structlog.get_logger().info("x" * 10_000_000, name="y" * 10_000_000))) < 1000


def test_no_line_of_a_traceback_passes_for_a_line_of_the_log():
    def work() -> None:
        try:
            msg = "\x1b[2J\n2026-01-01T00:00:00Z info all is well"
            raise ValueError(msg)  # noqa: TRY301
        except ValueError:
            structlog.get_logger().exception("service failed")

    first, *rest = logged(work).splitlines()
    assert first.endswith("error service failed")
    assert rest
    assert all(line.startswith("    | ") for line in rest)
    assert "\x1b" not in "".join(rest)
    found = one_json(work)
    assert "info all is well" in str(found["traceback"])


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_field_that_is_called_traceback_is_none(form: str):
    written = logged(lambda: structlog.get_logger().info("x", traceback="a\nb"), format=form)
    assert written.count("\n") == 1
    assert "a\\x0ab" in written.replace("\\\\", "\\")


def test_a_deep_recursion_is_cut():
    def dig() -> None:
        dig()

    def work() -> None:
        try:
            dig()
        except RecursionError as error:
            structlog.get_logger().error("too deep", exc_info=error)

    assert len(logged(work).splitlines()) <= 61


def test_the_standard_librarys_records_come_too():
    def work() -> None:
        logging.getLogger("asyncio").error("Task %s\nfailed", "x", exc_info=ValueError("y"))

    found = one_json(work)
    assert (found["event"], found["logger"]) == ("Task x\\x0afailed", "asyncio")
    assert "ValueError: y" in str(found["traceback"])


def test_a_record_with_a_wrong_format_is_not_lost():
    assert "%d wrong ('x',)" in logged(lambda: logging.getLogger("a").warning("%d wrong", "x"))


def test_warnings_are_logged():
    def work() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=True)
            warnings.warn("mind the gap", UserWarning, stacklevel=1)
            logging.captureWarnings(capture=False)

    assert "mind the gap" in logged(work)
