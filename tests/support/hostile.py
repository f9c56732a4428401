"""What no telephone should send: SIP, SDP, RTP and RTCP with something wrong in them, by a given chance."""

import re
from collections import deque
from random import Random

from support.pcap import Endpoint
from support.scripted_caller import ScriptedCaller, TcpCaller
from support.sip_message import SipMessage

JUNK = (
    *(
        "",
        " ",
        "\0",
        "A" * 300,
        "%s%n",
        "-1",
        "9" * 20,
        "4294967296",
        "\xff\xfe",
        ";",
        ":",
        "<",
        ">",
        '"',
        "[::1]",
    ),
    *("0", "\r\n", "\t", ",", "=", "@", "h" * 260),
)
SDP_LINES = (
    *("m=image 4000 udptl t38", "m=image 0 udptl t38", "m=IMAGE 4000 UDPTL T38", "m=image 4000/2 udptl t38"),
    *("m=image 4000 tcp t38", "m=image 4000 udptl", "m=image 65535 udptl t38 t39", "m=image 4000 RTP/AVP 98"),
    *(
        "m=audio 4000 udptl t38",
        "m=audio 4000 RTP/SAVP 0",
        "m=audio 4000 RTP/AVP 0 8 18 101",
        "m=audio 0 RTP/AVP 0",
    ),
    *(
        "m=text 4000 RTP/AVP 98",
        "m=video 4000 RTP/AVP 31",
        "m=application 9 DTLS/SCTP 5000",
        "c=IN IP4 0.0.0.0",
    ),
    *("c=IN IP6 ::1", "c=IN IP4 " + "x" * 255, "c=IN IP4 127.0.0.1/127/3", "a=T38FaxVersion:999999999"),
    *("a=T38MaxBitRate:-1", "a=rtpmap:0 PCMU/0", "a=rtpmap:0 /8000", "a=rtpmap:101 telephone-event/8000"),
    *("a=fmtp:101 0-15", "a=sendonly", "a=inactive", "a=rtcp:1 IN IP4 192.0.2.1", "a=rtcp-mux", "a=ptime:0"),
    *("a=ptime:100000", "a=maxptime:9999", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=ice-ufrag:x"),
    *(
        "a=mid:1",
        "a=group:BUNDLE 1",
        "b=TIAS:64000",
        "b=AS:-1",
        "t=99999999999 0",
        "o=- 1 1 IN IP4 h",
        "k=clear:x",
    ),
)
HEADERS = (
    *("Require: 100rel", "Require: timer", "Supported: 100rel,timer,replaces", "Session-Expires: 1"),
    *("Min-SE: 99999999", "Replaces: x;to-tag=1;from-tag=2", "Refer-To: <sip:x@127.0.0.1>", "Event: refer"),
    *("RAck: 1 1 INVITE", "Content-Encoding: gzip", "Content-Type: multipart/mixed;boundary=x"),
    *("Record-Route: <sip:127.0.0.1;lr>", "Route: <sip:127.0.0.1:1;lr>", "Max-Forwards: 0", "Contact: *"),
    *("Authorization: Digest x", "Join: x", "Content-Length: 999999", "CSeq: 99999999999 INVITE"),
)
IN_DIALOG = (
    "INFO",
    "OPTIONS",
    "MESSAGE",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
    "PRACK",
    "FOO",
    "REGISTER",
    "PUBLISH",
)
BODIES = (
    ("", ""),
    ("Signal=5\r\nDuration=160\r\n", "application/dtmf-relay"),
    ("7", "application/dtmf"),
    ("x" * 500, "application/sdp"),
    ("x" * 500, "multipart/mixed"),
)


def spoil_sdp(chance: Random, sdp: str) -> str:
    """The description with lines put in, taken out, doubled, and words or letters exchanged."""
    lines = sdp.split("\r\n")[:-1]
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(lines) + 1)
        match chance.randrange(4) if lines else 0:
            case 0:
                lines.insert(at, chance.choice(SDP_LINES))
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                del lines[chance.randrange(len(lines))]
            case _:
                changed = chance.randrange(len(lines))
                lines[changed] = spoil_word(chance, lines[changed])
    return "\r\n".join(lines) + "\r\n"


