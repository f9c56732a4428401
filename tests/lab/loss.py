"""Loses packets within the lab's network, as a bad line does: the kernel's nftables, which pass and drop by chance."""

import contextlib
import re
from collections.abc import Iterator

from lab.namespace import Namespace

_DROPS = """
table inet lab_loss {{
  chain arriving {{
    type filter hook input priority 0;
    udp dport {first}-{last} numgen random mod 1000 < {per_mille} counter drop
  }}
}}
"""


class Loss:
    """How many packets were lost so far."""

    def __init__(self, namespace: Namespace) -> None:
        """Of the namespace in which packets are lost now."""
        self._namespace = namespace

    @property
    def packets(self) -> int:
        """Since it began."""
        listed = self._namespace.run(
            ["nft", "list", "table", "inet", "lab_loss"], capture_output=True, text=True
        )
        found = re.search(r"counter packets (\d+)", listed.stdout)
        assert found
        return int(found[1])


@contextlib.contextmanager
def losing(namespace: Namespace, ports: tuple[int, int], part: float) -> Iterator[Loss]:
    """For a while, lose this part (0 to 1) of the UDP datagrams that arrive at these ports, by chance."""
    rules = _DROPS.format(first=ports[0], last=ports[1], per_mille=round(1000 * part))
    namespace.run(["nft", "-f", "-"], input=rules, text=True)
    try:
        yield Loss(namespace)
    finally:
        namespace.run(["nft", "delete", "table", "inet", "lab_loss"])
