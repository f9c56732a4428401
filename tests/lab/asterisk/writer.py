"""Writes the configuration of an exchange."""

from pathlib import Path

from lab.asterisk import mikopbx, quickstart
from lab.asterisk.exchange import Exchange
from lab.asterisk.files import write_common_files
from lab.asterisk.install import Install

from exchange.network.dialplan import Flavour


def write_exchange(exchange: Exchange, folder: Path, install: Install) -> None:
    """All of FOLDER/etc, and the folders that a running Asterisk needs."""
    write_common_files(exchange, folder, install)
    write_own_files(exchange, folder)


def write_own_files(exchange: Exchange, folder: Path) -> None:
    """What differs between exchanges, and what a reload takes up."""
    model = mikopbx if exchange.flavour is Flavour.MIKOPBX else quickstart
    (folder / "etc/pjsip.conf").write_text(model.pjsip(exchange))
    (folder / "etc/extensions.conf").write_text(model.dialplan(exchange))
