"""What is said of a call: sound, codecs, digits, busy gate, numbers."""

import dataclasses

import pytest
from support.doctor_samples import HEARD, NOTHING, SUBJECT, subject, texts

from denwa.doctor import busy_gate, codecs, digits, numbers, sound
from denwa.doctor.busy_gate import Gate
from denwa.doctor.finding import Finding, Level
from denwa.doctor.handpiece import Sound
from denwa.doctor.pair import Astray
from denwa.doctor.self_call import DIGIT, Talk
from exchange.network.dialplan import Place
from exchange.sip.dialler import NotReached
from exchange.sip.leg import DigitSource, End, EndedBy

pytestmark = pytest.mark.unit

BUSY = End(EndedBy.FAR_END, 486, "Busy Here")
NOT_FOUND = End(EndedBy.FAR_END, 404, "Not Found")


def other(**changes: object) -> Sound:
    return dataclasses.replace(HEARD, **changes)  # type: ignore[arg-type]


def test_sound_that_flows_both_ways_is_well():
    finding = sound.judge(SUBJECT, HEARD, HEARD)
    assert (finding.level, finding.subject) == (Level.OK, "services")
    assert "84 packets" in finding.what.en
    texts(finding)


@pytest.mark.parametrize(
    ("caller", "called", "words"),
    [
        (NOTHING, NOTHING, ("No sound comes: 200 packets were sent", "音が届きません")),
        (HEARD, NOTHING, ("one way only: one end of the call got 42 packets", "片方の音しか")),
        (NOTHING, HEARD, ("one way only: one end of the call got 42 packets", "片方の音しか")),
    ],
    ids=["neither", "the called end not", "the caller not"],
)
def test_sound_that_is_missing_names_address_ports_and_firewall(
    caller: Sound, called: Sound, words: tuple[str, str]
):
    finding = sound.judge(SUBJECT, caller, called)
    assert finding.level is Level.FAIL
    said = texts(finding)
    assert words[0] in said[0]
    assert words[1] in said[1]
    for remedy in said[2:]:
        for named in ("192.0.2.20", "exchanges.home.address", "10000-10200", "Tailscale"):
            assert named in remedy
    assert finding.paste == ("iptables -I INPUT -p udp -s 192.0.2.10 -j ACCEPT",)
    assert finding.fields == ("exchanges.home.address",)


def test_packets_with_another_sound_are_not_taken_for_sound():
    finding = sound.judge(SUBJECT, HEARD, other(heard=False, level_dbm0=-61.0))
    assert finding.level is Level.FAIL
    assert "-61 dBm0" in texts(finding)[0]


@pytest.mark.parametrize(("lost", "level"), [(0, Level.OK), (1, Level.WARN), (20, Level.WARN)])
def test_losses_are_warned_of(lost: int, level: Level):
    assert sound.judge(SUBJECT, HEARD, other(lost=lost)).level is level


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
def test_one_law_on_both_legs_is_well(law: str):
    finding = codecs.judge(SUBJECT, other(law=law), other(law=law))
    assert finding.level is Level.OK
    assert finding.what.en.startswith(f"{law}, 20 ms")


def test_transcoding_is_warned_of_with_the_lines():
    finding = codecs.judge(SUBJECT, other(law="PCMU"), HEARD)
    assert (finding.level, finding.paste) == (Level.WARN, codecs.ALLOW)
    said = texts(finding)
    assert "PCMU on the caller's leg, PCMA on the called one" in said[0]
    assert "7000" in said[2]


def test_packets_of_two_lengths_are_noted():
    finding = codecs.judge(SUBJECT, other(ptime_ms=30), HEARD)
    assert finding.level is Level.NOTE
    assert "30 ms" in texts(finding)[0]


def test_an_exchange_that_allows_neither_law_gets_the_lines():
    finding = codecs.refused(SUBJECT, 488, "Not Acceptable Here")
    assert (finding.level, finding.paste) == (Level.FAIL, codecs.ALLOW)
    assert "488 Not Acceptable Here" in texts(finding)[0]


