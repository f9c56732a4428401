"""TC9's attack through real trunks: an attacker at two exchanges forges callers' numbers, and who is rung is counted."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from lab.asterisk.exchange import SIP_PORT
from lab.baresip import BaresipPhone, CallFailedError
from lab.forged_callers import Claim, claims_of, nobodys, outside
from lab.forger import ForgedCall, forging
from lab.invites import invites
from lab.laboratory import Lab
from lab.network import ADDRESSES
from lab.night import Night, night
from lab.wakeup_service import hangs_up
from scipy.signal import fftconvolve

from audio import g711
from audio.levels import RATE_HZ
from services.wakeup.conversation import LONGEST_SOFT_S
from services.wakeup.phrases import ENGLISH, sounds

pytestmark = [pytest.mark.lab, pytest.mark.timeout(120, func_only=True)]

TOKYO = ZoneInfo("Asia/Tokyo")
BY_TRUNK = {(ADDRESSES["c"], ADDRESSES[neighbour]) for neighbour in "bq"}
AT_ONCE = 34
"""So many calls the attacker makes side by side; each takes two of the hundred pairs of ports that C has for sound."""
WITHOUT_QUOTAS = """
own_prefixes = ["242"]
per_source = [100000, 100000]
per_target = [100000, 100000]
per_trunk = [100000, 100000]
in_all = [100000, 100000]

