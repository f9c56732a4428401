"""What keeps an extension from being registered, in words, each with the configuration field to mend."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegistrationPlace:
    """Whose registration it is: the configuration's names of exchange and extension, and what stands there."""

    exchange: str
    extension: str
    host: str
    port: int
    transport: str
    user: str

    @property
    def host_field(self) -> str:
        """Where the exchange's name or address is written."""
        return f"exchanges.{self.exchange}.host"

    @property
    def port_field(self) -> str:
        """Where the exchange's SIP port is written."""
        return f"exchanges.{self.exchange}.port"

    @property
    def transport_field(self) -> str:
        """Where UDP or TCP is chosen."""
        return f"exchanges.{self.exchange}.transport"

    @property
    def address_field(self) -> str:
        """Where our own address towards the exchange may be written."""
        return f"exchanges.{self.exchange}.address"

    @property
    def user_field(self) -> str:
        """Where the extension's user name is written."""
        return f"extensions.{self.extension}.user"

    @property
    def password_field(self) -> str:
        """Where the file with the extension's password is named."""
        return f"extensions.{self.extension}.password_file"

    @property
    def target(self) -> str:
        """The exchange as `host:port/transport`."""
        return f"{self.host}:{self.port}/{self.transport}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One trouble: what is wrong and what to do, in English and Japanese.

    Attributes:
        key: the same for the same trouble, so that it is said once.
        fields: the configuration fields to look at, the likeliest first.
    """

    key: str
    fields: tuple[str, ...]
    text_en: str
    text_ja: str
    remedy_en: str
    remedy_ja: str


def no_answer(place: RegistrationPlace) -> Problem:
    """Nothing came back from the exchange within SIP's own time limit."""
    return Problem(
        "no-answer",
        (place.host_field, place.port_field, place.transport_field),
        f"{place.target} does not answer",
        f"{place.target} から応答がありません",
        f"Is the exchange running, and does its firewall let this host in? Otherwise mend "
        f"{place.host_field}, {place.port_field} or {place.transport_field}.",
        f"交換機が動いているか、ファイアウォールがこのホストを通すかを確かめてください。"
        f"それでもだめなら {place.host_field}、{place.port_field}、{place.transport_field} を直してください。",
    )


def unresolved(place: RegistrationPlace, why: str) -> Problem:
    """The exchange's name has no address."""
    return Problem(
        "unresolved",
        (place.host_field,),
        f"no address for {place.host}: {why}",
        f"{place.host} のアドレスがわかりません（{why}）",
        f"Mend {place.host_field} (an IPv4 address works without any name server), or this host's resolver.",
        f"{place.host_field} を直す（IPv4 アドレスならネームサーバーは要りません）か、"
        f"このホストの名前解決を直してください。",
    )


def transport_failed(place: RegistrationPlace, why: str) -> Problem:
    """The REGISTER could not be sent, or the connection was refused."""
    return Problem(
        "transport",
        (place.port_field, place.transport_field, place.host_field),
        f"cannot reach {place.target}: {why}",
        f"{place.target} に届きません（{why}）",
        f"Does the exchange listen there? Look at {place.port_field} and {place.transport_field}, "
        f"and at this host's route to {place.host_field}.",
        f"交換機がそこで待ち受けているか、{place.port_field} と {place.transport_field}、"
        f"{place.host_field} への経路を確かめてください。",
    )


def cannot_listen(place: RegistrationPlace, why: str, *, taken: bool) -> Problem:
    """We have no socket that the exchange's SIP can come to: another program has the port, or no such address."""
    if taken:
        return Problem(
            "port-taken",
            ("sip.port",),
            f"another program has denwa's own SIP port: {why}",
            f"denwa 自身の SIP ポートを別のプログラムが使っています（{why}）",
            "Stop that program, or take another port: [sip] port = 5070, and restart denwa. The exchange need not "
            "be told: it learns sip.port from the registration.",
            "そのプログラムを止めるか、[sip] に port = 5070 と書いて denwa を再起動してください。"
            "sip.port は登録のとき交換機に伝わるので、交換機側の変更は要りません。",
        )
    return Problem(
        "cannot-listen",
        (place.address_field, "sip.address", "sip.port"),
        f"denwa cannot listen for {place.target}: {why}",
        f"{place.target} からの SIP を待ち受けられません（{why}）",
        f"Is this an address of this host? Mend {place.address_field} or sip.address, or leave them out to have "
        f"the address found; for a port below 1024 mend sip.port.",
        f"このホストのアドレスですか。{place.address_field} か sip.address を直すか、消して自動にしてください。"
        f"1024 未満のポートなら sip.port を直してください。",
    )


def held_back(place: RegistrationPlace, wait_s: float) -> Problem:
    """This extension must wait: others' refusals have used up what fail2ban lets pass."""
    minutes = math.ceil(wait_s / 60)
    return Problem(
        "held-back",
        (place.password_field,),
        f"{place.target} refused another extension's password: {place.user!r} waits up to {minutes} minutes for its turn",
        f"{place.target} が別の内線のパスワードを断ったため、{place.user!r} の登録は最大 {minutes} 分待ちます",
        f"Mend the other extension, of which the log tells, and restart denwa: one more failure by the same host, "
        f"if {place.password_field} is wrong too, and the exchange may ban it.",
        f"ログにある別の内線を直して denwa を再起動してください。{place.password_field} も違っていると、"
        f"失敗が重なってこのホストが交換機に締め出されるおそれがあります。",
    )


