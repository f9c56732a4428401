"""The morning call at real exchanges: booked by dialled digits, rung, acknowledged, and never by an answer alone."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from lab.asterisk.running import RunningExchange
from lab.baresip import BaresipPhone, CallFailedError
from lab.laboratory import Lab
from lab.serving import registered
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audio.levels import RATE_HZ
from audio.tones import silence
from audio.wav import write_wav
from schedules import booking
from schedules.booking import Telephone, Wish
from schedules.policy import Policy
from schedules.rows import Alarm, BookedHow, Occurrence
from services.wakeup import spec
from services.wakeup.phrases import JAPANESE, sounds
from services.wakeup.ring import BREATH_S
from store.database import Database
from store.news import announce
from trust import proofs
from trust.target import Target

pytestmark = [pytest.mark.lab, pytest.mark.timeout(120, func_only=True)]

NUMBERS = (*((number, "wakeup") for number in (spec.number, *spec.more_numbers)), ("186", "echo"))


@dataclass
class Service:
    """A running denwa with the morning call, and its database."""

    folder: Path

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """What the database says."""
        file = self.folder / "state" / "denwa" / "denwa.db"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def until(self, query: str, wanted: list[tuple[object, ...]], timeout_s: float = 30) -> None:
        """Wait until a query gives what is wanted."""
        ends_monotonic_s = time.monotonic() + timeout_s
        while (found := self.rows(query)) != wanted:
            assert time.monotonic() < ends_monotonic_s, f"{found} instead of {wanted}\n{self.log()}"
            time.sleep(0.1)

    def value(self, query: str) -> object:
        """The one value of a query, once there is one."""
        ends_monotonic_s = time.monotonic() + 10
        while not (found := self.rows(query)):
            assert time.monotonic() < ends_monotonic_s, f"nothing by {query}\n{self.log()}"
            time.sleep(0.1)
        return found[0][0]

    def books(self, *numbers: str) -> None:
        """An alarm for each, in a moment, with one attempt of ten seconds; those behind trunks are proved."""
        now_utc = datetime.now(UTC)
        database = Database.open(f"sqlite:///{self.folder}/state/denwa/denwa.db")
        for number in numbers:
            trunk = f"SIP-TRUNK-{'Q' if number.startswith('661') else 'B'}" if len(number) > 4 else ""
            wish = Wish(
                telephone=Telephone("home", "services", number, trunk),
                civil_time=now_utc.time(),
                booked_by="test",
                booked_how=BookedHow.COMMAND,
                policy=Policy(attempts=1, ring_s=10),
            )
            if trunk:
                database.write(proofs.prove, Target("home", "services", number, trunk), now_utc)
            database.write(booking.book_at, wish, now_utc + timedelta(seconds=1.5), now_utc)
        database.close()

    def log(self) -> str:
        """Its log's end."""
        return (self.folder / "log").read_text()[-6000:]


def hangs_up(phone: BaresipPhone) -> None:
    """End the call, whoever is first."""
    with contextlib.suppress(CallFailedError):
        phone.hang_up()
    phone.wait_ended()


@contextlib.contextmanager
def service(lab: Lab, at: RunningExchange, folder: Path, more: str = "") -> Iterator[Service]:
    """`denwa serve` with the morning call at an exchange."""
    connection = lab.connect(at, numbers=NUMBERS, max_calls=20)
    extension = connection.request.extension
    trunks = ", ".join(f'"{trunk.endpoint}" = "{trunk.prefix}"' for trunk in connection.request.trunks)
    numbers = "\n".join(f'"{number}" = "{name}"' for number, name in NUMBERS)
    (folder / "denwa.toml").write_text(f"""
[exchanges.home]
host = "{at.address}"
address = "{lab.fresh_address()}"
trunks = {{ {trunks} }}

[extensions.services]
exchange = "home"
user = "{extension}"
password_file = "denwa.password"

[extensions.services.numbers]
{numbers}

[trust]
proving_hours = [0, 24]
{more}
""")
    (folder / "denwa.password").write_text(connection.extension.password + "\n")
    (folder / "denwa.password").chmod(0o600)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "XDG_STATE_HOME": str(folder / "state"),
        "DENWA_LOG__LEVEL": "debug",
    }
    with registered(lab, at, extension, folder, environment):
        yield Service(folder)


