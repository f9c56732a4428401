"""Whether sound flows both ways, and what to look at where it does not."""

from denwa.doctor.finding import NOTHING_TO_DO, Finding, Level, said
from denwa.doctor.handpiece import Sound
from denwa.doctor.subject import Subject
from denwa.language import Text

CHECK = "sound"
MANY_LOST = 0.01

_BOTH_WAYS = Text(
    "Sound flows both ways: {received} packets came, {lost} were lost.",
    "音は両方向に届きます。受信 {received} パケット、損失 {lost}。",
)
_LOSSES = Text(
    "Sound flows both ways, but {lost} of {received} packets were lost.",
    "音は両方向に届きますが、{received} パケットのうち {lost} が失われました。",
)
_MIND_THE_WAY = Text(
    "Look at the way to the exchange at {registrar} (Wi-Fi, a busy link): fax and modems do not bear losses.",
    "交換機 {registrar} までの回線 (Wi-Fi、混雑) を確かめてください。FAX とモデムは損失に耐えません。",
)
_NOTHING = Text(
    "No sound comes: {sent} packets were sent to the exchange, none came back to {address}.",
    "音が届きません。交換機へ {sent} パケット送りましたが、{address} には何も返って来ません。",
)
_ONE_WAY = Text(
    "Sound flows one way only: one end of the call got {received} packets, the other end none at {address}.",
    "片方の音しか届きません。通話の一方は {received} パケット受け取りましたが、もう一方 ({address}) には届きません。",
)
_WRONG_SOUND = Text(
    "{received} packets came, but not the tone that was said at the other end ({level:.0f} dBm0 heard).",
    "{received} パケット届きましたが、相手側の音ではありません (レベル {level:.0f} dBm0)。",
)
_ADDRESS_PORTS_FIREWALL = Text(
    "In this order: (1) address: the exchange was told {address}; can it reach that? On Tailscale a shared host may have "
    "another 100.x address for each user: `tailscale ip -4` there and here, then set {field}. (2) ports: the exchange "
    "sends from its RTP ports (MikoPBX: UDP 10000-10200) to any UDP port of this machine. (3) firewall: let them in, "
    "here with:",
    "順に確かめてください。(1) アドレス: 交換機には {address} と伝えています。交換機から届きますか。Tailscale で共有したホストは"
    "利用者ごとに 100.x が違うことがあります (両方で tailscale ip -4)。違えば {field} に書きます。(2) ポート: 交換機は RTP の"
    "ポート (MikoPBX では UDP 10000-10200) から、このマシンの任意の UDP ポートへ送ります。(3) ファイアウォール: 通すには:",
)
_LOOK_AT_EXCHANGE = Text(
    "The exchange changes what is said. Does it transcode (see codecs below), play music, or is recording or an echo "
    "canceller on for this extension?",
    "交換機が音を変えています。符号の変換 (下の codecs)、保留音、録音、エコー除去が内線に設定されていませんか。",
)


def judge(subject: Subject, caller: Sound, called: Sound) -> Finding:
    """What both ends of a call heard of each other."""
    received, sent = caller.received + called.received, caller.sent + called.sent
    lost = caller.lost + called.lost
    values = {
        "received": received,
        "sent": sent,
        "lost": lost,
        "address": subject.address,
        "registrar": subject.registrar,
        "level": min(caller.level_dbm0, called.level_dbm0),
        "field": subject.address_field,
    }

    def finding(
        level: Level, what: Text, remedy: Text = NOTHING_TO_DO, *paste: str, field: str = ""
    ) -> Finding:
        return Finding(
            CHECK,
            level,
            said(what, **values),
            said(remedy, **values),
            paste,
            (field,) if field else (),
            subject.name,
        )

    if not caller.received or not called.received:
        return finding(
            Level.FAIL,
            _ONE_WAY if received else _NOTHING,
            _ADDRESS_PORTS_FIREWALL,
            f"iptables -I INPUT -p udp -s {subject.registrar} -j ACCEPT",
            field=subject.address_field,
        )
    if not (caller.heard and called.heard):
        return finding(Level.FAIL, _WRONG_SOUND, _LOOK_AT_EXCHANGE)
    if lost > MANY_LOST * received:
        return finding(Level.WARN, _LOSSES, _MIND_THE_WAY)
    return finding(Level.OK, _BOTH_WAYS)
