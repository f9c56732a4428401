"""Packets lost on purpose: about as many as asked for, at the ports asked for, and only for a while."""

from contextlib import suppress

import pytest
from lab.loss import losing
from lab.namespace import Namespace

pytestmark = [pytest.mark.lab, pytest.mark.timeout(10, func_only=True)]

SENT = 1000


def arrived(namespace: Namespace, port: int) -> int:
    """How many of those that are sent come; the kernel may hand some over a little later."""
    with namespace.socket() as sender, namespace.socket() as receiver:
        receiver.bind(("127.0.0.1", port))
        receiver.setblocking(False)
        count = 0
        for _ in range(SENT):
            sender.sendto(b"x", receiver.getsockname())
            try:
                receiver.recv(10)
            except BlockingIOError:
                continue
            count += 1
        receiver.settimeout(0.2)
        with suppress(TimeoutError):
            while count < SENT:
                receiver.recv(10)
                count += 1
        return count


def test_about_a_fifth_is_lost_and_counted_then_nothing():
    with Namespace() as namespace:
        with losing(namespace, (10000, 10200), 0.2) as loss:
            lost = SENT - arrived(namespace, 10100)
            assert 120 < lost < 280
            assert loss.packets == lost
            assert arrived(namespace, 10201) == SENT
        assert arrived(namespace, 10100) == SENT
