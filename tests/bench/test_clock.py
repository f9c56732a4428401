"""make bench-clock: rows really measured, of denwa and of its peer, and what becomes of one that fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab.asterisk.install import Install, install_asterisk
from lab.namespace import Namespace

from bench import clock, peers
from bench.clock import FULL, QUICK, Bench, Size
from bench.listeners import Listeners, ListenersError, add_cards
from bench.peers import NUMBER, Peer, PeerError, denwa

pytestmark = pytest.mark.lab

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    with Namespace() as namespace:
        add_cards(namespace)
        yield namespace


def test_the_marks_of_the_real_denwa_are_measured(namespace: Namespace, tmp_path: Path):
    """Five listeners, three of them sampled: every pip heard, no packet lost; the bounds are a busy machine's."""
    bench = Bench(Size((5,), sampled=3, window_s=5.2, peer_window_s=0), tmp_path)
    with denwa(namespace, tmp_path / "denwa", realtime=True) as peer:
        bench.measure(namespace, peer, load=(False,))
    (row,) = bench.rows
    assert (row.wanted, row.listeners, row.loaded, len(row.heard)) == (5, 5, False, 3)
    assert row.lost == row.pips_missed == 0
    assert all(stream.pips_due == 4 for stream in row.heard)
    assert all(stream.share == pytest.approx(1, abs=0.05) for stream in row.heard)
    assert all(error_ms < 3 for error_ms in row.errors_ms)
    assert 0 < row.spent.cpu < 2


def test_without_the_right_to_it_denwa_has_no_real_time_priority(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clock, "PROMPT_S", 0.0)
    monkeypatch.setattr(clock, "PERIOD_S", 0.1)
    bench = Bench(Size((4,), sampled=2, window_s=1.5, peer_window_s=0), tmp_path)
    with denwa(namespace, tmp_path / "denwa", realtime=False) as peer:
        bench.measure(namespace, peer)
    assert [(row.listeners, row.loaded, row.realtime) for row in bench.rows] == [
        (4, False, False),
        (4, True, False),
    ]
    assert all(row.lost == 0 for row in bench.rows)


def test_asterisk_plays_the_clock_to_whoever_calls(namespace: Namespace, tmp_path: Path):
    """G.711 from a file, a packet each 20 ms."""
    bench = Bench(Size((2,), sampled=2, window_s=0, peer_window_s=2.0), tmp_path)
    with peers.asterisk(namespace, tmp_path / "a", install_asterisk()) as peer:
        bench.measure(namespace, peer, load=(False,))
    (row,) = bench.rows
    assert not row.keeps_time
    assert [stream.share for stream in row.heard] == [pytest.approx(1, abs=0.05)] * 2
    assert 0 < row.spent.cpu < 2


def test_listeners_that_nobody_answers_are_told_of(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bench.listeners.PATIENCE_S", 1.0)
    listeners = Listeners(namespace, tmp_path, "10.117.0.2", NUMBER, 1)
    try:
        listeners.grow(3)
        assert listeners.up() == 0
        with pytest.raises(ListenersError, match="0 of 3 listeners"):
            listeners.check(3)
    finally:
        listeners.close()


def test_a_peer_that_fails_leaves_the_others_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Its trouble is kept, and the number of rows is short."""

    @contextmanager
    def failing(*_: object, realtime: bool) -> Iterator[Peer]:
        raise PeerError(f"realtime {realtime}\nand its log")
        yield

    monkeypatch.setattr(clock, "denwa", failing)
    bench = Bench(Size((1,), sampled=1, window_s=1, peer_window_s=0.5), tmp_path)
    bench.run(install_asterisk())
    assert bench.troubles == ["realtime True\nand its log", "realtime False\nand its log"]
    assert [row.loaded for row in bench.rows] == [False, True]
    assert bench.size.rows == 6
    assert "not measured: realtime True" in capsys.readouterr().out


def test_the_status_is_1_when_rows_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def run(self: Bench, install: Install) -> None:
        self.troubles.append("denwa is not ready:\nits log")

    monkeypatch.setattr(Bench, "run", run)
    assert clock.main() == 1
    said = capsys.readouterr().out
    assert "short  rows measured: 0 rows, wanted at least 18 rows (denwa is not ready:)" in said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_bench_that_is_ended_leaves_nothing_behind(tmp_path: Path, how: signal.Signals):
    environment = os.environ | {"TMPDIR": str(tmp_path), "QUICK": "1"}
    command = [sys.executable, "-m", "bench.clock"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as bench:
        assert bench.stdout
        assert "1 listeners" in bench.stdout.readline()
        assert list(tmp_path.iterdir())
        bench.send_signal(how)
        assert bench.wait(10) != 0
    assert not list(tmp_path.iterdir())
    found = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
    assert not found.stdout


def test_both_sizes_have_what_the_wishes_are_about():
    for size in (FULL, QUICK):
        assert size.listeners == (1, 100, 1000)
        assert size.rows == 18
        assert clock.BEGINS_S + size.window_s > 11.4, "a mark in every window"