def spoil_word(chance: Random, line: str) -> str:
    """The line with one word, or what stands between two, exchanged for junk."""
    words = re.split(r"([ ;:=<>,@/])", line)
    words[chance.randrange(len(words))] = chance.choice(JUNK)
    return "".join(words)


def spoil_sip(chance: Random, octets: bytes) -> bytes:
    """The message with a line changed, lost, doubled or put in; or with octets exchanged; or cut off."""
    if chance.random() < 0.5:
        lines = octets.decode("latin-1").split("\r\n")
        at = chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                lines[at] = spoil_word(chance, lines[at])
            case _:
                lines.insert(max(1, at), chance.choice(HEADERS))
        return "\r\n".join(lines).encode("latin-1")
    spoilt = bytearray(octets)
    for _ in range(chance.choice((1, 2, 5))):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt[: chance.randrange(len(spoilt))] if chance.random() < 0.1 else spoilt)


def hostile_media(chance: Random) -> bytes:
    """A datagram that looks like RTP or RTCP for its first two octets, at most."""
    kind = chance.choice((0, 8, 13, 101, 120, 200, 201, 203, 205))
    head = bytes((chance.choice((0x80, 0x80, 0x90, 0xA0, 0x8F, 0x00)), kind))
    return head + chance.randbytes(chance.choice((0, 2, 10, 14, 170, 400, 1400)))


class HostileCaller(ScriptedCaller):
    """A caller whose messages and descriptions are spoilt, each by its own chance."""

    def __init__(self, server: Endpoint, user: str, chance: Random, sent: deque[bytes]) -> None:
        """`sent` gathers what it sends, for who must know what ended a server."""
        self._chance = chance
        self._sent = sent
        self._spoils_sip = chance.choice((0.0, 0.15, 0.6))
        self._spoils_sdp = chance.choice((0.0, 0.3, 0.8))
        super().__init__(server, user)

    def sdp(self, *media: str) -> str:
        whole = super().sdp(*media)
        return spoil_sdp(self._chance, whole) if self._chance.random() < self._spoils_sdp else whole

    def send(self, octets: bytes) -> None:
        spoilt = spoil_sip(self._chance, octets) if self._chance.random() < self._spoils_sip else octets
        self._sent.append(spoilt)
        super().send(spoilt)

    def live_one_call(self) -> None:
        """Dial, do some of everything, and leave, with or without a BYE."""
        chance = self._chance
        final = self._try_invite()
        if final is not None and final.status < 300:
            for _ in range(chance.randrange(6)):
                self._do_something()
        if chance.random() < 0.85:
            self._spoils_sip = 0.0
            self.request("BYE")

    def _do_something(self) -> None:
        chance = self._chance
        for _ in range(chance.choice((1, 3, 10))):
            self.rtp.send_octets(hostile_media(chance))
            self.rtp.send_rtcp(hostile_media(chance))
        if chance.random() < 0.6:
            self._try_invite()
        else:
            body, content_type = chance.choice(BODIES)
            self.request(chance.choice(IN_DIALOG), body, content_type=content_type)

    def _try_invite(self) -> SipMessage | None:
        """INVITE with any lines or none; UPDATE now and then. None: no final response soon."""
        chance = self._chance
        image = "m=image 4000 udptl t38\r\n"
        text = "m=text 4444 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n"
        media = chance.choice(
            ([self.audio()], [self.audio()], [image], [self.audio(), image], [text], [self.audio()] * 17, [])
        )
        method = "UPDATE" if chance.random() < 0.1 else "INVITE"
        cseq = self.request(method, self.sdp(*media) if media else "")
        try:
            final = self.response(cseq, timeout_s=0.15)
        except (TimeoutError, ValueError, IndexError):
            if chance.random() < 0.5:
                self.request("CANCEL", cseq=cseq)
            return None
        if method == "INVITE" and chance.random() < 0.9:
            self.acknowledge(final, "" if media else self.sdp())
        return final


class HostileTcpCaller(HostileCaller, TcpCaller):
    """The same on a connection of its own."""
