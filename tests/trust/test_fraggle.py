"""TC9's attack: an exchange forges callers' numbers by the thousand, so that we ring them; and nodes that race."""

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session
from support.trusted import FAR, NOON_UTC, OWN, RULES, SETTINGS, UNLIMITED, call_for_proof

from exchange.network.numbers import Hop, route_number
from exchange.sip.caller import Caller, CallerTrust
from store.database import Database
from trust import codes
from trust.answers import Answer, Granted, Purpose, Reason, Refused
from trust.gate import may_book, may_ring
from trust.settings import Rate, TrustSettings
from trust.target import Target, target_of

pytestmark = pytest.mark.unit

T = TypeVar("T")

NODES = 3
TELEPHONES = 60
DAY = timedelta(days=1)
RULES_OF_TEST = replace(RULES, own_prefixes=("242",))
PROGRAM = Path(__file__).parents[1] / "support" / "killed_node.py"


@contextmanager
def nodes(url: str) -> Iterator[list[Database]]:
    """Several programs that share a database, each with connections of its own; on SQLite denwa and a command."""
    opened = [Database.open(url) for _ in range(NODES if url.startswith("postgresql") else 2)]
    try:
        yield opened
    finally:
        for each in opened:
            each.close()


def at_once(opened: Sequence[Database], work: Callable[[Database, int], T]) -> list[T]:
    """Do something on all nodes at the same time; what each came to."""
    start = threading.Barrier(len(opened))

    def on_one(place: int) -> T:
        start.wait(10)
        return work(opened[place], place)

    with ThreadPoolExecutor(len(opened)) as pool:
        return list(pool.map(on_one, range(len(opened))))


def forged(count: int, rng: random.Random) -> dict[str, str]:
    """Callers' numbers as the trunk B shows them, and the telephone that each one really leads to, "" for none of ours.

    Victims stand at the neighbour and at two exchanges beyond; each beyond is named by many ways.
    """
    found = {}
    while len(found) < count:
        last = rng.choice(["390", "113", "6621"])
        extension = str(rng.randrange(2001, 2021))
        between = rng.sample(["782", "808", "989", "617", "113", "6621"], rng.randrange(3))
        way = ["390"] if last == "390" else ["390", *(each for each in between if each != last), last]
        number = route_number([Hop(prefix) for prefix in way], extension)
        if rng.random() < 0.4:  # exchanges pass over hop prefixes too many
            end = rng.choice([last, ""]) + extension
            number = number.removesuffix(end) + "0" + end
        victim = last + extension
        if rng.random() < 0.5:  # a public network, circles, ourselves, too far, another trunk's, nonsense
            digits = str(rng.randrange(10**6, 10**7))
            outside = ["03" + digits, "39001130390" + digits[:4], "3900242" + digits[:4], "390110"]
            outside += ["39001130662107820808" + "0989" + digits[:4], "510" + digits, "390" + digits]
            number, victim = rng.choice(outside), ""
            if RULES_OF_TEST.barred(number, "B") is None:
                continue  # an accident made a telephone of it
        found[number] = victim
    return found


def targets(numbers: Iterable[str]) -> list[Target]:
    """Those of the callers who can be rung at all."""
    found = []
    for number in numbers:
        caller = Caller(number, peer="B", did="70730", trust=CallerTrust.NEIGHBOUR)
        target = target_of(caller, exchange="home", extension="services", rules=RULES_OF_TEST)
        found += [target] if isinstance(target, Target) else []
    return found


def ring(node: Database, settings: TrustSettings, wanted: Sequence[Target], now_utc: datetime) -> list[str]:
    """Book for each caller, and place the proving call that the booking needs; whom it rang.

    On PostgreSQL each in a transaction of its own, so that nodes get into each other's way; where one writes at a time, a
    few in each, for the disk's sake.
    """

    def may(session: Session, target: Target) -> bool:
        booked = may_book(session, settings, target, target, now_utc)
        needs_proof = booked == Granted(needs_proof=True)
        return needs_proof and may_ring(session, settings, target, Purpose.PROVING, now_utc) == Granted()

    def book_and_ring(session: Session, some: Sequence[Target]) -> list[str]:
        return [target.number for target in some if may(session, target)]

    each = 1 if node.is_shared else 20
    shares = [wanted[first : first + each] for first in range(0, len(wanted), each)]
    return [number for share in shares for number in node.write(book_and_ring, share)]


def test_a_thousand_forged_numbers_ring_each_real_telephone_once_a_day_and_no_other(database_url: str):
    """Nobody's quota is in the way, so that nothing but the rule itself holds them off."""
    settings = replace(UNLIMITED, exchanges={"home": RULES_OF_TEST})
    leads_to = forged(1000, random.Random(9))
    wanted = targets(leads_to)
    assert len(set(leads_to.values())) == TELEPHONES + 1, "every telephone is named"
    assert {leads_to[target.number] for target in wanted} == set(leads_to.values()) - {""}
    assert len(wanted) > 4 * TELEPHONES, "most by several ways"
    with nodes(database_url) as opened:
        for day, asked in ((0, wanted), (1, wanted[:30])):
            now_utc = NOON_UTC + day * DAY
            rung = at_once(
                opened,
                lambda node, place, asked=asked, now_utc=now_utc: ring(
                    node, settings, asked[place :: len(opened)], now_utc
                ),
            )
            telephones = [leads_to[number] for numbers in rung for number in numbers]
            assert len(telephones) == len(set(telephones))
            assert set(telephones) == {leads_to[target.number] for target in asked}


