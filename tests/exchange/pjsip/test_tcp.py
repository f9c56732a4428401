"""TCP is a transport of this build."""

import socket

import pytest
from support.line_process import LineProcess

pytestmark = pytest.mark.native

REQUEST = (
    "OPTIONS sip:service@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKtcp;alias\r\n"
    "From: <sip:caller@127.0.0.1>;tag=tcp\r\nTo: <sip:service@127.0.0.1>\r\nCall-ID: tcp\r\n"
    "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


def test_a_request_over_tcp_is_answered_on_its_connection():
    """OPTIONS in two pieces, one response."""
    with LineProcess("tcp") as process, socket.create_connection(process.address, 5) as connection:
        connection.sendall(REQUEST[:50].encode())
        connection.sendall(REQUEST[50:].encode())
        assert connection.recv(4096).startswith(b"SIP/2.0 200 ")
