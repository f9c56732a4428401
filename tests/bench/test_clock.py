"""make bench-clock: what it wants of its rows, and one row really measured."""

import dataclasses
from pathlib import Path

import pytest
from lab.namespace import Namespace

from bench.clock import FULL, QUICK, Bench, Size, wishes
from bench.listeners import add_cards
from bench.peers import denwa
from bench.rows import Row, show
from bench.wire import Heard

pytestmark = pytest.mark.lab

GOOD = Heard((0.0, 0.1, 4.0), (0.1, -0.2), 0, 1.0, 2)


def row(**changes: object) -> Row:
    """A row of ours that is as wanted, but for these."""
    ours = Row("denwa", 100, False, True, 0.01, 0.0, (GOOD,), keeps_time=True)
    return dataclasses.replace(ours, **changes)  # type: ignore[arg-type]


def heard(**changes: object) -> tuple[Heard, ...]:
    """A good listener, and one that is like it but for these."""
    return (GOOD, dataclasses.replace(GOOD, **changes))  # type: ignore[arg-type]


ONE = row(listeners=1)
PEER = row(peer="Asterisk", realtime=False, cpu=0.1, keeps_time=False)
PEER_ONE = row(peer="Asterisk", listeners=1, realtime=False, keeps_time=False)


@pytest.mark.parametrize(
    ("rows", "short"),
    [
        ([row()], []),
        ([row(heard=heard(mark_errors_ms=(0.1, -0.31)))], ["error of the mark"]),
        (
            [row(), row(realtime=False, loaded=True, heard=heard(mark_errors_ms=(0.4,)))],
            ["error of the mark", "pips"],
        ),
        ([row(heard=heard(mark_errors_ms=()))], ["error of the mark", "pips"]),
        ([row(heard=heard(lost=1))], ["packets never"]),
        ([row(heard=heard(late_ms=(5.1,)))], ["lateness"]),
        ([row(), row(realtime=False, heard=heard(late_ms=(50.0,)))], []),
        ([row(realtime=False)], ["lateness"]),
        ([row(cpu=0.011)], ["Asterisk"]),
        ([row(heard=heard(share=0.5))], ["Asterisk"]),
    ],
)
def test_each_wish_is_short_by_what_concerns_it(rows: list[Row], short: list[str]):
    found = [wish for wish in wishes([ONE, *rows, PEER_ONE, PEER]) if not wish.met]
    assert len(found) == len(short)
    for wish, words in zip(found, short, strict=True):
        assert wish.what.startswith(words)


def test_the_table_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]):
    show([ONE, row(loaded=True), PEER], "a title")
    shown = capsys.readouterr().out
    assert "a title" in shown
    assert [line.split()[1:4] for line in shown.splitlines() if line.startswith("  denwa")] == [
        ["1", "idle", "real-time"],
        ["100", "loaded", "real-time"],
    ]
    assert "Asterisk" in shown


@pytest.mark.parametrize("realtime", [True, False])
def test_a_few_listeners_of_the_real_denwa_are_measured(tmp_path: Path, realtime: bool):
    """Two, then six, of which three are sampled: every pip heard, no packet lost, within a millisecond."""
    bench = Bench(Size((2, 6), sampled=3, window_s=4.0, peer_window_s=1), tmp_path)
    with Namespace() as namespace:
        add_cards(namespace)
        with denwa(namespace, tmp_path / "denwa", realtime=realtime) as peer:
            bench.measure(namespace, peer, 4.0, keeps_time=True)
    assert [(row.listeners, row.loaded, len(row.heard)) for row in bench.rows] == [
        (2, False, 2),
        (2, True, 2),
        (6, False, 3),
        (6, True, 3),
    ]
    for measured in bench.rows:
        assert measured.lost == measured.pips_missed == 0
        assert all(stream.share == pytest.approx(1, abs=0.02) for stream in measured.heard)
        assert all(error < 3 for error in measured.errors_ms)
        assert 0 < measured.cpu < 2
    assert not (realtime is False and bench.rows[0].realtime)


def test_both_sizes_have_what_the_wishes_are_about():
    for size in (FULL, QUICK):
        assert size.listeners == (1, 100, 1000)
        assert size.window_s > 10, "a mark in every window"
