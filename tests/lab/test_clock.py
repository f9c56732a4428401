"""117 at a real exchange: heard next door and through both hops, on the true second, by twenty at once, after a restart."""

import itertools
import math
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lab.asterisk.files import RTP_PORTS
from lab.baresip import RTP_PORTS as TELEPHONES_RTP_PORTS
from lab.baresip import BaresipPhone
from lab.laboratory import Lab
from lab.serving import serving
from numpy.typing import NDArray
from support.pcap import Endpoint
from support.rtp import PCMA, PCMU, RtpPacket, rtp_streams
from support.rtp_sound import FULL_SCALE, sound_of

from audio.levels import RATE_HZ
from audio.pip_detector import find_onsets
from audio.prompts import load
from audio.wav import read_wav
from services.clock.composer import Composer
from services.clock.japanese import JAPANESE
from services.clock.scheme import TEN_SECONDS
from timekeeping.civil import zone_named

pytestmark = [pytest.mark.lab, pytest.mark.timeout(60, func_only=True)]

HOPS = {"passes on": "3900242117", "answers first": "6610242117"}
LAWS = ("PCMU", "PCMA")
TELEPHONES = range(*TELEPHONES_RTP_PORTS)
WITHIN_MS = 1.0
PROMPT_S = 5.0
"""Where the host's clock is not synchronised, a caller hears that first."""
WORDS_S = 8.8
"""So long before their mark the words begin, a tenth more."""
MARK_S = 1.3
"""A mark and what its finding takes."""
CAP = 20
SPOKEN = 60
"""Half a second with more different octets than this occurs once."""


@cache
def composer() -> Composer:
    clips = load("ja")
    return Composer(TEN_SECONDS, JAPANESE, zone_named("Asia/Tokyo"), lambda name: clips[name].pcm)


def announcement(mark_utc_s: int) -> tuple[NDArray[np.float64], int]:
    """The words that name a mark, and how many samples before it they begin."""
    cycle = composer().compose(mark_utc_s, 0, -(10**6))
    assert cycle is not None
    return cycle.parts[0].pcm / FULL_SCALE, -cycle.first_sample


def likeness(samples: NDArray[np.float64], wanted: NDArray[np.float64], first: int) -> float:
    """How much of what is heard there, or up to 2 ms beside, is the wanted sound: 1 is all."""
    found = []
    for at in range(first - 16, first + 17):
        heard = samples[at : at + len(wanted)]
        found.append(float(heard @ wanted / math.sqrt((heard @ heard) * (wanted @ wanted))))
    return max(found)


def until_a_whole_mark(since_utc_s: float) -> float:
    """How long from now until a mark is over whose words began after the prompt of a call answered at that time."""
    mark_utc_s = math.ceil((since_utc_s + PROMPT_S + WORDS_S) / 10) * 10
    return mark_utc_s + MARK_S - time.time()


def last_mark(packets: Sequence[RtpPacket]) -> tuple[int, float]:
    """The last complete mark of a stream: its second of UTC, and its error in ms, by the clock of the last ten seconds.

    A prompt before the broadcast has a clock of its own, as far ahead as its first packet left early.
    """
    from_utc_ns = packets[-1].utc_ns - 10 * 10**9
    marks = sound_of([packet for packet in packets if packet.utc_ns > from_utc_ns]).marks()
    assert marks, "no complete mark"
    return max(marks.items())


def assert_announced(samples: NDArray[np.float64], mark_utc_s: int, what: str) -> None:
    """The last complete mark of a recording is named by the words before it."""
    marks = [onset for onset in find_onsets(samples) if onset.complete and 0.0 in onset.pip.offsets_s]
    assert marks, f"{what}: no complete mark in the recording"
    words, before = announcement(mark_utc_s)
    like = likeness(samples, words, round(marks[-1].sample) - before)
    wrong, wrong_before = announcement(mark_utc_s + 10)
    unlike = likeness(samples, wrong, round(marks[-1].sample) - wrong_before)
    print(f"{what}: announcement {like:.3f}, the next one's {unlike:.3f}")
    assert like > 0.95
    assert unlike < 0.9


