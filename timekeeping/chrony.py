"""What chrony says of the host's clock, where chrony keeps it."""

import asyncio
import math
from dataclasses import dataclass

_FIELDS = 14
"""chronyc 2.0 to 4.6 print so many in `chronyc -c tracking` (chronyc(1), "tracking")."""

_NOT_SYNCHRONISED = "Not synchronised"

_OWN_CLOCK = "7F7F0101"
"""127.127.1.1: chrony's directive `local`, which serves the unsynchronised clock as if it were true."""


class ChronyError(Exception):
    """chronyc did not answer, or not as its manual says."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """The answer to `chronyc tracking`."""

    source: str
    stratum: int
    synchronised: bool
    error_s: float
    """The manual's bound: the correction outstanding, the root dispersion and half the root delay."""


def parse_tracking(line: str) -> Tracking:
    """Read one line of `chronyc -c -n tracking`.

    Raises:
        ChronyError: it has another form.
    """
    fields = line.strip().split(",")
    if len(fields) != _FIELDS:
        raise ChronyError(f"chronyc tracking gave {len(fields)} fields instead of {_FIELDS}")
    try:
        stratum = int(fields[2])
        correction_s, delay_s, dispersion_s = (float(fields[index]) for index in (4, 10, 11))
    except ValueError:
        raise ChronyError(f"chronyc tracking gave no numbers: {line.strip()[:80]!r}") from None
    error_s = abs(correction_s) + abs(dispersion_s) + abs(delay_s) / 2
    if not math.isfinite(error_s):
        raise ChronyError("chronyc tracking gave an infinite error")
    return Tracking(
        source=fields[1] or fields[0],
        stratum=stratum,
        synchronised=fields[13] != _NOT_SYNCHRONISED and fields[0] != _OWN_CLOCK,
        error_s=error_s,
    )


async def ask_chrony(command: str = "chronyc", timeout_s: float = 2.0) -> Tracking | None:
    """Ask chrony; None where it is not installed or does not run.

    Raises:
        ChronyError: it answers what cannot be understood.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            command,
            "-c",
            "-n",
            "tracking",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (FileNotFoundError, PermissionError):
        return None
    try:
        async with asyncio.timeout(timeout_s):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
        raise ChronyError(f"chronyc gave no answer in {timeout_s:g} s") from None
    if process.returncode != 0:
        return None  # chronyd does not run: "506 Cannot talk to daemon"
    return parse_tracking(output.decode("utf-8", errors="replace"))
