"""Answers to challenges, against the examples of the RFCs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sip_text import digest_response, parameters

from denwa.doctor import digest
from denwa.doctor.digest import Request, authorization

pytestmark = pytest.mark.unit

REGISTER = Request("REGISTER", "sip:192.0.2.10:5060")


def fields(value: str | None) -> dict[str, str]:
    assert value is not None
    return {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,]*))', value)}


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_come_out(monkeypatch: pytest.MonkeyPatch, algorithm: str, response: str):
    """RFC 7616, 3.9.1."""
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr(digest.secrets, "token_hex", lambda _: cnonce)
    challenge = (
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    given_back = fields(
        authorization([challenge], Request("GET", "/dir/index.html"), "Mufasa", "Circle of Life")
    )
    assert given_back["response"] == response
    assert given_back["opaque"] == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
    assert given_back["algorithm"] == algorithm
    assert (given_back["qop"], given_back["nc"]) == ("auth", "00000001")


@pytest.mark.parametrize("qop", ['qop="auth"', 'qop="auth-int,auth"', "algorithm=md5", 'opaque=""'])
def test_a_registrar_accepts_it(qop: str):
    answer = authorization([f'Digest realm="test", nonce="n", {qop}'], REGISTER, "7000", "secret")
    given_back = parameters((answer or "").removeprefix("Digest "))
    assert given_back["response"] == digest_response(given_back, method="REGISTER", password="secret")  # noqa: S106


def test_the_first_challenge_that_is_understood_is_answered():
    strange = 'Digest realm="strange", nonce="1", algorithm=SHA-512-256'
    ours = 'Digest realm="ours", nonce="2", algorithm=MD5'
    answer = authorization(["Basic realm=x", strange, ours], REGISTER, "7000", "secret")
    assert fields(answer)["realm"] == "ours"


@pytest.mark.parametrize("challenges", [[], ["Basic realm=x"], ["Digest realm=x"], [""], ["Digest"]])
def test_without_a_challenge_that_is_understood_there_is_no_answer(challenges: list[str]):
    assert authorization(challenges, REGISTER, "7000", "secret") is None


@given(st.text(), st.text(), st.text())
def test_no_challenge_and_no_password_breaks_it(rest: str, user: str, password: str):
    answer = authorization([f"Digest nonce=n, {rest}"], REGISTER, user, password)
    assert answer is None or answer.startswith("Digest ")
