"""The loudspeaker of `denwa call`: a player of the machine, which never holds up the call."""

import stat
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from denwa.call.speaker import Speaker

pytestmark = pytest.mark.unit

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Give the machine one player only: a shell script."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def install_it(name: str, script: str) -> None:
        player = folder / name
        player.write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\ncd {tmp_path}\n{script}\n")
        player.chmod(player.stat().st_mode | stat.S_IXUSR)

    return install_it


def test_samples_reach_the_player_as_little_endian_16_bit(install: Install, tmp_path: Path):
    install("aplay", "exec cat > played")
    speaker = Speaker()
    assert speaker.player == "aplay"
    speaker.play(np.array([1, -2, 300], np.int16))
    until_monotonic_s = time.monotonic() + 10
    played = tmp_path / "played"
    while not (played.exists() and played.stat().st_size == 6) and time.monotonic() < until_monotonic_s:
        time.sleep(0.01)
    speaker.close()
    assert played.read_bytes() == b"\x01\x00\xfe\xff\x2c\x01"


def test_a_player_that_takes_nothing_holds_nothing_up(install: Install):
    install("paplay", "exec sleep 60")
    speaker = Speaker()
    start_monotonic_s = time.monotonic()
    for _ in range(100):
        speaker.play(np.zeros(8000, np.int16))
    assert time.monotonic() - start_monotonic_s < 5
    speaker.close()
    speaker.close()


def test_a_player_that_fails_leaves_the_call_silent(install: Install):
    install("pw-play", "exit 1")
    speaker = Speaker()
    until_monotonic_s = time.monotonic() + 10
    while speaker.player and time.monotonic() < until_monotonic_s:
        speaker.play(np.zeros(160, np.int16))
        time.sleep(0.01)
    assert speaker.player == ""
    speaker.play(np.zeros(160, np.int16))


@pytest.mark.usefixtures("install")
def test_without_a_player_it_is_silent():
    speaker = Speaker()
    assert speaker.player == ""
    speaker.play(np.zeros(160, np.int16))
    speaker.close()
