"""make bench-clock: what it wants of its rows, and one row really measured."""

import dataclasses
from pathlib import Path

import pytest
from lab.asterisk.install import install_asterisk
from lab.namespace import Namespace

from bench import clock, peers
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
        ([row(heard=heard(mark_errors_ms=()))], ["pips"]),
        ([row(heard=heard(lost=1))], ["packets never"]),
        ([row(heard=heard(late_ms=(5.1,)))], ["lateness"]),
        ([row(), row(realtime=False, heard=heard(late_ms=(50.0,)))], []),
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


def test_without_real_time_priority_the_wish_for_it_is_short_and_says_why():
    (short,) = [
        wish
        for wish in wishes([row(listeners=1, realtime=False), row(realtime=False), PEER_ONE, PEER])
        if not wish.met
    ]
    assert short.figure is None
    assert "docs/running.md" in short.line


def test_rows_without_any_pip_are_short():
    deaf = [
        dataclasses.replace(each, heard=(dataclasses.replace(GOOD, mark_errors_ms=()),))
        for each in (ONE, row())
    ]
    assert {wish.what[:5] for wish in wishes([*deaf, PEER_ONE, PEER]) if not wish.met} == {"error", "pips "}


@pytest.mark.parametrize("realtime", [True, False])
def test_a_few_listeners_of_the_real_denwa_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, realtime: bool
):
    """Four, of which three are sampled, idle and loaded: no packet lost, sound all the time."""
    monkeypatch.setattr(clock, "PROMPT_S", 0.0)
    bench = Bench(Size((4,), sampled=3, window_s=2.0, peer_window_s=1), tmp_path)
    with Namespace() as namespace:
        add_cards(namespace)
        with denwa(namespace, tmp_path / "denwa", realtime=realtime) as peer:
            bench.measure(namespace, peer, 2.0, keeps_time=True)
    assert [(row.listeners, row.loaded, len(row.heard)) for row in bench.rows] == [
        (4, False, 3),
        (4, True, 3),
    ]
    for measured in bench.rows:
        assert measured.lost == 0
        assert all(stream.share == pytest.approx(1, abs=0.05) for stream in measured.heard)
        assert 0 < measured.cpu < 2
        assert realtime or not measured.realtime


def test_asterisk_plays_the_clock_to_whoever_calls(tmp_path: Path):
    """G.711 from a file, a packet each 20 ms."""
    bench = Bench(Size((2,), sampled=2, window_s=1, peer_window_s=2.0), tmp_path)
    with Namespace() as namespace:
        add_cards(namespace)
        with peers.asterisk(namespace, tmp_path / "a", install_asterisk()) as peer:
            bench.measure(namespace, peer, 2.0, keeps_time=False)
    assert all(stream.share == pytest.approx(1, abs=0.05) for row in bench.rows for stream in row.heard)


def test_both_sizes_have_what_the_wishes_are_about():
    for size in (FULL, QUICK):
        assert size.listeners == (1, 100, 1000)
        assert size.window_s > 10, "a mark in every window"
