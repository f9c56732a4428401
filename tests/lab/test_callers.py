"""Many callers at once, and what the wire shows of them."""

from pathlib import Path

import numpy as np
import pytest
from lab.asterisk.files import RTP_PORTS
from lab.laboratory import Lab
from lab.sipp import TONE_HZ
from support.rtp import PCMU, parse_rtp
from support.tones import share_at

from audio.g711 import decode

pytestmark = [pytest.mark.lab, pytest.mark.timeout(30, func_only=True)]


def test_twenty_callers_at_once_reach_an_echo_two_exchanges_away(lab: Lab, tmp_path: Path):
    address = lab.fresh_address()
    ports = (RTP_PORTS[0], 17000)
    with lab.capture(tmp_path / "rtp.pcap", ports) as capture:
        result = lab.call_many(lab.a, tmp_path, "39002429196", calls=20, talk_s=2, address=address)
    assert (result.successful, result.failed) == (20, 0), result.errors
    packets = [packet for packet in map(parse_rtp, capture.datagrams()) if packet]
    echoed: dict[int, list[bytes]] = {}
    for packet in packets:
        if packet.source[0] == lab.a.address and packet.destination[0] == address:
            assert packet.payload_type == PCMU
            echoed.setdefault(packet.source[1], []).append(packet.payload)
    assert len(echoed) == 20
    for payloads in echoed.values():
        assert len(payloads) > 80
        codes = np.frombuffer(b"".join(payloads[-50:]), np.uint8)
        assert share_at(decode(codes, "ulaw"), TONE_HZ) > 0.9
    lab.a.wait_no_channels()


def test_a_capture_has_each_packet_once_in_order_of_arrival(lab: Lab, tmp_path: Path):
    sender, receiver = lab.namespace.socket(), lab.namespace.socket()
    with sender, receiver, lab.capture(tmp_path / "own.pcap", (30000, 30000)) as capture:
        receiver.bind((lab.fresh_address(), 30000))
        sender.bind((lab.fresh_address(), 0))
        for number in range(100):
            sender.sendto(bytes([number]), receiver.getsockname())
        datagrams = capture.datagrams()
        sent_from, sent_to = sender.getsockname(), receiver.getsockname()
    assert [datagram.payload for datagram in datagrams] == [bytes([number]) for number in range(100)]
    assert {(datagram.source, datagram.destination) for datagram in datagrams} == {(sent_from, sent_to)}
    times_ns = [datagram.utc_ns for datagram in datagrams]
    assert times_ns == sorted(times_ns)
