"""Calls that we place."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from exchange.sip.call import Call


class Dialler(Protocol):
    """Places calls; leaving the scope, by cancellation too, CANCELs or BYEs."""

    def ring(self, number: str, *, extension: str, timeout_s: float) -> AbstractAsyncContextManager[Call]:
        """Call a number by an extension; raises NotReached when it is not answered in `timeout_s` seconds."""
        ...
