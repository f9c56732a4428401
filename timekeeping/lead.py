"""An extension's lead: how much earlier its packets leave, against the far jitter buffer's delay."""

SAMPLES_PER_MS = 8
GREATEST_LEAD_MS = 200


class LeadError(ValueError):
    """The lead asked for is none that can be given."""


def lead_samples(lead_ms: float) -> int:
    """The samples, at 8 kHz, that `lead_ms` milliseconds are.

    Raises:
        LeadError: negative, not finite or above 200 ms, which no jitter buffer on a telephone line needs.
    """
    if not 0 <= lead_ms <= GREATEST_LEAD_MS:
        raise LeadError(
            f"lead_ms is {lead_ms}: give 0 to {GREATEST_LEAD_MS}, the milliseconds by which the far end "
            "plays its packets late (about 20 to 60 for one exchange)"
        )
    return round(lead_ms * SAMPLES_PER_MS)