@dataclass
class Sleeper:
    """Somebody with a telephone, and what the database says of his number."""

    denwa: Service
    phone: BaresipPhone

    @property
    def where(self) -> str:
        """His rows of a table that has a number; its beginning is the way back to him."""
        return f"number LIKE '%{self.phone.account.number}'"

    def dials(self, number: str, query: str, wanted: list[tuple[object, ...]]) -> None:
        """Dial, and hang up once the database says what is wanted."""
        self.phone.call(number)
        self.denwa.until(query, wanted)
        hangs_up(self.phone)

    def listens_to(self, number: str) -> None:
        """Dial, and listen until denwa hangs up."""
        self.phone.call(number)
        self.phone.wait_ended(40)

    def is_rung(self, kind: str) -> None:
        """Let what is booked of a kind come now, and wait until it is answered."""
        self.comes_now(kind)
        self.phone.wait_answered(25)

    def comes_now(self, kind: str) -> None:
        """Let what is booked of a kind come in a second, as if the night had passed."""
        due_utc = datetime.now(UTC) + timedelta(seconds=1.2)

        def work(session: Session) -> None:
            chosen = (
                select(Occurrence)
                .join(Occurrence.alarm)
                .where(Alarm.kind == kind, text(f"alarm.{self.where}"))
            )
            for occurrence in session.scalars(chosen.where(Occurrence.next_utc.is_not(None))):
                if occurrence.state == "booked":
                    occurrence.due_utc = due_utc
                occurrence.next_utc = due_utc
            announce(session)

        with contextlib.closing(
            Database.open(f"sqlite:///{self.denwa.folder}/state/denwa/denwa.db")
        ) as database:
            database.write(work)

    def becomes(self, state: str) -> None:
        """Wait until his first alarm's occurrence is in a state."""
        first = f"SELECT min(id) FROM alarm WHERE {self.where}"
        self.denwa.until(f"SELECT state FROM occurrence WHERE alarm_id = ({first})", [(state,)])


def a_night_without_keys(sleeper: Sleeper, hop: str) -> None:
    """Proved by a dialled code, booked, rung, snoozed by hanging up, acknowledged by dialling, heard and cancelled."""
    denwa, where = sleeper.denwa, sleeper.where
    active = (
        f"SELECT kind, count(*) FROM alarm WHERE state = 'active' AND {where} GROUP BY kind ORDER BY kind"
    )
    sleeper.dials(f"{hop}70630", active, [("proof", 1), ("wake", 1)])
    sleeper.is_rung("proof")
    code = denwa.value(f"SELECT code FROM trust_code WHERE {where}")
    hangs_up(sleeper.phone)
    sleeper.dials(f"{hop}7{code}", f"SELECT count(*) FROM trust_proof WHERE {where}", [(1,)])
    sleeper.is_rung("wake")
    sleeper.phone.listen(8)
    hangs_up(sleeper.phone)
    sleeper.becomes("snoozed")
    sleeper.is_rung("wake")
    hangs_up(sleeper.phone)
    code = denwa.value(f"SELECT code FROM attempt WHERE {where} ORDER BY id DESC LIMIT 1")
    # the proving call, to which nobody gave a sign while it lasted, is open for some minutes yet
    active = active.replace("WHERE", "WHERE kind = 'wake' AND")
    sleeper.dials(f"{hop}74{code}", active, [])
    sleeper.becomes("acknowledged")
    sleeper.dials(f"{hop}780715", active, [("wake", 1)])
    sleeper.listens_to(f"{hop}73311")
    sleeper.dials(f"{hop}73333", active, [])


def a_trial_by_keys(sleeper: Sleeper) -> None:
    """At once, from a telephone of the same exchange, and acknowledged by a key."""
    sleeper.listens_to("73344")
    sleeper.is_rung("trial")
    sleeper.phone.listen(18)  # until the question has begun: what is pressed before it answers nothing
    sleeper.phone.send_digits("1")
    sleeper.phone.wait_ended(20)
    sleeper.becomes("acknowledged")


