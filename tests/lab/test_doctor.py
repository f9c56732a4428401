"""`denwa doctor` at real exchanges: what is well is called well, and each trouble is found with what mends it."""

import contextlib
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lab.laboratory import Lab
from lab.patient import DENWA, Diagnosis, connect, examine, patient

pytestmark = [pytest.mark.lab, pytest.mark.timeout(40, func_only=True)]

WELL = ("configuration", "clock", "address", "registration", "sound", "codecs", "digits", "numbers")


NOWHERE = "127.99.0.1"
MISTAKES = {
    # what is wrong in the configuration, which check finds it, a key that it names, a line that it gives to paste
    "password": (
        {"password": "wrong"},
        "registration",
        "extensions.services.password_file",
        'user = "{own}"',
    ),
    "user": ({"user": "3699"}, "registration", "extensions.services.user", 'user = "3699"'),
    "port": ({"port": "5099"}, "registration", "exchanges.home.port", "port = 5060"),
    "TCP port": ({"port": "5099", "transport": "tcp"}, "registration", "exchanges.home.port", "port = 5060"),
    "name": ({"host": "nowhere.invalid"}, "registration", "exchanges.home.host", 'host = "nowhere.invalid"'),
    "away": ({"host": NOWHERE}, "registration", "exchanges.home.host", f'host = "{NOWHERE}"'),
    "address": ({"address": "192.0.2.77"}, "address", "exchanges.home.address", 'address = "127.0.0.1"'),
}


@contextlib.contextmanager
def firewall(lab: Lab, source: str, address: str) -> Iterator[None]:
    """Drop the RTP that an exchange sends to an address."""
    rules = f"""
table inet denwa_firewall {{
  chain arriving {{
    type filter hook input priority 0;
    ip saddr {source} ip daddr {address} udp sport 10000-10200 drop
  }}
}}
"""
    lab.run(["nft", "-f", "-"], input=rules, text=True)
    try:
        yield
    finally:
        lab.run(["nft", "delete", "table", "inet", "denwa_firewall"])


def open_ward(lab: Lab, folder: Path) -> dict[str, Diagnosis]:
    """Patients whom nothing else touches, examined several at once, each at an exchange of its own."""
    (folder / "first").mkdir()
    (folder / "second").mkdir()
    first = {
        "MikoPBX": patient(lab, lab.c, folder / "first" / "c"),
        "plain Asterisk": patient(lab, lab.q, folder / "first" / "q"),
        "TCP": patient(lab, lab.b, folder / "first" / "b"),
        "PCMA alone": patient(lab, lab.a, folder / "first" / "a"),
    }
    first["TCP"].write(transport="tcp")
    first["PCMA alone"].endpoint("disallow = all", "allow = alaw")
    found = dict(zip(first, examine(list(first.values())), strict=True))
    second = {
        "busy at two": patient(lab, lab.a, folder / "second" / "a", max_calls=2),
        "186 not pasted": patient(lab, lab.b, folder / "second" / "b", numbers=(("117", "clock"),)),
        "no events": patient(lab, lab.c, folder / "second" / "c"),
        "firewall": patient(lab, lab.q, folder / "second" / "q"),
    }
    second["no events"].endpoint("dtmf_mode = inband")
    with firewall(lab, lab.q.address, second["firewall"].address):
        found |= dict(zip(second, examine(list(second.values())), strict=True))
    one = connect(lab, lab.c)
    third = {name: patient(lab, lab.c, folder / name, connection=one) for name in MISTAKES}
    for name, (changes, _, _, _) in MISTAKES.items():
        third[name].write(**changes)
    return found | dict(zip(third, examine(list(third.values())), strict=True))


@pytest.fixture(scope="module")
def ward(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Diagnosis]:
    """What was found at each."""
    return open_ward(lab, tmp_path_factory.mktemp("ward"))


@pytest.mark.parametrize("kind", ["MikoPBX", "plain Asterisk", "TCP", "PCMA alone"])
def test_a_healthy_exchange_is_found_well(lab: Lab, ward: dict[str, Diagnosis], kind: str):
    diagnosis = ward[kind]
    assert (diagnosis.status, diagnosis.failed) == (0, [])
    assert [diagnosis.of(check)["level"] for check in WELL] == ["ok"] * len(WELL)
    assert diagnosis.of("busy gate")["level"] == ("note" if kind == "plain Asterisk" else "ok")
    assert diagnosis.of("codecs")["what"].startswith("PCMA" if kind == "PCMA alone" else "PCM")
    for exchange in lab.exchanges.values():
        assert not exchange.contacts(diagnosis.extension), "the doctor's binding was left behind"


def test_a_gate_that_closes_after_the_second_call_is_found(ward: dict[str, Diagnosis]):
    assert ward["busy at two"].failed == ["busy gate"]


def test_numbers_that_were_not_pasted_are_found_with_their_lines(ward: dict[str, Diagnosis]):
    diagnosis = ward["186 not pasted"]
    assert (diagnosis.status, diagnosis.failed) == (1, ["numbers"])
    (lost,) = [each for each in diagnosis.findings if each["level"] == "fail"]
    assert "186 " in lost["what"]
    line = f"exten => 186,1,Dial(PJSIP/${{EXTEN}}@{diagnosis.extension},60,b(svc-hdr,s,1))"
    assert line in lost["paste"]


def test_keys_that_do_not_come_as_events_are_found(ward: dict[str, Diagnosis]):
    digits = ward["no events"].of("digits")
    assert digits["level"] in {"warn", "fail"}
    assert digits["paste"] == ["[endpoint]", "dtmf_mode = auto"]


