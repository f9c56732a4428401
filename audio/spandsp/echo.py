"""The processor that says what it hears, and hears in-band DTMF in it."""

from denwa_spandsp import lib

from audio.spandsp.native import NativeProcessor, heard_digits

MOST_DELAY_SAMPLES = 10 * 8000


class Echo(NativeProcessor):
    """Gives the caller his own voice back, `delay_samples` samples (1/8000 s) after it was heard."""

    def __init__(self, delay_samples: int = 0) -> None:
        if not 0 <= delay_samples <= MOST_DELAY_SAMPLES:
            raise ValueError(f"an echo's delay is 0 to {MOST_DELAY_SAMPLES} samples, not {delay_samples}")
        super().__init__(lib.echo_new(delay_samples), lib.echo_ops(), lib.echo_share, lib.echo_free)

    def digits(self) -> str:
        """Digits heard since the last call, as `Speech.digits`; the line reports `Happened.DIGIT`."""
        return heard_digits(lib.echo_digits, self.state)
