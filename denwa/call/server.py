"""Whom `denwa call` sends its INVITE to: denwa on this machine, a server by address, or an exchange as an extension."""

import socket
from dataclasses import dataclass

from denwa.config.load import Configuration
from exchange.sip.address import AddressError

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """Host and port (or ""), and what to log in with."""

    address: str = ""
    user: str = ""
    password: str = ""
    tcp: bool = False


def find_server(configuration: Configuration, asked: Server, extension: str) -> Server:
    """The server with a numeric address and the credentials to be used there.

    Raises:
        AddressError: the host's name has no address, or there is no such extension.
    """
    if extension:
        if extension not in configuration.extensions:
            known = ", ".join(configuration.extensions) or "none"
            raise AddressError(
                f"there is no extension {extension!r} in the configuration (there are: {known})"
            )
        settings = configuration.extensions[extension]
        exchange = configuration.exchanges[settings.exchange]
        password = settings.password.get_secret_value() if settings.password else ""
        place = f"{exchange.host}:{exchange.port}"
        return Server(_numeric(place), settings.user, password, exchange.transport == "tcp")
    if asked.address:
        return Server(_numeric(asked.address), asked.user or "telephone", asked.password, asked.tcp)
    here = configuration.sip.address or LOOPBACK
    return Server(f"{here}:{configuration.sip.port}", "telephone", tcp=asked.tcp)


def _numeric(place: str) -> str:
    host, _, port = place.partition(":")
    try:
        return f"{socket.gethostbyname(host)}:{port or 5060}"
    except OSError as error:
        raise AddressError(f"no address for {host}: {error.strerror}") from error
