"""Tests with network interfaces of their own: a script in a fresh user, network and mount namespace."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_UNSHARE = ("unshare", "--user", "--map-root-user", "--net", "--mount")


@cache
def own_network_possible() -> bool:
    """Whether this kernel and user may make network namespaces with interfaces."""
    make_interface = "ip link add try0 type veth peer name try1"
    done = subprocess.run([*_UNSHARE, "sh", "-c", make_interface], capture_output=True, check=False)
    return done.returncode == 0


needs_own_network = pytest.mark.skipif(
    not own_network_possible(), reason="this kernel or container allows no network namespaces"
)


def run_in_own_network(script: str, timeout_s: float = 30.0) -> str:
    """Run Python code in a network of its own, loopback up; gives what it printed, fails as it failed."""
    set_up = 'ip link set lo up && mount -t tmpfs tmpfs /run && exec "$@"'
    done = subprocess.run(
        [*_UNSHARE, "sh", "-c", set_up, "sh", sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def add_interface(name: str, address: str, *, peer: str = "", in_namespace: str = "") -> None:
    """In one's own network: an interface with an address, its other end with `peer`'s, in a further namespace."""
    other = f"{name}p"
    ip("link", "add", name, "type", "veth", "peer", "name", other)
    where: tuple[str, ...] = ()
    if in_namespace:
        ip("netns", "add", in_namespace)
        ip("link", "set", other, "netns", in_namespace)
        where = ("-n", in_namespace)
    ip("addr", "add", address, "dev", name)
    ip("link", "set", name, "up")
    if peer:
        ip(*where, "addr", "add", peer, "dev", other)
    ip(*where, "link", "set", other, "up")


def ip(*arguments: str) -> None:
    """iproute2."""
    subprocess.run(["ip", *arguments], check=True)
