"""What a line is given: a signal processor behind the C contract of `audio/processor.h`."""

from enum import IntFlag
from typing import Protocol, runtime_checkable


class Happened(IntFlag):
    """What a processor's poll reports: the `DSP_*` flags of `audio/processor.h`."""

    READ = 1
    WRITE = 2
    DONE = 4
    DIGIT = 8
    HEARD = 16


class Processor(Protocol):
    """A signal processor: 8000 Hz linear PCM in and out, in C, without the interpreter.

    It has two owners, Python and the line, which come and go in any order; the last one to leave frees it.
    """

    @property
    def ops(self) -> int:
        """Address of the `struct dsp_ops`, valid for the life of the process."""

    def share(self) -> int:
        """Address of the state, with a reference that the line then owns (and gives up by `destroy`)."""

    def close(self) -> None:
        """Give up Python's reference; any number of times."""


@runtime_checkable
class HearsDigits(Protocol):
    """A processor that hears DTMF in the far end's signal and reports `Happened.DIGIT`."""

    def digits(self) -> str:
        """Digits heard since the last call, oldest first."""
