"""The echo tells who calls and which keys are pressed."""

import pytest
from support.memory_exchange import clips_heard

from services.echo import spec

pytestmark = pytest.mark.native


@pytest.mark.parametrize(("caller", "who"), [("7", "your_number_is digit_7"), ("", "anonymous_number")])
def test_tells_who_calls_and_what_is_pressed(caller: str, who: str):
    assert clips_heard(spec, caller, "5#") == f"echo_welcome {who} you_pressed digit_5 you_pressed pound"
