"""The lab as tests use it: the exchanges, fresh extensions and telephones, commands within its namespace."""

import contextlib
import dataclasses
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lab.asterisk.exchange import Connection, Extension, Transport
from lab.asterisk.install import Install
from lab.asterisk.running import RunningExchange
from lab.baresip import BaresipPhone
from lab.capture import Capture
from lab.namespace import Namespace
from lab.network import ADDRESSES, describe_exchange, service_connection
from lab.sipp import SippResult, call_many
from support.sip_agent import SipAgent

FRESH_EXTENSIONS = 299


class Lab:
    """Four exchanges, booted side by side in a network namespace of their own."""

    def __init__(self, folder: Path, install: Install) -> None:
        """Boot them; their files and logs are under `folder`."""
        self.folder = folder
        self.namespace = Namespace()
        self.exchanges = {
            name: RunningExchange(describe_exchange(name), folder / name, install, self.namespace)
            for name in ADDRESSES
        }
        self.a, self.b, self.c, self.q = self.exchanges.values()
        self._telephones_given = dict.fromkeys(ADDRESSES, 0)
        self._tcp_telephones_given = dict.fromkeys(ADDRESSES, 0)
        self._connections_made = 0
        self._addresses_given = 0
        try:
            for exchange in self.exchanges.values():
                exchange.start()
            for exchange in self.exchanges.values():
                exchange.wait_booted()
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def altered(self, at: RunningExchange, **changes: Any) -> Iterator[None]:
        """An exchange with other trunks or telephones for a while, as the fields of Exchange name them."""
        before = at.exchange
        at.become(dataclasses.replace(before, **changes))
        try:
            yield
        finally:
            at.become(before)

    def capture(self, path: Path, ports: tuple[int, int]) -> Capture:
        """Record the UDP of a range of ports into a file that ends in .pcap."""
        return Capture(self.namespace, path, ports)

    def call_many(self, at: RunningExchange, folder: Path, number: str, **wishes: Any) -> SippResult:
        """Many calls from a fresh extension of an exchange, and how they went.

        Args:
            at: the exchange.
            folder: an empty folder for sipp.
            number: what is dialled.
            wishes: calls, a_second, talk_s, address, as `lab.sipp.call_many` has them.
        """
        address = wishes.pop("address", None) or self.fresh_address()
        account = self.fresh_extension(at)
        return call_many(self.namespace, folder, address, at.address, account, number, **wishes)

    def close(self) -> None:
        """End all of it."""
        for exchange in self.exchanges.values():
            exchange.kill()
        self.namespace.close()

    def run(
        self, command: Sequence[str | os.PathLike[str]], **options: Any
    ) -> subprocess.CompletedProcess[Any]:
        """subprocess.run within the lab's network."""
        return self.namespace.run(command, **options)

    def popen(self, command: Sequence[str | os.PathLike[str]], **options: Any) -> subprocess.Popen[Any]:
        """subprocess.Popen within the lab's network; call it from the main thread, with which it ends."""
        return self.namespace.popen(command, **options)

    def fresh_address(self) -> str:
        """A loopback address that nobody else has; all its ports are free."""
        self._addresses_given += 1
        return f"127.0.{1 + self._addresses_given // 250}.{1 + self._addresses_given % 250}"

    def fresh_extension(self, at: RunningExchange, transport: Transport = Transport.UDP) -> Extension:
        """A telephone's account that the last tests did not use."""
        pool = [account for account in at.exchange.telephones if account.transport is transport]
        given = self._tcp_telephones_given if transport is Transport.TCP else self._telephones_given
        given[at.exchange.name] += 1
        return pool[(given[at.exchange.name] - 1) % len(pool)]

    def connect(self, at: RunningExchange, **wishes: Any) -> Connection:
        """A fresh service extension at an exchange, with what denwa prints pasted in place of the one before.

        Args:
            at: the exchange.
            wishes: numbers, max_calls, transport, busy_gate_open, as `service_connection` has them.
        """
        self._connections_made = self._connections_made % FRESH_EXTENSIONS + 1
        connection = service_connection(at.exchange, self._connections_made, **wishes)
        at.paste(connection)
        return connection

    def telephone(
        self, at: RunningExchange, folder: Path, account: Extension | None = None, **wishes: Any
    ) -> BaresipPhone:
        """A baresip at an exchange, registered.

        Args:
            at: the exchange.
            folder: an empty folder for it.
            account: as whom; a fresh extension if None.
            wishes: says (WAV), transport, codecs, answers, as BaresipPhone has them.
        """
        account = account or self.fresh_extension(at, wishes.get("transport", Transport.UDP))
        phone = BaresipPhone(self.namespace, folder, self.fresh_address(), at.address, account, **wishes)
        try:
            at.wait_registered(account.number)
        except BaseException:
            phone.close()
            raise
        return phone

    def agent(self, at: RunningExchange, account: Extension) -> SipAgent:
        """A bare SIP user agent at an exchange, registered, to see requests as they come."""
        agent = SipAgent(
            self.namespace.socket(), self.fresh_address(), at.address, account.number, account.password
        )
        assert agent.register().status == 200
        return agent
