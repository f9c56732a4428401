"""The lab's telephones and exchanges themselves: transports, digits, codecs, a restart in mid-call."""

from pathlib import Path

import pytest
from lab.asterisk.exchange import Transport
from lab.baresip import CallFailedError
from lab.laboratory import Lab
from support.tones import best_share_at, write_tone

from audio.wav import read_wav

pytestmark = [pytest.mark.lab, pytest.mark.timeout(25, func_only=True)]


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
def test_an_extension_registers_by_its_transport_and_calls(lab: Lab, tmp_path: Path, transport: Transport):
    with lab.telephone(lab.a, tmp_path, transport=transport) as phone:
        (contact,) = lab.a.contacts(phone.account.number)
        assert ("transport=tcp" in contact.lower()) == (transport is Transport.TCP)
        phone.call("9196")
        phone.hang_up()
        phone.wait_ended()


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP, Transport.ANY])
def test_a_service_extension_is_reached_by_the_transport_it_registered_with(
    lab: Lab, tmp_path: Path, transport: Transport
):
    connection = lab.connect(lab.c, transport=transport)
    used = Transport.TCP if transport is not Transport.UDP else Transport.UDP
    with (
        lab.telephone(lab.c, tmp_path / "service", connection.extension, transport=used) as service,
        lab.telephone(lab.c, tmp_path / "caller") as caller,
    ):
        caller.call(connection.request.extension)
        service.wait_answered()
        caller.hang_up()
        service.wait_ended()


def test_digits_arrive_through_a_hop_as_key_presses(lab: Lab, tmp_path: Path):
    with (
        lab.telephone(lab.c, tmp_path / "callee") as callee,
        lab.telephone(lab.a, tmp_path / "caller") as caller,
    ):
        caller.call(f"3900242{callee.account.number}")
        callee.wait_answered()
        with lab.c.manager() as manager:
            caller.send_digits("1470")
            received = (
                manager.wait_for(lambda e: e["Event"] == "DTMFEnd" and e["Direction"] == "Received")
                for _ in "1470"
            )
            pressed = [event["Digit"] for event in received]
        assert "".join(pressed) == "1470"


def test_a_telephone_that_has_pcma_only_hears_the_echo(lab: Lab, tmp_path: Path):
    tone = write_tone(tmp_path / "tone.wav", 700, 10)
    with lab.telephone(lab.a, tmp_path / "phone", says=tone, codecs=("PCMA",)) as phone:
        phone.call("39002429196")
        assert "alaw" in lab.a.cli(f"core show channel {lab.a.channels()[0].split('!')[0]}")
        phone.listen(2)
        phone.hang_up()
        phone.wait_ended()
        heard, rate_hz = read_wav(phone.heard())
    assert best_share_at(heard, 700, rate_hz) > 0.95


def test_an_exchange_killed_in_mid_call_comes_back_and_knows_its_telephones(lab: Lab, tmp_path: Path):
    with (
        lab.telephone(lab.b, tmp_path / "callee") as callee,
        lab.telephone(lab.b, tmp_path / "caller") as caller,
    ):
        caller.call(callee.account.number)
        callee.wait_answered()
        lab.b.restart()
        assert lab.b.channels() == []
        assert lab.b.contacts(callee.account.number)
        caller.hang_up()
        caller.wait_ended()
        caller.call("9196")


def test_a_wrong_password_is_not_let_in(lab: Lab, tmp_path: Path):
    account = lab.fresh_extension(lab.a)
    with lab.agent(lab.a, account) as agent:
        assert lab.a.contacts(account.number)
        agent.password = account.number
        assert agent.register().status == 401


def test_a_number_that_nobody_has_is_refused(lab: Lab, tmp_path: Path):
    with lab.telephone(lab.a, tmp_path) as caller, pytest.raises(CallFailedError):
        caller.call("5559999", timeout_s=5)
