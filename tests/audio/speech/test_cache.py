"""Speech is kept by what made it, and the next engine speaks where one cannot."""

import threading
import unicodedata
from dataclasses import fields, replace

import pytest
from support.simulated_engines import IDENTITY, SimulatedEngine, SimulatedFailure

from audio.speech import cache
from audio.speech.cache import Speaker, key
from audio.speech.engine import EngineError

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module", autouse=True)
def _resampler():
    pytest.importorskip("soxr", reason="soxr belongs to the dependency group `prompts`")


def test_the_second_time_nobody_speaks(tmp_path):
    engine = SimulatedEngine()
    first = Speaker([engine], tmp_path).say("hello")
    assert Speaker([engine], tmp_path).say("hello") == first
    assert engine.spoken == ["hello"]


def test_another_text_is_spoken(tmp_path):
    engine = SimulatedEngine()
    speaker = Speaker([engine], tmp_path)
    assert speaker.say("hello") != speaker.say("goodbye")
    assert engine.spoken == ["hello", "goodbye"]


@pytest.mark.parametrize("field", [field.name for field in fields(IDENTITY)])
def test_every_part_of_an_identity_is_in_the_key(field):
    changed = not IDENTITY.shareable if field == "shareable" else "another"
    assert key(replace(IDENTITY, **{field: changed}), "hello") != key(IDENTITY, "hello")


def test_the_chain_is_in_the_key(monkeypatch):
    before = key(IDENTITY, "hello")
    monkeypatch.setattr(cache, "CHAIN", "another chain")
    assert key(IDENTITY, "hello") != before


def test_texts_are_compared_in_their_composed_form():
    """が as one character or as か with a mark is the same text."""
    assert key(IDENTITY, unicodedata.normalize("NFD", "がぎぐ")) == key(IDENTITY, "がぎぐ")


def test_the_key_is_stable_over_releases():
    """A cache of years ago is still good: this sum may change with the chain alone."""
    assert len(key(IDENTITY, "hello")) == 64
    assert key(IDENTITY, "hello") == key(replace(IDENTITY), "hello")


@pytest.mark.parametrize("installed", [True, False])
def test_the_next_engine_speaks_where_one_cannot(tmp_path, installed):
    engine = SimulatedEngine()
    speaker = Speaker([SimulatedFailure(installed=installed), engine], tmp_path)
    assert speaker.say("hello") == Speaker([engine], tmp_path).say("hello")


def test_when_nobody_can_every_reason_is_given(tmp_path):
    speaker = Speaker(
        [SimulatedFailure("no Internet"), SimulatedFailure("no voice", installed=False)], tmp_path
    )
    with pytest.raises(EngineError, match="nobody could say 'hello': no Internet; no voice"):
        speaker.say("hello")
    assert list(tmp_path.rglob("*")) == []


def test_what_failed_once_is_tried_again(tmp_path):
    """A failure is not kept."""
    failing = SimulatedFailure()
    with pytest.raises(EngineError):
        Speaker([failing], tmp_path).say("hello")
    assert Speaker([failing, SimulatedEngine()], tmp_path).say("hello")


def test_many_at_once_leave_one_whole_file(tmp_path):
    """Two processes may render the same text: the file is always whole, and nothing unfinished stays."""
    expected = Speaker([SimulatedEngine()], tmp_path / "other").say("hello")
    results = []
    threads = [
        threading.Thread(
            target=lambda: results.append(Speaker([SimulatedEngine()], tmp_path / "one").say("hello"))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8
    assert [path.suffix for path in (tmp_path / "one").rglob("*") if path.is_file()] == [".ul"]
