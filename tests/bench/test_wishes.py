"""What make bench-clock wants of its rows, and how it shows them."""

import dataclasses

import pytest

from bench.machine import Spent
from bench.rows import Row, show
from bench.wire import SILENT, Heard
from bench.wishes import wishes

pytestmark = pytest.mark.unit

GOOD = Heard((0.0, 0.1, 4.0), (0.1, -0.2), 0, 1.0, 2)


def row(cpu: float = 0.01, **changes: object) -> Row:
    """A row of ours that is as wanted, but for these."""
    ours = Row("denwa", 100, 100, False, True, Spent(cpu, 0.0), (GOOD,), keeps_time=True)
    return dataclasses.replace(ours, **changes)  # type: ignore[arg-type]


def heard(**changes: object) -> tuple[Heard, ...]:
    """A good listener, and one that is like it but for these."""
    return (GOOD, dataclasses.replace(GOOD, **changes))  # type: ignore[arg-type]


ONE = row(wanted=1, listeners=1)
PEER = row(peer="Asterisk", realtime=False, cpu=0.1, keeps_time=False)
PEER_ONE = row(peer="Asterisk", wanted=1, listeners=1, realtime=False, keeps_time=False)


@pytest.mark.parametrize(
    ("rows", "short"),
    [
        ([row()], []),
        ([row(heard=heard(mark_errors_ms=(0.1, -0.31)))], ["error of the mark"]),
        (
            [row(), row(realtime=False, loaded=True, heard=heard(mark_errors_ms=(0.4,)))],
            ["error of the mark", "pips"],
        ),
        ([row(heard=heard(mark_errors_ms=()))], ["pips"]),
        ([row(heard=heard(lost=1))], ["packets never"]),
        ([row(heard=heard(late_ms=(5.1,)))], ["lateness"]),
        ([row(), row(loaded=True, heard=heard(late_ms=(5.1,)))], ["lateness"]),
        ([row(), row(realtime=False, heard=heard(late_ms=(50.0,)))], []),
        ([row(cpu=0.011)], ["Asterisk"]),
        ([row(), row(realtime=False, cpu=0.011)], ["Asterisk"]),
        ([row(), row(loaded=True, cpu=0.02)], []),
        ([row(heard=heard(share=0.5))], ["Asterisk"]),
        ([row(loaded=True)], ["Asterisk"]),
    ],
)
def test_each_wish_is_short_by_what_concerns_it(rows: list[Row], short: list[str]):
    found = [wish for wish in wishes([ONE, *rows, PEER_ONE, PEER]) if not wish.met]
    assert len(found) == len(short)
    for wish, words in zip(found, short, strict=True):
        assert wish.what.startswith(words)


def test_of_nothing_measured_no_wish_is_met():
    assert not any(wish.met for wish in wishes([]))
    ours_missing = {wish.what[:5] for wish in wishes([PEER_ONE, PEER]) if not wish.met}
    assert ours_missing == {"error", "pips ", "packe", "laten", "Aster"}
    assert [wish.what[:5] for wish in wishes([ONE, row()]) if not wish.met] == ["Aster"]


def test_without_real_time_priority_the_wish_for_it_is_short_and_says_why():
    ordinary = [dataclasses.replace(each, realtime=False) for each in (ONE, row())]
    (short,) = [wish for wish in wishes([*ordinary, PEER_ONE, PEER]) if not wish.met]
    assert short.figure is None
    assert "docs/running.md" in short.line


def test_rows_without_any_pip_are_short():
    deaf = [
        dataclasses.replace(each, heard=(dataclasses.replace(GOOD, mark_errors_ms=()),))
        for each in (ONE, row())
    ]
    assert {wish.what[:5] for wish in wishes([*deaf, PEER_ONE, PEER]) if not wish.met} == {"error", "pips "}


def test_a_listener_s_cost_is_by_the_sound_that_came_to_those_who_were_answered():
    assert row(cpu=0.5).cpu_a_listener == pytest.approx(0.005)
    assert row(cpu=0.5, listeners=50).cpu_a_listener == pytest.approx(0.01)
    assert row(cpu=0.5, heard=(GOOD, SILENT)).cpu_a_listener == pytest.approx(0.01)


def test_the_dearest_of_ours_is_compared_with_the_peer_at_the_same_number_of_callers():
    peer = dataclasses.replace(PEER, listeners=80)
    (times,) = [wish.figure for wish in wishes([ONE, row(cpu=0.005), row(), PEER_ONE, peer])][-1:]
    assert times == pytest.approx(0.1 / 80 / (0.01 / 100))


def test_the_worst_listener_counts_and_not_the_crowd():
    crowd = (*[GOOD] * 1999, dataclasses.replace(GOOD, mark_errors_ms=(0.9,)))
    measured = row(heard=crowd)
    assert measured.worst_listener_ms == 0.9
    assert wishes([measured])[0].figure == 0.9


def test_the_table_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]):
    show([ONE, row(loaded=True), dataclasses.replace(PEER, listeners=80)], "a title")
    shown = capsys.readouterr().out
    assert "a title" in shown
    lines = shown.splitlines()
    assert [line.split()[1:4] for line in lines if line.startswith("  denwa")] == [
        ["1", "idle", "real-time"],
        ["100", "loaded", "real-time"],
    ]
    (peer,) = [line for line in lines if line.startswith("  Asterisk")]
    assert peer.split()[1:6] == ["80", "of", "100", "idle", "ordinary"]
    assert max(map(len, lines)) <= 160


def test_a_row_in_brief_says_the_mark_of_who_keeps_time():
    assert (
        row().brief == "idle: mark p99.9 0.200 ms, packets p99.9 4.00 ms late, 0.0100 % of a core a listener"
    )
    assert "mark" not in PEER.brief