def at_telephones(streams: dict[tuple[Endpoint, Endpoint, int], list[RtpPacket]]) -> list[list[RtpPacket]]:
    """What each telephone got; an exchange that takes a leg out of a call's way goes on with another SSRC."""
    longest: dict[Endpoint, list[RtpPacket]] = {}
    for (_, telephone, _), packets in streams.items():
        if telephone[1] in TELEPHONES and len(packets) > len(longest.get(telephone, ())):
            longest[telephone] = packets
    return list(longest.values())


def test_through_both_hops_and_by_both_laws_the_mark_is_on_the_second(lab: Lab, tmp_path: Path):
    """Four telephones of A: the words that name the mark, its pips in baresip's recording, and their instant on the wire."""
    address = lab.fresh_address()
    with (
        serving(lab, lab.c, tmp_path, address=address),
        lab.capture(tmp_path / "calls.pcap", RTP_PORTS) as capture,
        ExitStack() as phones,
    ):
        calls: dict[tuple[str, str], BaresipPhone] = {}
        for hop in HOPS:
            for law in LAWS:
                folder = tmp_path / f"{hop}-{law}".replace(" ", "-")
                calls[hop, law] = phones.enter_context(lab.telephone(lab.a, folder, codecs=(law,)))
        for (hop, _), phone in calls.items():
            phone.call(HOPS[hop])
        time.sleep(until_a_whole_mark(time.time()))
        for phone in calls.values():
            phone.hang_up()
            phone.wait_ended()
        streams = rtp_streams(capture.datagrams())
        recordings = {call: read_wav(phone.heard())[0] / FULL_SCALE for call, phone in calls.items()}
    leaving = [packets for (source, _, _), packets in streams.items() if source[0] == address]
    arriving = at_telephones(streams)
    assert len(leaving) == len(arriving) == len(calls)
    assert Counter(packets[0].payload_type for packets in arriving) == {PCMU: 2, PCMA: 2}
    marks = {"leaving denwa": [last_mark(packets) for packets in leaving]}
    marks["at the telephones"] = [last_mark(packets) for packets in arriving]
    for where, found in marks.items():
        print(f"{where}: " + ", ".join(f"{error_ms:+.3f} ms" for _, error_ms in found))
        assert max(abs(error_ms) for _, error_ms in found) < WITHIN_MS
    (second,) = {second for found in marks.values() for second, _ in found}
    for (hop, law), samples in recordings.items():
        assert_announced(samples, second, f"{hop}, {law}")


def test_after_the_exchange_was_restarted_in_mid_call_the_next_call_is_right(lab: Lab, tmp_path: Path):
    """By TCP, whose bindings a restart forgets: the service registers again by itself."""
    address = lab.fresh_address()
    with (
        serving(lab, lab.c, tmp_path, address=address, transport="tcp") as environment,
        lab.telephone(lab.a, tmp_path / "phone") as phone,
    ):
        phone.call(HOPS["passes on"])
        phone.listen(1)
        lab.c.restart()
        booted_monotonic_s = time.monotonic()
        lab.c.wait_registered(environment["EXTENSION"], 30)
        print(f"registered again {time.monotonic() - booted_monotonic_s:.1f} s after the exchange had booted")
        phone.hang_up()
        phone.wait_ended()
        with lab.capture(tmp_path / "call.pcap", RTP_PORTS) as capture:
            phone.call(HOPS["passes on"])
            time.sleep(until_a_whole_mark(time.time()))
            phone.hang_up()
            phone.wait_ended()
            streams = rtp_streams(capture.datagrams())
        (packets,) = at_telephones(streams)
        second, error_ms = last_mark(packets)
        print(f"mark {second}, {error_ms:+.3f} ms at the telephone")
        assert abs(error_ms) < WITHIN_MS
        assert_announced(read_wav(phone.heard())[0] / FULL_SCALE, second, "after the restart")


