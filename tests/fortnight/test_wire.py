"""The exchange's log is read in the order in which things happened."""

import json

import pytest
from fortnight.wire import read_wire

pytestmark = pytest.mark.unit


def test_an_invite_that_was_read_after_the_clock_had_been_set_came_before_the_death_of_its_sender(tmp_path):
    """The program dies for a minute, which passes at once, with its INVITE in the exchange's socket."""
    rows = [
        {"utc_s": 100.0, "event": "invite", "number": "2001", "call_id": "a", "node": "127.0.0.2"},
        {"utc_s": 160.2, "event": "invite", "number": "2002", "call_id": "b", "node": "127.0.0.2"},
        {"utc_s": 100.1, "event": "gone", "node": "127.0.0.2"},
        {"utc_s": 130.1, "event": "ended", "call_id": "b", "by": "exchange"},
        {"utc_s": 161.0, "event": "invite", "number": "2003", "call_id": "c", "node": "127.0.0.2"},
    ]
    log = tmp_path / "sip.jsonl"
    log.write_text("\n".join(map(json.dumps, rows)))
    assert [call.begin_utc_s for call in read_wire(log).calls] == [100.0, 100.1, 161.0]
