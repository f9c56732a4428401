"""What an operator may write into the table [wakeup]."""

import pytest
from pydantic import ValidationError

from services.wakeup.config import WakeupConfig

pytestmark = pytest.mark.unit


def test_each_trunk_may_have_a_number_of_calls_of_its_own():
    """A neighbour with one line, among others with four."""
    shaping = WakeupConfig.model_validate({"trunk_calls": 4, "trunks": {"one-line": 1}}).shaping
    assert [shaping.of_trunk(name) for name in ("one-line", "another", "")] == [1, 4, 20]


@pytest.mark.parametrize("calls", [0, 1001])
def test_no_trunk_has_no_line_or_too_many(calls):
    """Whoever wants nobody to be rung by a trunk leaves its numbers out of [trust] allow."""
    with pytest.raises(ValidationError):
        WakeupConfig.model_validate({"trunks": {"B": calls}})
