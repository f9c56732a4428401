"""patches/info-dtmf.patch: a digit by INFO application/dtmf is taken and answered 200."""

import pytest

pytestmark = pytest.mark.native


@pytest.mark.parametrize(
    ("body", "digit"),
    [
        ("7", "7"),
        ("8\r\n", "8"),
        ("Signal=9", "9"),
        ("Signal= *\r\nDuration=160\r\n", "*"),
        ("signal=A\r\n", "A"),
    ],
)
def test_a_digit_by_itself_or_named_is_taken(dial, server, body, digit):
    """Both spellings of application/dtmf: 200, and one digit."""
    known = len(server.report()["digits"])
    caller = dial("silent")
    response = caller.response(caller.request("INFO", body, content_type="application/dtmf"))
    assert response.status == 200
    report = server.await_report(lambda report: len(report["digits"]) > known)
    assert report["digits"][known:] == [["info", digit]]


@pytest.mark.parametrize("body", ["", "x", "Signal=", "Signal", "12", "\r\n \r\n", "Signal=77", "\0", "é"])
def test_what_is_no_digit_is_refused_and_reported_to_nobody(dial, server, body):
    """400 (500 for no body at all), no digit, and the call goes on."""
    known = len(server.report()["digits"])
    caller = dial("silent")
    response = caller.response(caller.request("INFO", body, content_type="application/dtmf"))
    assert response.status == (400 if body else 500)
    assert caller.response(caller.request("OPTIONS")).status == 200
    assert len(server.report()["digits"]) == known


def test_the_other_kind_still_works(dial, server):
    """application/dtmf-relay, which PJSIP knows by itself."""
    known = len(server.report()["digits"])
    caller = dial("silent")
    body = "Signal=5\r\nDuration=160\r\n"
    response = caller.response(caller.request("INFO", body, content_type="application/dtmf-relay"))
    assert response.status == 200
    report = server.await_report(lambda report: len(report["digits"]) > known)
    assert report["digits"][known:] == [["info", "5"]]