def test_a_closed_busy_gate_is_found_and_the_line_pasted_opens_it(lab: Lab, tmp_path: Path):
    ill = patient(lab, lab.c, tmp_path, busy_gate_open=False)
    diagnosis = ill.examine()
    assert (diagnosis.status, diagnosis.failed) == (1, ["busy gate"])
    gate = diagnosis.of("busy gate")
    assert gate["paste"] == ["[endpoint]", "device_state_busy_at = 20"]
    assert "486" in gate["what"]
    ill.endpoint(*gate["paste"])
    healed = ill.examine()
    assert (healed.status, healed.failed) == (0, [])
    assert healed.of("busy gate")["level"] == "ok"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_configuration_is_found_with_its_key_and_line(ward: dict[str, Diagnosis], name: str):
    _, check, key, line = MISTAKES[name]
    diagnosis = ward[name]
    assert (diagnosis.status, diagnosis.failed) == (1, [check])
    assert key in diagnosis.of(check)["fields"]
    assert line.format(own=diagnosis.extension) in diagnosis.of(check)["paste"]
    assert diagnosis.levels.get("sound", "note") == "note", "what could not be tried is not said to be well"


def test_an_extension_without_g711_is_found(lab: Lab, tmp_path: Path):
    ill = patient(lab, lab.c, tmp_path)
    ill.endpoint("disallow = all", "allow = g722")
    diagnosis = ill.examine()
    assert "codecs" in diagnosis.failed
    assert diagnosis.of("codecs")["paste"] == ["[endpoint]", "disallow = all", "allow = alaw,ulaw"]


def test_a_firewall_before_the_sound_is_found(lab: Lab, ward: dict[str, Diagnosis]):
    diagnosis = ward["firewall"]
    assert (diagnosis.status, diagnosis.failed) == (1, ["sound"])
    sound = diagnosis.of("sound")
    (told,) = [each for each in diagnosis.findings if each["check"] == "address"]
    for named in ("exchanges.home.address", "10000-10200", "(3) firewall"):
        assert named in sound["remedy"]
    assert re.search(r"none came back to (\S+)\.$", sound["what"])[1] in told["what"]
    assert sound["paste"] == [f"iptables -I INPUT -p udp -s {lab.q.address} -j ACCEPT"]


@dataclass(frozen=True)
class Beside:
    """What was found beside two running services, and their bindings."""

    well: Diagnosis
    ill: Diagnosis
    bound_before: list[str]
    bound_after: list[str]


@pytest.fixture(scope="module")
def beside(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Beside:
    """A service that is well, and one by TCP behind a closed busy gate and a firewall."""
    folder = tmp_path_factory.mktemp("beside")
    well = patient(lab, lab.c, folder / "well")
    ill = patient(lab, lab.b, folder / "ill", busy_gate_open=False)
    ill.write(numbers='"117" = "clock"', transport="tcp")
    with well.served(), ill.served(), lab.telephone(lab.c, folder / "phone") as phone:
        before = lab.c.contacts(well.extension) + lab.b.contacts(ill.extension)
        with firewall(lab, lab.b.address, ill.address):
            found = examine([well, ill])
        after = lab.c.contacts(well.extension) + lab.b.contacts(ill.extension)
        phone.call("186")
    return Beside(*found, before, after)


def test_a_running_service_is_left_its_binding_and_answers_afterwards(beside: Beside):
    assert len(beside.bound_before) == 2
    assert beside.bound_before == beside.bound_after
    assert (beside.well.status, beside.well.failed) == (0, [])
    assert beside.bound_before[0] in beside.well.of("registration")["what"]
    for check in ("sound", "codecs", "digits", "busy gate", "numbers"):
        assert beside.well.of(check)["level"] == "ok"


def test_beside_a_running_service_a_closed_gate_and_a_firewall_are_found(beside: Beside):
    assert sorted(beside.ill.failed) == ["busy gate", "sound"]
    assert beside.ill.of("busy gate")["paste"] == ["[endpoint]", "device_state_busy_at = 20"]


def test_a_killed_service_does_not_hinder_the_whole_test(lab: Lab, tmp_path: Path):
    well = patient(lab, lab.c, tmp_path)
    with lab.popen(
        [DENWA, "serve"], cwd=tmp_path, env=well.environment, stderr=subprocess.DEVNULL
    ) as process:
        lab.c.wait_registered(well.extension)
        process.kill()
    diagnosis = well.examine()
    assert diagnosis.failed == []
    assert diagnosis.of("codecs")["what"].endswith("on both legs.")


def test_ctrl_c_takes_the_registration_back(lab: Lab, tmp_path: Path):
    well = patient(lab, lab.c, tmp_path)
    with lab.popen(
        [DENWA, "doctor"], cwd=tmp_path, env=well.environment, stdout=subprocess.DEVNULL
    ) as process:
        while not lab.c.channels():
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) not in {0, None}
    assert not lab.c.contacts(well.extension)


def test_another_telephone_at_the_extension_is_found_and_not_rung(lab: Lab, tmp_path: Path):
    ill = patient(lab, lab.c, tmp_path)
    with lab.agent(lab.c, ill.connection.extension) as agent:
        diagnosis = ill.examine()
        with pytest.raises(TimeoutError):
            agent.expect("INVITE", timeout_s=0.1)
    assert diagnosis.failed == ["registration"]
    assert agent.contact in diagnosis.of("registration")["what"]


def test_it_is_said_in_japanese_to_whoever_reads_it(lab: Lab, tmp_path: Path):
    ill = patient(lab, lab.c, tmp_path)
    ill.write(user="3699")
    finished = ill.run(LC_ALL="ja_JP.UTF-8")
    assert finished.returncode == 1
    assert "要修理  登録 (services): " in finished.stdout
    assert '        [extensions.services]\n        user = "3699"\n' in finished.stdout
    assert finished.stdout.endswith("直すべきものが 1 件あります。\n")