def test_twenty_hear_the_same_mark_and_the_next_caller_is_busy(lab: Lab, tmp_path: Path):
    """One extension; the 21st hears 486 and no ringing, and the twenty hear nothing of it: the same octets, no gap."""
    address = lab.fresh_address()
    cap = f"\n[limits.services]\nclock = {CAP}\n"
    length_s = PROMPT_S + 10 + WORDS_S + 4
    with (
        serving(lab, lab.c, tmp_path, cap, address),
        lab.telephone(lab.c, tmp_path / "phone") as phone,
        lab.capture(tmp_path / "calls.pcap", RTP_PORTS) as capture,
        ThreadPoolExecutor(1) as crowd,
    ):
        twenty = crowd.submit(
            lab.call_many, lab.c, tmp_path / "callers", "117", calls=CAP, a_second=20, talk_s=length_s
        )
        await_calls(lab, CAP)
        joined_utc_s = time.time()
        time.sleep(PROMPT_S + 1)
        busy_utc_s = time.time()
        phone.dial("117")
        answer = phone.wait_for("CALL_RINGING", "CALL_PROGRESS", "CALL_ESTABLISHED", "CALL_CLOSED")
        time.sleep(max(0, until_a_whole_mark(joined_utc_s)))
        until_utc_s = time.time()
        result = twenty.result()
        streams = rtp_streams(capture.datagrams())
    assert (answer["type"], answer["param"][:3]) == ("CALL_CLOSED", "486")
    assert (result.successful, result.failed) == (CAP, 0)
    heard = []
    for (source, _, _), packets in streams.items():
        if source[0] == address:
            within = [p for p in packets if joined_utc_s + PROMPT_S < p.utc_ns / 1e9 < until_utc_s]
            assert_unbroken(within)
            heard.append(within)
    assert len(heard) == CAP
    marks = [last_mark(packets) for packets in heard]
    assert len({second for second, _ in marks}) == 1
    errors_ms = [error_ms for _, error_ms in marks]
    print(f"{CAP} callers: mark {marks[0][0]}, {min(errors_ms):+.3f} to {max(errors_ms):+.3f} ms")
    assert max(map(abs, errors_ms)) < WITHIN_MS
    for packets in heard[1:]:
        assert_same_sound(heard[0], packets, busy_utc_s)


def await_calls(lab: Lab, count: int) -> None:
    """Wait until so many calls to the service are up: each has two channels."""
    ends_monotonic_s = time.monotonic() + 10
    while sum("!Up!" in channel for channel in lab.c.channels()) < 2 * count:
        assert time.monotonic() < ends_monotonic_s, f"not {count} calls"
        time.sleep(0.02)


def assert_unbroken(packets: list[RtpPacket]) -> None:
    """Sequence numbers and timestamps go on without a gap, and so does the time: a packet each 20 ms."""
    for before, after in itertools.pairwise(packets):
        assert (after.sequence - before.sequence) % 2**16 == 1
        assert (after.timestamp_samples - before.timestamp_samples) % 2**32 == len(before.payload)
    length_s = (packets[-1].utc_ns - packets[0].utc_ns) / 1e9
    assert length_s == pytest.approx(0.02 * (len(packets) - 1), abs=0.25)


def assert_same_sound(one: list[RtpPacket], other: list[RtpPacket], at_utc_s: float) -> None:
    """The octets of two streams are the same from a second before an instant to their ends."""
    from_utc_ns = (at_utc_s - 1) * 1e9
    ours = b"".join(packet.payload for packet in one)
    theirs = b"".join(packet.payload for packet in other if packet.utc_ns > from_utc_ns)
    half_s = RATE_HZ // 2
    spoken = next(at for at in range(0, len(theirs), half_s) if len(set(theirs[at : at + half_s])) > SPOKEN)
    begins = ours.find(theirs[spoken : spoken + half_s]) - spoken
    assert begins >= 0
    common = min(len(ours) - begins, len(theirs))
    assert common > 10 * RATE_HZ
    assert ours[begins : begins + common] == theirs[:common]
