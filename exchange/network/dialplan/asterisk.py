"""What to paste into a plain Asterisk laid out as asterisk-quickstart is: telephones, trunks and hop in one context."""

from exchange.network.dialplan import phrases
from exchange.network.dialplan.lines import (
    any_number,
    header_context,
    hop_lines,
    number_lines,
    prefixed_caller,
    shadow_notes,
)
from exchange.network.dialplan.request import DialplanRequest, Flavour, Language, Trunk
from exchange.network.dialplan.section import Place, Section

# It marks where the operator writes his own.
PASSWORD_PLACEHOLDER = "PUT-THE-PASSWORD-HERE"  # noqa: S105
SHARED_CONTEXT = "default"

_TELL_PEER = ("Set(__FROM_PEER=${CHANNEL(endpoint)})", "Set(__FROM_DID=${EXTEN})")


def asterisk_sections(request: DialplanRequest, language: Language) -> list[Section]:
    """The sections for a plain Asterisk, those for numbers to call back only where it has trunks."""
    sections = [_extension(request, language), _numbers(request, language), _headers(language)]
    if request.trunks:
        sections += [_return_prefixes(request, language)]
        sections += [_trunk(trunk, language) for trunk in request.trunks]
        sections += [_hop(request, language)]
    return sections


def _extension(request: DialplanRequest, language: Language) -> Section:
    extension = request.extension
    text = f"""[{extension}]
type = endpoint
context = {SHARED_CONTEXT}
disallow = all
allow = alaw,ulaw
dtmf_mode = auto
rtp_symmetric = yes
force_rport = yes
rewrite_contact = yes
direct_media = no
device_state_busy_at = {request.max_calls}
callerid = {extension} <{extension}>
auth = {extension}
aors = {extension}
[{extension}]
type = auth
auth_type = userpass
username = {extension}
password = {PASSWORD_PLACEHOLDER}
[{extension}]
type = aor
max_contacts = 1
remove_existing = yes
qualify_frequency = 60
"""
    return Section(
        Place.EXTENSION,
        phrases.TITLE_EXTENSION.say(language, extension=extension, max_calls=request.max_calls),
        phrases.IN_FILE.say(language, path="config/pjsip/internal/denwa.conf"),
        text,
        (phrases.PASSWORD.say(language, placeholder=PASSWORD_PLACEHOLDER),),
    )


def _numbers(request: DialplanRequest, language: Language) -> Section:
    return Section(
        Place.NUMBERS,
        phrases.TITLE_NUMBERS.say(language, extension=request.extension),
        phrases.IN_FILE.say(language, path="config/extensions/internal/denwa.conf"),
        number_lines(request, first=_TELL_PEER),
        (
            phrases.DIRECT_DIAL.say(language),
            phrases.QUICKSTART_NUMBERS.say(language),
            phrases.OTHER_LAYOUT.say(language),
            phrases.RELOAD.say(language),
            *shadow_notes(request, Flavour.ASTERISK, language),
        ),
    )


def _headers(language: Language) -> Section:
    return Section(
        Place.CONTEXTS,
        phrases.TITLE_HEADERS.say(language),
        phrases.IN_FILE.say(language, path="config/extensions/applications/denwa.conf"),
        header_context(),
    )


def _return_prefixes(request: DialplanRequest, language: Language) -> Section:
    contexts = "".join(
        f"[{_incoming(trunk)}]\n"
        + any_number((prefixed_caller(trunk.prefix), f"Goto({SHARED_CONTEXT},${{EXTEN}},1)"))
        for trunk in request.trunks
    )
    return Section(
        Place.CONTEXTS,
        phrases.TITLE_RETURN.say(language),
        phrases.IN_FILE.say(language, path="config/extensions/applications/denwa-return.conf"),
        contexts,
        (
            phrases.BOTH_PARTS.say(language),
            phrases.SHARED_TRUNK.say(language),
            phrases.FROM_USER.say(language),
            phrases.SAME_NUMBER.say(language),
        ),
    )


def _trunk(trunk: Trunk, language: Language) -> Section:
    return Section(
        Place.TRUNK,
        phrases.TITLE_TRUNK.say(language, endpoint=trunk.endpoint),
        phrases.IN_ENDPOINT.say(language, endpoint=trunk.endpoint),
        f"context = {_incoming(trunk)}\n",
    )


def _hop(request: DialplanRequest, language: Language) -> Section:
    onward = f"Gosub({SHARED_CONTEXT},${{EXTEN:{len(request.hop_prefix)}}},1)"
    steps = ("Answer()", prefixed_caller(request.hop_prefix), onward, "Hangup()")
    return Section(
        Place.HOP,
        phrases.TITLE_HOP.say(language, hop_prefix=request.hop_prefix),
        phrases.IN_FILE.say(language, path="config/extensions/hop.conf"),
        hop_lines(request.hop_prefix, steps),
        (phrases.HOP_FILE_REPLACES.say(language),),
    )


def _incoming(trunk: Trunk) -> str:
    return f"{trunk.endpoint}-incoming"
