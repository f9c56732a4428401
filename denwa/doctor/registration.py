"""Whether the exchange takes an extension's password, and who is registered as it now."""

from dataclasses import dataclass, replace
from enum import Enum

from denwa.doctor import register_query
from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.doctor.port import is_free
from denwa.language import Text
from denwa.registration_news import remedy_of, what_of
from exchange.sip import registration_problem as problems
from exchange.sip.registration_problem import Problem, RegistrationPlace
from exchange.sip.routing import contact_token

CHECK = "registration"
USUAL_PORT = 5060

_TAKEN = Text(
    "{target} knows {user} with this password.", "{target} は {user} とこのパスワードを受け付けました。"
)
_SERVED = Text(
    "{target} knows {user} with this password; denwa is registered as {contact}, and is left undisturbed.",
    "{target} は {user} とこのパスワードを受け付けました。denwa が {contact} として登録中なので、触れません。",
)
_OCCUPIED = Text(
    "{target} knows {user} with this password, but another telephone is registered as it: {contact}. Calls would reach "
    "that one, or denwa would push it out.",
    "{target} は {user} とこのパスワードを受け付けましたが、別の電話機が登録中です: {contact}。着信がそちらに届くか、"
    "denwa がそれを追い出します。",
)
_GIVE_OWN = Text(
    "Switch that telephone off, or give denwa an extension of its own: mend {field}. Sound and busy gate were not tried, "
    "since that telephone would have rung.",
    "その電話機を止めるか、denwa 専用の内線を作って {field} を直してください。その電話機が鳴るため、音と話中の検査は"
    "していません。",
)
_HELD_BACK = Text(
    "Not tried: {exchange} refused another extension's password just now, and some more failures would have this "
    "machine banned (fail2ban).",
    "試していません。{exchange} が別の内線を断ったばかりで、失敗が重なるとこのマシンが締め出される (fail2ban) おそれが"
    "あるからです。",
)
_MEND_FIRST = Text(
    "Mend the other extension first, then run this again.",
    "先にその内線を直してから、もう一度試してください。",
)
_FOUND = Text("It answers with these lines in denwa.toml:", "denwa.toml を次のようにすれば応答があります:")


class Standing(Enum):
    """What may be done at the exchange in an extension's name."""

    FREE = "free"
    """Nobody is registered as it: we may be."""
    SERVED = "served"
    """denwa is registered, here or elsewhere: we may call it."""
    CLOSED = "closed"
    """Nothing can be done, or another telephone would ring."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and what follows; `refused`: the exchange counted a failure."""

    finding: Finding
    standing: Standing
    refused: bool = False


@dataclass(frozen=True, slots=True)
class OwnContact:
    """What denwa registers by this configuration: its Contact's token, and where it listens."""

    token: str
    address: str
    port: int


async def check_registration(
    place: RegistrationPlace, target: register_query.Target, password: str, own: OwnContact
) -> Checked:
    """Ask the exchange with the configured password, and judge its answer."""
    try:
        answer = await register_query.ask(target, place.user, password)
    except register_query.Silent:
        problem = problems.no_answer(place)
    except register_query.Unreachable as error:
        problem = problems.transport_failed(place, str(error))
    else:
        return judge(place, answer, own)
    return Checked(_trouble(place, problem, await _elsewhere(place, target)), Standing.CLOSED)


async def _elsewhere(place: RegistrationPlace, target: register_query.Target) -> tuple[str, ...]:
    """The lines by which the exchange would be found after all: the other transport, the usual port."""
    for changed in (
        replace(target, tcp=not target.tcp),
        replace(target, port=USUAL_PORT),
        replace(target, port=USUAL_PORT, tcp=not target.tcp),
    ):
        if changed != target and await register_query.is_there(changed, place.user):
            lines = [f"[exchanges.{place.exchange}]"]
            if changed.port != target.port:
                lines.append(f"port = {changed.port}")
            if changed.tcp != target.tcp:
                lines.append(f'transport = "{"tcp" if changed.tcp else "udp"}"')
            return tuple(lines)
    return ()


def judge(place: RegistrationPlace, answer: register_query.Answer, own: OwnContact) -> Checked:
    """What the answer means."""
    if answer.status != 200:
        problem = problems.of_refusal(place, answer.status, answer.reason)
        return Checked(_trouble(place, problem), Standing.CLOSED, refused=answer.status in {401, 403, 407})
    ours = [uri for uri in answer.contacts if contact_token(uri) == own.token]
    others = [uri for uri in answer.contacts if contact_token(uri) != own.token]
    if others:
        remedy = said(_GIVE_OWN, field=place.user_field)
        return Checked(_finding(place, Level.FAIL, _OCCUPIED, others[0], remedy), Standing.CLOSED)
    if ours and not _left_behind(ours[0], own):
        return Checked(_finding(place, Level.OK, _SERVED, ours[0]), Standing.SERVED)
    return Checked(_finding(place, Level.OK, _TAKEN, ""), Standing.FREE)


def held_back(place: RegistrationPlace) -> Checked:
    """An extension that is not tried, since another one of its exchange was refused."""
    finding = Finding(
        CHECK, Level.NOTE, said(_HELD_BACK, exchange=place.exchange), _MEND_FIRST, subject=place.extension
    )
    return Checked(finding, Standing.CLOSED)


def of_problem(place: RegistrationPlace, problem: Problem) -> Finding:
    """A problem as the log of `denwa serve` has it."""
    return _trouble(place, problem, ())


def _trouble(place: RegistrationPlace, problem: Problem, found_at: tuple[str, ...] = ()) -> Finding:
    return Finding(
        CHECK,
        Level.FAIL,
        what_of(problem),
        _FOUND if found_at else remedy_of(problem),
        found_at or _lines_to_mend(place, problem),
        problem.fields,
        place.extension,
    )


def _lines_to_mend(place: RegistrationPlace, problem: Problem) -> tuple[str, ...]:
    """The lines in denwa.toml as they are now, for the reader to mend."""
    if problem.fields[0] in {place.user_field, place.password_field}:
        return (f"[extensions.{place.extension}]", f'user = "{place.user}"')
    lines = (f'host = "{place.host}"', f"port = {place.port}", f'transport = "{place.transport}"')
    return (f"[exchanges.{place.exchange}]", *lines)


def _left_behind(contact: str, own: OwnContact) -> bool:
    """Whether a contact is exactly where we would listen, and nobody does: a killed denwa left it.

    Any other place may be a denwa behind a NAT or a connection of TCP, as the exchange sees it.
    """
    place = contact.rpartition("@")[2].partition(";")[0]
    return place == f"{own.address}:{own.port}" and is_free(own.address, own.port, tcp=True)


def _finding(
    place: RegistrationPlace, level: Level, what: Text, contact: str, remedy: Text = NOTHING_TO_DO
) -> Finding:
    return Finding(
        CHECK,
        level,
        said(what, target=place.target, user=place.user, contact=contact),
        remedy,
        fields=(place.user_field,) if level is Level.FAIL else (),
        subject=place.extension,
    )