@pytest.mark.parametrize(
    ("ways", "pressed", "level"),
    [
        ((DigitSource.EVENT,), DIGIT, Level.OK),
        ((DigitSource.EVENT, DigitSource.INBAND), DIGIT, Level.OK),
        ((DigitSource.INBAND,), DIGIT, Level.WARN),
        ((DigitSource.INFO,), DIGIT, Level.WARN),
        ((), "", Level.FAIL),
        ((DigitSource.EVENT,), DIGIT * 2, Level.FAIL),
        ((DigitSource.EVENT,), "6", Level.FAIL),
    ],
    ids=["event", "event and its tones", "tones", "INFO", "never", "twice", "another"],
)
def test_a_key_must_arrive_once(ways: tuple[DigitSource, ...], pressed: str, level: Level):
    finding = digits.judge(SUBJECT, Talk(HEARD, HEARD, ways, pressed))
    assert finding.level is level
    assert finding.paste == (() if level is Level.OK else digits.AUTO)
    texts(finding)


def test_each_way_of_a_key_has_a_name():
    for way in DigitSource:
        assert texts(digits.judge(SUBJECT, Talk(HEARD, HEARD, (way,), "55")))[0]


def test_an_open_gate_is_well():
    finding = busy_gate.judge(SUBJECT, Gate.OPEN, None)
    assert (finding.level, finding.paste) == (Level.OK, ())
    texts(finding)


@pytest.mark.parametrize("status", [486, 600])
def test_a_closed_gate_gets_the_very_lines_of_the_dialplan_text(status: int):
    gate, end = busy_gate.of_refusal(End(EndedBy.FAR_END, status, "Busy"))
    finding = busy_gate.judge(SUBJECT, gate, end)
    assert (finding.level, finding.paste) == (Level.FAIL, ("[endpoint]", "device_state_busy_at = 100"))
    said = texts(finding)
    assert f"busy ({status})" in said[0]
    assert "Additional parameters" in said[2]
    assert "追加パラメータ" in said[3]


@pytest.mark.parametrize("end", [NOT_FOUND, None, End(EndedBy.NETWORK, 503, "Unavailable")])
def test_a_gate_that_cannot_be_tried_is_tried_by_hand(end: End | None):
    finding = busy_gate.judge(SUBJECT, *busy_gate.of_refusal(end))
    assert finding.level is Level.NOTE
    said = texts(finding)
    assert "two telephones" in said[2]
    assert (str(end.status) in said[0]) if end else ("answers itself" in said[0])


def test_numbers_that_arrive_are_named():
    (finding,) = numbers.judge(SUBJECT, ["117", "186"], [], None)
    assert finding.level is Level.OK
    assert "117, 186" in texts(finding)[0]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Astray(NOT_FOUND), "404 Not Found"),
        (NotReached("186", BUSY), "486 Busy Here"),
        (Astray(None), "itself takes the call"),
    ],
)
def test_a_number_that_does_not_arrive_gets_its_lines(error: Exception, words: str):
    arrived, lost = numbers.judge(SUBJECT, ["117"], ["186"], error)
    assert (arrived.level, lost.level) == (Level.OK, Level.FAIL)
    assert words in texts(lost)[0]
    assert "exten => 186,1,Dial(PJSIP/${EXTEN}@7000,60,b(svc-hdr,s,1))" in lost.paste
    assert "[svc-hdr]" in lost.paste


def test_ranges_are_no_numbers_to_dial():
    assert SUBJECT.fixed_numbers == ["117", "186"]
    (note,) = numbers.of_ranges(SUBJECT)
    assert note.level is Level.NOTE
    assert "7xxxx" in texts(note)[0]
    assert numbers.of_ranges(subject(numbers={"117": "clock"})) == []


def test_the_lines_are_those_of_one_place():
    assert SUBJECT.to_paste(Place.EXTENSION) == ("[endpoint]", "device_state_busy_at = 100")
    assert SUBJECT.to_paste(Place.NUMBERS)[0] == "[applications]"


def test_an_extension_that_no_dialplan_can_name_has_no_lines():
    nameless = subject(request=None)
    finding: Finding = busy_gate.judge(nameless, Gate.CLOSED, BUSY)
    assert (finding.level, finding.paste) == (Level.FAIL, ())
