"""An extension's lead."""

import math

import pytest

from timekeeping.lead import LeadError, lead_samples

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("lead_ms", "samples"), [(0, 0), (20, 160), (0.125, 1), (62.5, 500), (200, 1600)])
def test_milliseconds_become_samples(lead_ms, samples):
    assert lead_samples(lead_ms) == samples


@pytest.mark.parametrize("lead_ms", [-1, 200.1, math.nan, math.inf])
def test_an_impossible_lead_is_refused_with_the_range(lead_ms):
    with pytest.raises(LeadError, match="give 0 to 200"):
        lead_samples(lead_ms)
