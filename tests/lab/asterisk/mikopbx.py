"""A MikoPBX as the lab models it: its contexts, endpoint options, busy gate and ways through the dialplan.

Modelled on what MikoPBX generates (SIPConf, InternalContexts, IncomingContexts, OutgoingContext,
DialplanApplicationConf): the names are MikoPBX's, the text is ours, and only what calls pass through is there.
"""

from lab.asterisk.endpoint import extension_sections, global_sections, trunk_sections
from lab.asterisk.exchange import Exchange, Extension
from lab.asterisk.pasted import additional_parameters, hop_is_pasted, pasted_dialplan
from lab.asterisk.tones import tone_extensions

PLAIN_HOP = "exten => _0.,1,Goto(all_peers,${EXTEN:1},1)\n"
"""The community's hop as an operator has it until he deletes it for ours."""

TEMPLATES = """[aor-common](!)
type = aor
qualify_frequency = {qualify_s}
qualify_timeout = 5
max_contacts = 5
remove_existing = yes
remove_unavailable = yes
[any-endpoint](!)
type = endpoint
disallow = all
allow = alaw,ulaw
dtmf_mode = auto
rtp_symmetric = yes
force_rport = yes
rewrite_contact = yes
ice_support = no
direct_media = no
sdp_session = PBX
timers = no
inband_progress = yes
"""

TELEPHONE = {
    "context": "all_peers",
    "send_pai": "yes",
    "device_state_busy_at": "1",
    "rtp_timeout": "120",
    "rtp_timeout_hold": "600",
    "rtp_keepalive": "30",
}
TRUNK = {"100rel": "no", "rtp_timeout": "60", "rtp_timeout_hold": "300"}

ALL_PEERS = """[general]
static = yes
writeprotect = yes
[globals]
[all_peers]
exten => _[0-9*#+]!,1,ExecIf($["${CHANNEL(channeltype)}" != "Local"]?Set(__FROM_PEER=${CHANNEL(endpoint)}):Wait(0.2))
 same => n,GosubIf($[${DIALPLAN_EXISTS(${CONTEXT}-custom,${EXTEN},1)}]?${CONTEXT}-custom,${EXTEN},1)
 same => n,GosubIf($[${DIALPLAN_EXISTS(applications,${EXTEN},1)}]?applications,${EXTEN},1)
 same => n,GosubIf($[${DIALPLAN_EXISTS(internal,${EXTEN},1)}]?internal,${EXTEN},1)
 same => n,GosubIf($[${DIALPLAN_EXISTS(outgoing,${EXTEN},1)}]?outgoing,${EXTEN},1)
 same => n,Hangup()
"""

INTERNAL_USERS = """[internal-incoming]
exten => did2user,1,Goto(internal,${EXTEN},1)
[internal-users]
exten => _X!,1,GotoIf($["${DEVICE_STATE(PJSIP/${EXTEN})}" = "BUSY"]?busy)
 same => n,Set(contacts=${PJSIP_DIAL_CONTACTS(${EXTEN})})
 same => n,ExecIf($["${contacts}" != ""]?Dial(${contacts},600,TtekKHh))
 same => n,GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)
 same => n,Hangup()
 same => n(busy),Busy(2)
"""

LAB_APPLICATIONS = """exten => 100,1,Answer()
 same => n,Milliwatt()
exten => 9196,1,Answer()
 same => n,Echo()
"""


def pjsip(exchange: Exchange) -> str:
    """pjsip.conf."""
    sections = [global_sections(exchange), TEMPLATES.format(qualify_s=exchange.qualify_s)]
    sections += [_account(exchange, telephone) for telephone in exchange.telephones]
    sections += [
        _account(exchange, connection.extension, additional_parameters(connection))
        for connection in exchange.connections
    ]
    for end in exchange.trunks:
        sections.append(trunk_sections(end, exchange, TRUNK | {"context": f"{end.endpoint}-incoming"}))
    return "".join(sections)


def _account(exchange: Exchange, extension: Extension, pasted: dict[str, str] | None = None) -> str:
    """An extension; «additional parameters» go over what MikoPBX writes of itself."""
    own = TELEPHONE | {"callerid": f"{extension.number} <{extension.number}>"}
    return extension_sections(extension, exchange, own | (pasted or {}))


def dialplan(exchange: Exchange) -> str:
    """extensions.conf, with what was pasted at its end."""
    own_hop = "" if any(map(hop_is_pasted, exchange.connections)) else PLAIN_HOP
    accounts = [*exchange.telephones, *(connection.extension for connection in exchange.connections)]
    return (
        ALL_PEERS
        + f"[applications]\n{own_hop}{LAB_APPLICATIONS}{tone_extensions()}"
        + _internal([account.number for account in accounts])
        + INTERNAL_USERS
        + _outgoing(exchange)
        + "".join(_incoming(end.endpoint) for end in exchange.trunks)
        + "".join(map(pasted_dialplan, exchange.connections))
    )


def _internal(numbers: list[str]) -> str:
    known = "${DIALPLAN_EXISTS(internal,${FROM_DID},1)}"
    return (
        "[internal]\ninclude => applications\n"
        f'exten => did2user,1,ExecIf($["${{FROM_DID}}" != "" & {known}]?Goto(internal,${{FROM_DID}},1))\n'
        " same => n,Hangup()\n"
        + "".join(f"exten => {number},1,Goto(internal-users,{number},1)\n" for number in numbers)
    )


def _outgoing(exchange: Exchange) -> str:
    routes = "".join(
        f"exten => _{end.prefix}.,1,Ringing()\n"
        f" same => n,Dial(PJSIP/${{EXTEN:{len(end.prefix)}}}@{end.endpoint},600,TK)\n"
        " same => n,Hangup()\n"
        for end in exchange.trunks
    )
    return f"[outgoing]\n{routes}"


def _incoming(endpoint: str) -> str:
    """A trunk whose incoming route is «to extension (match by DID)»."""
    return f"""[{endpoint}-incoming]
exten => _X!,1,Set(__FROM_DID=${{EXTEN}})
 same => n,Set(__FROM_PEER=${{CHANNEL(endpoint)}})
 same => n,Set(__TRANSFER_OPTIONS=t)
 same => n,GosubIf($[${{DIALPLAN_EXISTS(${{CONTEXT}}-custom,${{EXTEN}},1)}}]?${{CONTEXT}}-custom,${{EXTEN}},1)
 same => n,Dial(Local/did2user@internal-incoming,,${{TRANSFER_OPTIONS}}Kg)
 same => n,Hangup()
"""