def test_with_the_usual_quotas_a_trunk_makes_us_place_60_proving_calls_an_hour(database: Database):
    settings = replace(SETTINGS, exchanges={"home": RULES_OF_TEST})
    wanted = targets(f"390{extension}" for extension in range(2001, 2081))
    assert len(ring(database, settings, wanted, NOON_UTC)) == 60
    assert ring(database, settings, wanted, NOON_UTC + timedelta(minutes=59)) == []
    assert len(ring(database, settings, wanted[60:], NOON_UTC + timedelta(hours=1))) == 20


def test_the_owner_proves_his_number_while_a_forger_tries_codes_for_thousands(database: Database):
    others = targets(f"390{extension}" for extension in range(2001, 2016))
    code = database.write(call_for_proof, FAR, NOON_UTC)

    def guess(session: Session) -> None:
        for target in others:
            assert isinstance(may_ring(session, SETTINGS, target, Purpose.PROVING, NOON_UTC), Granted)
            codes.issue(session, SETTINGS, target, NOON_UTC)
            for guessed in range(6):
                assert isinstance(
                    codes.confirm_by_dialling(session, target, f"{guessed:08}", NOON_UTC), Refused
                )

    database.write(guess)
    assert database.write(codes.confirm_by_dialling, FAR, code, NOON_UTC) == Granted()


# -- several nodes, and one that is killed --


def test_of_nodes_that_ask_at_once_one_may_ring(database_url: str):
    wanted = [replace(FAR, number=f"390200{last}") for last in range(6)]

    def ask(node: Database, _: int) -> list[Answer]:
        return [node.write(may_ring, SETTINGS, target, Purpose.PROVING, NOON_UTC) for target in wanted]

    with nodes(database_url) as opened:
        answers = at_once(opened, ask)
    for same in zip(*answers, strict=True):
        assert sorted(map(str, same)) == sorted(
            [str(Granted())] + [str(Refused(Reason.PROVING_LATELY, NOON_UTC + DAY))] * (len(answers) - 1)
        )


@pytest.mark.parametrize("purpose", [Purpose.PROVING, Purpose.WANTED])
def test_a_node_waits_for_the_answer_that_another_was_given_and_has_not_kept_yet(
    database_url: str, purpose: Purpose
):
    """The quota is one; its rows are there already, so that nothing but their lock makes the second one wait."""
    settings = replace(SETTINGS, in_all=Rate(1, 100))
    an_hour_ago_utc = NOON_UTC - timedelta(hours=1)
    asked = OWN if purpose is Purpose.WANTED else FAR
    other = replace(asked, number=f"{asked.number[:-1]}9")

    with nodes(database_url) as (first, second, *_), ThreadPoolExecutor(1) as pool:
        assert first.write(may_ring, settings, other, purpose, an_hour_ago_utc) == Granted()

        def be_granted_and_look(session: Session) -> Future[Answer]:
            assert may_ring(session, settings, asked, purpose, NOON_UTC) == Granted()
            answer = pool.submit(second.write, may_ring, settings, other, purpose, NOON_UTC)
            assert not wait([answer], timeout=0.2).done, "the second one did not wait"
            return answer

        refused = first.write(be_granted_and_look).result(10)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TOTAL_QUOTA


def test_nodes_that_take_many_calls_at_a_time_do_not_block_each_other(database_url: str):
    telephones = [replace(OWN, number=f"20{number}") for number in range(10, 30)]

    def take(node: Database, place: int) -> list[Answer]:
        in_some_order = random.Random(place).sample(telephones, len(telephones))
        ask = partial(may_ring, settings=SETTINGS, purpose=Purpose.WANTED, now_utc=NOON_UTC)
        return node.write(lambda session: [ask(session, target=target) for target in in_some_order])

    with nodes(database_url) as opened:
        assert all(answers == [Granted()] * len(telephones) for answers in at_once(opened, take))


def test_a_quota_holds_over_all_nodes_together(database_url: str):
    settings = replace(SETTINGS, per_target=Rate(7, 100))

    def ask(node: Database, _: int) -> list[Answer]:
        return [node.write(may_ring, settings, OWN, Purpose.WANTED, NOON_UTC) for _ in range(5)]

    with nodes(database_url) as opened:
        answers = at_once(opened, ask)
    assert sum(some.count(Granted()) for some in answers) == 7


def test_what_was_granted_stays_counted_when_the_node_is_killed(database: Database, database_url: str):
    second = replace(FAR, number="3902002")
    with subprocess.Popen(
        [sys.executable, PROGRAM, database_url, FAR.number, second.number],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": f"{PROGRAM.parents[2]}:{PROGRAM.parents[1]}"},
    ) as node:
        assert node.stdout is not None
        assert node.stdout.readline() == f"kept {Granted()}\n"
        assert node.stdout.readline() == f"not kept {Granted()}\n"
        node.send_signal(signal.SIGKILL)
    kept = database.write(may_ring, SETTINGS, FAR, Purpose.PROVING, NOON_UTC)
    assert kept == Refused(Reason.PROVING_LATELY, NOON_UTC + DAY)
    assert database.write(may_ring, SETTINGS, second, Purpose.PROVING, NOON_UTC) == Granted()
