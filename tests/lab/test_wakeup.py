"""The morning call at real exchanges: booked by dialled digits, rung, acknowledged, and never by an answer alone."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from lab.baresip import BaresipPhone
from lab.laboratory import Lab
from lab.wakeup_service import Service, hangs_up, service
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audio.levels import RATE_HZ
from audio.tones import silence
from audio.wav import write_wav
from schedules.rows import Alarm, Occurrence
from services.wakeup.phrases import JAPANESE, sounds
from services.wakeup.ring import BREATH_S
from store.database import Database
from store.news import announce

pytestmark = [pytest.mark.lab, pytest.mark.timeout(120, func_only=True)]


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
    greeting = (*JAPANESE.hello(now), *JAPANESE.time_now(now), "wakeup_call")
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


def test_a_second_number_behind_a_hop_is_asked_first_and_then_looks_after_the_sleeper(
    lab: Lab, tmp_path: Path
):
    """Named by keys, asked, consented to from a telephone without keys; the sleeper does not answer, and it is rung."""
    once = "\n[wakeup]\nattempts = 1\nring_s = 5"
    with (
        service(lab, lab.c, tmp_path, once) as denwa,
        lab.telephone(lab.a, tmp_path / "sleeper", answers=False) as of_sleeper,
        lab.telephone(lab.a, tmp_path / "friend") as of_friend,
    ):
        sleeper, friend = Sleeper(denwa, of_sleeper), Sleeper(denwa, of_friend)
        numbers = [f"3900510{each.account.number}" for each in (of_sleeper, of_friend)]
        denwa.proves(*numbers)
        of_sleeper.call("390024273511")
        for keys in ("1", "0630", "1", "1", numbers[1]):
            of_sleeper.listen(1.5)
            of_sleeper.send_digits(keys)
        asked = "SELECT alarm.number, booked_by FROM alarm WHERE kind = 'consent'"
        denwa.until(asked, [(numbers[1], numbers[0])])
        hangs_up(of_sleeper)
        friend.is_rung("consent")
        hangs_up(of_friend)
        code = denwa.value("SELECT code FROM trust_code")
        friend.dials(f"39002427{code}", "SELECT given_utc IS NULL FROM trust_consent", [(0,)])
        sleeper.comes_now("wake")
        of_friend.wait_answered(30)
        hangs_up(of_friend)
        denwa.until(
            "SELECT number, purpose FROM attempt WHERE purpose = 'escalation'", [(numbers[1], "escalation")]
        )


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
