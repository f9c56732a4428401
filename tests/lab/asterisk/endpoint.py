"""The sections of pjsip.conf that every exchange of the lab has."""

from lab.asterisk.exchange import SIP_PORT, Exchange, Extension, Transport, TrunkEnd

LAB_ADDRESS_OPTIONS = ("media_address", "bind_rtp_to_media_address", "t38_bind_udptl_to_media_address")
"""Several exchanges share one machine here: each has its own address in SDP and as source of its media."""


def global_sections(exchange: Exchange) -> str:
    """How endpoints are told apart, and a transport for UDP and one for TCP."""
    transports = "".join(
        f"[transport-{protocol}]\ntype = transport\nprotocol = {protocol}\nbind = {exchange.address}:{SIP_PORT}\n"
        for protocol in ("udp", "tcp")
    )
    return (
        "[global]\ntype = global\ndisable_multi_domain = yes\n"
        f"endpoint_identifier_order = username,ip,anonymous\nuser_agent = PBX\n{transports}"
    )


def endpoint_section(name: str, exchange: Exchange, options: dict[str, str]) -> str:
    """An endpoint from the exchange's template, with these options over it."""
    values = (exchange.address, "yes", "yes")
    every = dict(zip(LAB_ADDRESS_OPTIONS, values, strict=True)) | options
    return f"[{name}](any-endpoint)\n" + "".join(f"{option} = {value}\n" for option, value in every.items())


def extension_sections(extension: Extension, exchange: Exchange, options: dict[str, str]) -> str:
    """An account with digest authentication."""
    number = extension.number
    pinned = (
        {}
        if extension.transport is Transport.ANY
        else {"transport": f"transport-{extension.transport.value}"}
    )
    accounts = {"aors": number, "auth": f"{number}-AUTH", "outbound_auth": f"{number}-AUTH"}
    return f"""[{number}](aor-common)
[{number}-AUTH]
type = auth
auth_type = userpass
username = {number}
password = {extension.password}
{endpoint_section(number, exchange, accounts | pinned | options)}"""


def trunk_sections(end: TrunkEnd, exchange: Exchange, options: dict[str, str]) -> str:
    """A trunk's endpoint, where it leads, and by which address its calls are known."""
    caller = {"from_user": end.from_user} if end.from_user else {}
    return f"""{endpoint_section(end.endpoint, exchange, {"aors": end.endpoint} | caller | options)}[{end.endpoint}]
type = aor
contact = sip:{end.address}:{SIP_PORT}
[{end.endpoint}]
type = identify
endpoint = {end.endpoint}
match = {end.address}
"""