[wakeup]
language = "en"
calls = 900
trunk_calls = 900
"""
"""Nothing but the rule itself holds the attacker off."""


@dataclass
class People:
    """Those with a telephone: one next door to denwa, one who wants to be rung, by exchange those who do not."""

    own: BaresipPhone
    owner: BaresipPhone
    victims: dict[str, list[BaresipPhone]]

    def addresses(self) -> list[str]:
        """The victims' telephones'."""
        return [phone.address for phones in self.victims.values() for phone in phones]

    def claims(self) -> list[Claim]:
        """The victims by each way that leads to them."""
        return [
            claim
            for exchange, phones in self.victims.items()
            for phone in phones
            for claim in claims_of(exchange, phone.account.number)
        ]

    def refuse(self) -> None:
        """The victims are rung, and will not have it."""
        for phone in (each for phones in self.victims.values() for each in phones):
            phone.wait_for("CALL_INCOMING", timeout_s=20)
            with suppress(CallFailedError):  # it rang long enough
                phone.hang_up()


@contextmanager
def people(lab: Lab, folder: Path, victims_each: int) -> Iterator[People]:
    """Telephones at C and A, and so many victims at each exchange that can be hopped to."""
    with ExitStack() as stack:

        def telephone(at: str, name: str, *, answers: bool = False) -> BaresipPhone:
            return stack.enter_context(lab.telephone(lab.exchanges[at], folder / name, answers=answers))

        own, owner = telephone("c", "own", answers=True), telephone("a", "owner", answers=True)
        victims = {at: [telephone(at, f"{at}{n}") for n in range(victims_each)] for at in "abq"}
        yield People(own, owner, victims)


async def attack(
    tonight: Night, calls: Iterable[tuple[Claim, str]], *, longest_s: float, listens: bool = False
) -> list[ForgedCall]:
    """Call as all of these callers, many at once; what each one dials stands beside it."""
    turn = asyncio.Semaphore(AT_ONCE)
    async with AsyncExitStack() as stack:
        forgers = {
            name: await stack.enter_async_context(
                forging(tonight.lab.namespace, ADDRESSES[name], ADDRESSES["c"])
            )
            for name in "bq"
        }

        async def call(claim: Claim, dialled: str) -> ForgedCall:
            async with turn:
                return await forgers[claim.trunk].call(
                    claim.caller, dialled, longest_s=longest_s, listens=listens
                )

        return await asyncio.gather(*(call(claim, dialled) for claim, dialled in calls))


def forged(victims: Iterable[Claim], count: int, rng: random.Random) -> list[Claim]:
    """So many callers' numbers: the victims', as many that lead outside, as many that lead to nobody."""
    claims = list(victims)
    half = (count + len(claims)) // 2
    while len(claims) < count:
        more = outside(rng) if len(claims) < half else nobodys(rng)
        if more not in claims:
            claims.append(more)
    return rng.sample(claims, len(claims))


def wanted(rng: random.Random, tonight: Night) -> str:
    """What is dialled: to be rung in a minute, or at a time that comes soon, or at once."""
    soon = tonight.now_utc().astimezone(TOKYO) + timedelta(minutes=20)
    return rng.choice(["73101", f"7{soon:%H%M}", "73344"])


def is_served(own: BaresipPhone, tonight: Night) -> None:
    """A telephone of the exchange itself asks to be rung, and is, on the second."""
    own.call("73344")
    due_utc = is_booked(own, own.account.number, tonight)
    tonight.comes(due_utc - timedelta(seconds=2) - tonight.now_utc())
    own.wait_answered(30)
    assert tonight.now_utc() - due_utc < timedelta(seconds=1)
    hangs_up(own)


def is_booked(phone: BaresipPhone, number: str, tonight: Night) -> datetime:
    """Hang up when it is kept that a number is to be rung; when the first time is."""
    due = f"SELECT min(due_utc) FROM occurrence JOIN alarm ON alarm.id = alarm_id WHERE alarm.number = '{number}'"
    tonight.denwa.until(f"SELECT count(*) > 0 FROM alarm WHERE booked_by = '{number}'", [(1,)], 30)
    hangs_up(phone)
    return datetime.fromisoformat(str(tonight.denwa.value(due))).replace(tzinfo=UTC)


def is_not_guessed(tonight: Night, owner: BaresipPhone, tries: int, rng: random.Random) -> None:
    """While the owner hears his code, an attacker tries codes in his name; the owner proves his number all the same."""
    denwa, number = tonight.denwa, f"3900510{owner.account.number}"
    claim = Claim("b", number.removeprefix("390"), owner.account.number)
    owner.wait_answered(20)
    words_begin_monotonic_s = time.monotonic() + LONGEST_SOFT_S + 1
    code = str(denwa.value(f"SELECT code FROM trust_code WHERE number = '{number}'"))
    guesses = ["".join(rng.choices("1234567", k=len(code))) for _ in range(tries)]
    assert code not in guesses
    asyncio.run(attack(tonight, [(claim, f"7{guess}") for guess in guesses], longest_s=0.5))
    assert denwa.rows(f"SELECT wrong_tries FROM trust_code WHERE number = '{number}'") == [(5,)]
    assert denwa.rows("SELECT count(*) FROM event WHERE kind = 'trust.code_locked'") == [(1,)]
    (right,) = asyncio.run(attack(tonight, [(claim, f"7{code}")], longest_s=20, listens=True))
    assert is_said(right, "code_locked")
    assert denwa.rows("SELECT count(*) FROM trust_proof") == [(0,)]
    owner.listen(max(0.0, words_begin_monotonic_s - time.monotonic()))
    owner.send_digits(code)
    denwa.until("SELECT number FROM trust_proof", [(number,)])
    hangs_up(owner)


def is_said(call: ForgedCall, clip: str) -> bool:
    """Whether what an English clip has after its first half second was heard in a forged call."""
    heard = g711.decode(bytes(call.heard), "ulaw").astype(float)
    said = sounds(ENGLISH)[clip].pcm[RATE_HZ // 2 : 2 * RATE_HZ].astype(float)
    if len(heard) < len(said):
        return False
    energies = np.convolve(heard**2, np.ones(len(said)), "valid") * (said @ said)
    alike = np.abs(fftconvolve(heard, said[::-1], "valid")) / np.sqrt(energies + 1)
    return bool(alike.max() > 0.6)


def test_a_thousand_forged_callers_ring_nobody_more_than_once_a_day(
    lab: Lab, tmp_path: Path, scaled: Callable[[int, int], int]
):
    """Whoever is claimed, by whichever trunk and way, whatever is booked; others are served meanwhile.

    Codes that were spoken are not guessed, and an attacker's tries do not keep the number's owner from proving it.
    """
    rng, days = random.Random(9), scaled(1, 2)
    with (
        lab.capture(tmp_path / "sip.pcap", (SIP_PORT, SIP_PORT)) as wire,
        night(lab, tmp_path, WITHOUT_QUOTAS) as tonight,
        people(lab, tmp_path, scaled(1, 4)) as there,
        ThreadPoolExecutor(1) as beside,
    ):
        denwa = tonight.denwa
        victims = [
            claim for claim in there.claims() if len(claim.number) <= scaled(12, 64)
        ]  # read out in time
        claims = forged(victims, scaled(21, 1000), rng)
        of_owner = Claim("b", f"0510{there.owner.account.number}", there.owner.account.number)
        bookings = [(claim, wanted(rng, tonight)) for claim in (*claims, *victims, of_owner)]
        attacking = beside.submit(asyncio.run, attack(tonight, bookings, longest_s=scaled(13, 60)))
        there.owner.call("390024273101")
        is_served(there.own, tonight)
        is_booked(there.owner, of_owner.number, tonight)
        tonight.comes(timedelta(seconds=20))
        is_not_guessed(tonight, there.owner, scaled(6, 300), rng)
        proved_utc_ns = time.time_ns()
        calls = attacking.result()
        tonight.comes(timedelta(seconds=20))
        there.refuse()
        tonight.nobody_waits("proof")
        tonight.comes(timedelta(minutes=1))
        there.owner.wait_answered(20)
        hangs_up(there.owner)
        tonight.comes(timedelta(minutes=20))
        tonight.nobody_waits("proof", "wake", "trial")
        for _ in range(1, days):
            tonight.comes(timedelta(days=1))
            calls += asyncio.run(attack(tonight, [(claim, "73101") for claim in victims], longest_s=60))
            tonight.comes(timedelta(seconds=20))
            there.refuse()
            tonight.nobody_waits("proof")
        booked = Counter(number for (number,) in denwa.rows("SELECT number FROM alarm WHERE kind <> 'proof'"))
    found = invites(wire)
    rung = Counter(each.destination for each in found if each.destination in there.addresses())
    placed = [each for each in found if each.source == denwa.address]
    by_trunk = [each for each in found if (each.source, each.destination) in BY_TRUNK]
    unproved = Counter(each.user for each in placed if each.utc_ns < proved_utc_ns)
    bookings_of = Counter({claim.leads_to: 0 for claim in claims})
    for claim in claims:
        bookings_of[claim.leads_to] += booked[claim.number]
    print(
        f"{len(calls)} calls in, {booked.total()} bookings; {len(placed)} calls out, {rung.total()} at victims"
    )
    assert rung == dict.fromkeys(there.addresses(), days)
    assert bookings_of.pop("") == 0
    assert min(bookings_of.values()) > 1, "one booking does not show that a second one would not ring"
    assert unproved.keys().isdisjoint(claim.number for claim in claims if not claim.leads_to)
    assert set(unproved.values()) == {1}
    assert unproved[of_owner.number] == 1
    assert len(by_trunk) == sum(len(each.user) > 4 for each in placed), "none comes back to go out again"
