"""A plain Asterisk as asterisk-quickstart lays it out: telephones, trunks and hop share the context `default`.

Its hop answers before it dials on; its trunks may send the media past it (direct_media).
"""

from lab.asterisk.endpoint import extension_sections, global_sections, trunk_sections
from lab.asterisk.exchange import Exchange
from lab.asterisk.pasted import (
    pasted_contexts,
    pasted_extension,
    pasted_hop,
    pasted_numbers,
    trunk_parameters,
)

PLAIN_HOP = """exten => _0.,1,Answer()
 same => n,Gosub(default,${EXTEN:1},1)
 same => n,Hangup()
"""

TEMPLATES = """[aor-common](!)
type = aor
qualify_frequency = {qualify_s}
max_contacts = 1
remove_existing = yes
[any-endpoint](!)
type = endpoint
disallow = all
allow = alaw,ulaw
"""

TRUNK = {
    "context": "default",
    "100rel": "no",
    "dtmf_mode": "auto",
    "rtp_symmetric": "yes",
    "force_rport": "yes",
    "rewrite_contact": "yes",
    "direct_media": "yes",
    "timers": "no",
    "rtp_timeout": "30",
    "rtp_timeout_hold": "30",
    "inband_progress": "yes",
}

CATCH_ALL = """exten => _X.,1,Playback(ss-noservice)
 same => n,Hangup()
"""


def pjsip(exchange: Exchange) -> str:
    """pjsip.conf."""
    sections = [global_sections(exchange), TEMPLATES.format(qualify_s=exchange.qualify_s)]
    sections += [
        extension_sections(telephone, exchange, {"context": "default"}) for telephone in exchange.telephones
    ]
    sections += [pasted_extension(connection, exchange) for connection in exchange.connections]
    for end in exchange.trunks:
        pasted = trunk_parameters(exchange.connections, end.endpoint)
        sections.append(trunk_sections(end, exchange, TRUNK | pasted))
    return "".join(sections)


def dialplan(exchange: Exchange) -> str:
    """extensions.conf: what stands in files of their own there is included here."""
    outward = "".join(
        f"exten => _{end.prefix}.,1,Dial(PJSIP/${{EXTEN:{len(end.prefix)}}}@{end.endpoint})\n"
        for end in exchange.trunks
    )
    inward = "".join(
        f"exten => {telephone.number},1,Dial(PJSIP/{telephone.number})\n same => n,Hangup()\n"
        for telephone in exchange.telephones
    )
    numbers = "".join(map(pasted_numbers, exchange.connections))
    hop = next(filter(None, map(pasted_hop, exchange.connections)), PLAIN_HOP)
    contexts = "".join(map(pasted_contexts, exchange.connections))
    return f"[general]\n[globals]\n{contexts}[default]\n{outward}{inward}{numbers}{hop}{CATCH_ALL}"