def says_yes(path: Path) -> Path:
    """What a person says who answers a wake-up call without keys: もしもし, and はい after the question."""
    clips = sounds(JAPANESE)
    now = datetime.now(ZoneInfo("Asia/Tokyo")).time()
    greeting = ("good_morning", *JAPANESE.time_now(now), "wakeup_call")
    question = ("press_1", *JAPANESE.or_dial("7", "4123"), "say_yes")
    hello, yes = clips["time_end"].pcm, clips["tomorrow"].pcm
    words_s = sum(clips[name].seconds for name in (*greeting, *question)) + BREATH_S
    parts = [silence(1.2), hello, silence(0.8 + words_s + 2.5), yes, silence(60)]
    write_wav(path, np.concatenate([np.asarray(part, np.int16) for part in parts]), RATE_HZ)
    return path


def a_night_by_voice(sleeper: Sleeper) -> None:
    """Probably awake at first, and over with the check call; no key, no call back."""
    denwa, number = sleeper.denwa, f"3900510{sleeper.phone.account.number}"
    denwa.books(number)
    for state in ("checking", "acknowledged"):
        sleeper.phone.wait_answered(30)
        sleeper.phone.wait_ended(60)
        sleeper.becomes(state)
        if state == "checking":
            sleeper.comes_now("wake")
    outcomes = denwa.rows(f"SELECT purpose, outcome FROM attempt WHERE {sleeper.where} ORDER BY id")
    assert outcomes == [("wake", "probably awake"), ("check", "probably awake")]


def test_whoever_is_rung_and_shows_that_he_is_awake_is_left_alone(lab: Lab, tmp_path: Path):
    """Through both forms of hop without keys, by voice alone, and next door by a key."""
    with (
        service(lab, lab.c, tmp_path) as denwa,
        lab.telephone(lab.a, tmp_path / "behind-b") as behind_b,
        lab.telephone(lab.a, tmp_path / "behind-q") as behind_q,
        lab.telephone(lab.c, tmp_path / "next-door") as next_door,
        lab.telephone(lab.a, tmp_path / "voice", says=says_yes(tmp_path / "yes.wav")) as voice,
        ThreadPoolExecutor() as at_once,
    ):
        nights = [
            at_once.submit(a_night_without_keys, Sleeper(denwa, behind_b), "3900242"),
            at_once.submit(a_night_without_keys, Sleeper(denwa, behind_q), "6610242"),
            at_once.submit(a_trial_by_keys, Sleeper(denwa, next_door)),
            at_once.submit(a_night_by_voice, Sleeper(denwa, voice)),
        ]
        for night in nights:
            night.result()


def test_whoever_is_not_reached_is_never_taken_for_awake(lab: Lab, tmp_path: Path):
    """Busy, silent, absent, unknown, and behind a hop that answers and plays ring-back for as long as one listens."""
    busy, absent = lab.fresh_extension(lab.c), lab.fresh_extension(lab.c)
    with (
        service(lab, lab.c, tmp_path) as denwa,
        lab.telephone(lab.c, tmp_path / "silent", answers=False) as silent,
        lab.telephone(lab.a, tmp_path / "far", answers=False) as far,
        lab.agent(lab.c, busy) as agent,
    ):
        behind_hop = f"6610510{far.account.number}"
        denwa.books(silent.account.number, absent.number, "3999", behind_hop, busy.number)
        agent.respond(agent.expect("INVITE", 15), 486, "Busy Here")
        missed = "SELECT count(*) FROM occurrence WHERE state = 'missed'"
        denwa.until(missed, [(5,)], 60)
        outcomes = dict(denwa.rows("SELECT number, outcome FROM attempt"))
        events = denwa.rows("SELECT kind FROM event WHERE kind LIKE 'alarm.%'")
    assert outcomes == {
        busy.number: "busy",
        silent.account.number: "no answer",
        absent.number: outcomes[absent.number],
        "3999": outcomes["3999"],
        behind_hop: "no answer",
    }
    # which of these it is, is the exchange's word
    assert {outcomes[absent.number], outcomes["3999"]} <= {"unreachable", "refused", "no answer"}
    assert events == [("alarm.missed",)] * 5
