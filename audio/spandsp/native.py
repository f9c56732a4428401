"""What all processors written in C have in common in Python: one owner's hold on a state."""

from typing import Any

from denwa_spandsp import ffi

_DIGITS = 64


class NativeProcessor:
    """Python's reference to a C state; fulfils `audio.processor.Processor`.

    Dropped by `close`, or with the object. Methods called after that raise `ValueError`.
    """

    def __init__(self, state: Any, ops: int, share: Any, free: Any) -> None:
        if state == ffi.NULL:
            raise MemoryError("no memory for a signal processor")
        self._owned: Any = ffi.gc(state, free)
        self._ops = ops
        self._share = share

    @property
    def ops(self) -> int:
        """Address of the `struct dsp_ops`."""
        return self._ops

    @property
    def state(self) -> Any:
        """The C state, for calls of the subclass."""
        if self._owned is None:
            raise ValueError("this processor was closed")
        return self._owned

    def share(self) -> int:
        """Address of the state, with a reference that the line then owns."""
        return int(self._share(self.state))

    def close(self) -> None:
        """Give up Python's reference."""
        if self._owned is not None:
            ffi.release(self._owned)
            self._owned = None


def heard_digits(take: Any, state: Any) -> str:
    """The digits that a processor heard since the last call, by its C function: at most 64, oldest first."""
    digits = ffi.new("char[]", _DIGITS)
    taken = take(state, digits, _DIGITS)
    return bytes(ffi.buffer(digits, taken)).decode("ascii")
