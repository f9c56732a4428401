"""What to paste into a MikoPBX.

MikoPBX generates its dialplan; it jumps from a trunk's context into `<context>-custom` where there is one,
tries `applications` before the routes out, and appends what its user wrote to extensions.conf.
"""

from exchange.network.dialplan import phrases
from exchange.network.dialplan.lines import (
    any_number,
    header_context,
    hop_lines,
    number_lines,
    prefixed_caller,
    shadow_notes,
)
from exchange.network.dialplan.request import DialplanRequest, Flavour, Language
from exchange.network.dialplan.section import Place, Section


def mikopbx_sections(request: DialplanRequest, language: Language) -> list[Section]:
    """The sections for a MikoPBX, those for numbers to call back only where it has trunks."""
    sections = [_extension(request, language), _numbers(request, language)]
    if request.trunks:
        sections += [_return_prefixes(request, language), _hop(request, language)]
    return sections


def _extension(request: DialplanRequest, language: Language) -> Section:
    return Section(
        Place.EXTENSION,
        phrases.TITLE_EXTENSION.say(language, extension=request.extension, max_calls=request.max_calls),
        phrases.IN_EXTENSION.say(language, extension=request.extension),
        f"[endpoint]\ndevice_state_busy_at = {request.max_calls}\n",
        (phrases.BUSY_GATE.say(language, extension=request.extension), phrases.MODEL_ONLY.say(language)),
    )


def _numbers(request: DialplanRequest, language: Language) -> Section:
    return Section(
        Place.NUMBERS,
        phrases.TITLE_NUMBERS.say(language, extension=request.extension),
        phrases.IN_CUSTOM_FILE.say(language),
        f"[applications]\n{number_lines(request)}{header_context()}",
        (
            phrases.DIRECT_DIAL.say(language),
            phrases.INCOMING_ROUTE.say(language),
            *shadow_notes(request, Flavour.MIKOPBX, language),
            phrases.MODEL_ONLY.say(language),
        ),
    )


def _return_prefixes(request: DialplanRequest, language: Language) -> Section:
    contexts = "".join(
        f"[{trunk.endpoint}-incoming-custom]\n" + any_number((prefixed_caller(trunk.prefix), "Return()"))
        for trunk in request.trunks
    )
    return Section(
        Place.CONTEXTS,
        phrases.TITLE_RETURN.say(language),
        phrases.IN_CUSTOM_FILE.say(language),
        contexts,
        (
            phrases.BOTH_PARTS.say(language),
            phrases.CONTEXT_NAME.say(language),
            phrases.FROM_USER.say(language),
            phrases.SAME_NUMBER.say(language),
            phrases.MODEL_ONLY.say(language),
        ),
    )


def _hop(request: DialplanRequest, language: Language) -> Section:
    onward = f"Goto(all_peers,${{EXTEN:{len(request.hop_prefix)}}},1)"
    lines = hop_lines(request.hop_prefix, (prefixed_caller(request.hop_prefix), onward))
    return Section(
        Place.HOP,
        phrases.TITLE_HOP.say(language, hop_prefix=request.hop_prefix),
        phrases.IN_CUSTOM_FILE.say(language),
        f"[applications]\n{lines}",
        (
            phrases.HOP_REPLACES.say(language, hop_prefix=request.hop_prefix),
            phrases.MODEL_ONLY.say(language),
        ),
    )
