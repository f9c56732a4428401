"""What is said of a call to the running service."""

import dataclasses

import pytest
from support.doctor_samples import HEARD, NOTHING, SUBJECT, subject, texts

from denwa.doctor.finding import Finding, Level
from denwa.doctor.handpiece import Sound
from denwa.doctor.live import LiveCall, judge, number_to_call

pytestmark = pytest.mark.unit


def found(number: str, heard: LiveCall) -> dict[str, Finding]:
    findings = judge(SUBJECT, number, heard)
    for finding in findings:
        texts(finding)
        assert finding.subject == "services"
    return {finding.check: finding for finding in findings}


def levels(number: str, heard: LiveCall) -> dict[str, Level]:
    return {check: finding.level for check, finding in found(number, heard).items()}


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ({"117": "clock", "186": "echo"}, "186"),
        ({"186": "clock", "117": "clock"}, "186"),
        ({"7xxxx": "echo", "117": "clock"}, "117"),
        ({"147": "fax"}, "147"),
        ({"7xxxx": "clock"}, None),
    ],
)
def test_the_echo_is_called_first_then_the_clock(numbers: dict[str, str], wanted: str | None):
    assert number_to_call(subject(numbers=numbers)) == wanted


def test_an_echo_that_gives_all_back_is_well():
    assert levels("186", LiveCall(HEARD, -16.0, True, 1)) == {
        "sound": Level.OK,
        "codecs": Level.OK,
        "digits": Level.OK,
    }


@pytest.mark.parametrize("named", [0, 2])
def test_a_key_that_is_not_named_once_is_to_be_mended(named: int):
    digits = found("186", LiveCall(HEARD, -16.0, True, named))["digits"]
    assert digits.level is Level.FAIL
    assert f"{named} times" in digits.what.en


def test_an_echo_that_speaks_and_gives_nothing_back_does_not_hear_us():
    deaf = LiveCall(dataclasses.replace(HEARD, heard=False), -16.0, False, None)
    sound = found("186", deaf)["sound"]
    assert sound.level is Level.FAIL
    assert "does not hear us" in sound.what.en
    assert "192.0.2.20" in sound.remedy.en
    assert sound.paste == ("iptables -I INPUT -p udp -s 192.0.2.10 -j ACCEPT",)
    assert "digits" not in found("186", deaf)


@pytest.mark.parametrize("echoed", [False, None])
def test_no_packets_are_no_sound_whatever_was_called(echoed: bool | None):
    sound = found("117", LiveCall(NOTHING, float("-inf"), echoed, None))["sound"]
    assert (sound.level, sound.fields) == (Level.FAIL, ("exchanges.home.address",))


def test_a_clock_that_is_heard_leaves_the_other_direction_open():
    sound = found("117", LiveCall(HEARD, -16.0, None, None))["sound"]
    assert sound.level is Level.NOTE
    assert "echo" in sound.what.en


def test_packets_of_silence_are_to_be_mended():
    assert levels("117", LiveCall(HEARD, -70.0, None, None))["sound"] is Level.FAIL


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
def test_one_leg_is_told(law: str):
    heard: Sound = dataclasses.replace(HEARD, law=law)
    codecs = found("117", LiveCall(heard, -16.0, None, None))["codecs"]
    assert codecs.what.en.startswith(f"{law}, 20 ms a packet, on the caller's leg")