def wrong_password(place: RegistrationPlace, status: int, reason: str) -> Problem:
    """401 or 407 to a request with credentials: Asterisk says it of an unknown user too."""
    return Problem(
        "wrong-password",
        (place.password_field, place.user_field),
        f"{place.target} does not accept user {place.user!r} with this password ({status} {reason})",
        f"{place.target} はユーザー {place.user!r} とこのパスワードを受け付けません（{status} {reason}）",
        f"Compare {place.password_field} and {place.user_field} with the extension's card on the exchange. "
        f"It is tried again only every eleven minutes or more, lest the exchange bans this host; "
        f"restart denwa once it is mended.",
        f"{place.password_field} と {place.user_field} を交換機の内線設定と見比べてください。"
        f"交換機に締め出されないよう再試行は 11 分以上あけます。直したら denwa を再起動してください。",
    )


def forbidden(place: RegistrationPlace, status: int, reason: str) -> Problem:
    """403: the exchange knows the user and forbids, or has no place for one more contact."""
    return Problem(
        "forbidden",
        (place.user_field, place.password_field),
        f"{place.target} forbids user {place.user!r} to register ({status} {reason})",
        f"{place.target} はユーザー {place.user!r} の登録を許しません（{status} {reason}）",
        f"Is the extension unknown or switched off on the exchange, or its max_contacts used up by another "
        f"telephone? Otherwise mend {place.user_field} or {place.password_field}, and restart denwa.",
        f"内線が交換機に無い・止められている、または max_contacts を別の電話機が使い切っていませんか。"
        f"そうでなければ {place.user_field} か {place.password_field} を直し、denwa を再起動してください。",
    )


def unknown_user(place: RegistrationPlace, status: int, reason: str) -> Problem:
    """404 and its like: the exchange has no such extension, or not yet. The password is not in question."""
    return Problem(
        "unknown-user",
        (place.user_field, place.host_field),
        f"{place.target} knows no extension {place.user!r} ({status} {reason})",
        f"{place.target} に内線 {place.user!r} はありません（{status} {reason}）",
        f"Make the extension on the exchange: denwa goes on trying. Otherwise mend {place.user_field} "
        f"(or {place.host_field}, if it is another exchange), and restart denwa.",
        f"交換機に内線を作ってください（denwa は試し続けます）。そうでなければ {place.user_field}"
        f"（交換機が違うなら {place.host_field}）を直し、denwa を再起動してください。",
    )


def no_registrar(place: RegistrationPlace, status: int, reason: str) -> Problem:
    """Something answers there that does not take REGISTER, or sends us elsewhere."""
    return Problem(
        "no-registrar",
        (place.host_field, place.port_field),
        f"{place.target} takes no registrations ({status} {reason})",
        f"{place.target} は登録を受け付けません（{status} {reason}）",
        f"Give the exchange itself in {place.host_field} and {place.port_field}.",
        f"{place.host_field} と {place.port_field} に交換機そのものを書いてください。",
    )


def exchange_in_trouble(place: RegistrationPlace, status: int, reason: str) -> Problem:
    """5xx: the exchange says that it cannot now."""
    return Problem(
        "exchange-trouble",
        (place.host_field,),
        f"{place.target} cannot register anybody now ({status} {reason})",
        f"{place.target} は今は登録を受け付けられません（{status} {reason}）",
        f"See the exchange's own log; denwa goes on trying. If it stays so, is {place.host_field} right?",
        f"交換機のログを見てください。denwa は試し続けます。続くようなら {place.host_field} を確かめてください。",
    )


def refused(place: RegistrationPlace, status: int, reason: str) -> Problem:
    """Any other refusal, and answers that make no sense."""
    return Problem(
        f"refused-{status}",
        (place.host_field, place.user_field),
        f"{place.target} refused the registration of {place.user!r} ({status} {reason})",
        f"{place.target} は {place.user!r} の登録を断りました（{status} {reason}）",
        f"See the exchange's own log; then look at {place.host_field} and {place.user_field}.",
        f"交換機のログを見てから、{place.host_field} と {place.user_field} を確かめてください。",
    )


def of_refusal(place: RegistrationPlace, status: int, reason: str) -> Problem:
    """What a final answer from 300 up says of the configuration."""
    if status == 408:
        return no_answer(place)
    say = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, refused)
    return say(place, status, reason)


_BY_STATUS = {
    401: wrong_password,
    403: forbidden,
    404: unknown_user,
    405: no_registrar,
    407: wrong_password,
    410: unknown_user,
    416: no_registrar,
    484: unknown_user,
    485: unknown_user,
    501: no_registrar,
    505: no_registrar,
    604: unknown_user,
}
_BY_CLASS = {3: no_registrar, 5: exchange_in_trouble}
