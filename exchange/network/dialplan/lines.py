"""The lines of a dialplan that both kinds of exchange share, and the notes on clashing numbers."""

from exchange.network.dialplan import phrases
from exchange.network.dialplan.request import DialplanRequest, Flavour, Language
from exchange.network.dialplan.shadows import Shadow, shadows

HEADER_CONTEXT = "svc-hdr"
"""The context that adds our headers to a call on its way to us, and its one name everywhere."""

_RING_S = 60


def number_lines(request: DialplanRequest, first: tuple[str, ...] = ()) -> str:
    """For each number: dial the extension with all the digits, after the applications in `first`."""
    dial = f"Dial(PJSIP/${{EXTEN}}@{request.extension},{_RING_S},b({HEADER_CONTEXT},s,1))"
    steps = (*first, dial, "Hangup()")
    return "".join(
        f"; {number.service}\n{_extension(number.pattern.extension, steps)}" for number in request.numbers
    )


def header_context() -> str:
    """The context that says by which peer a call came and what it dialled."""
    return f"[{HEADER_CONTEXT}]\n" + _extension(
        "s",
        (
            "Set(PJSIP_HEADER(add,X-From-Peer)=${FROM_PEER})",
            "Set(PJSIP_HEADER(add,X-From-Did)=${FROM_DID})",
            "Return()",
        ),
    )


def prefixed_caller(prefix: str) -> str:
    """The application that puts `prefix` before the caller's number, if it is a number at all."""
    is_number = '${REGEX("^[0-9*#]+$" ${CALLERID(num)})}'
    return f"ExecIf($[{is_number}]?Set(CALLERID(num)={prefix}${{CALLERID(num)}}))"


def any_number(steps: tuple[str, ...]) -> str:
    """These applications for whatever number is dialled."""
    return _extension("_[0-9*#]!", steps)


def hop_lines(hop_prefix: str, steps: tuple[str, ...]) -> str:
    """These applications for the hop's prefix and a number after it."""
    return _extension(f"_{hop_prefix}.", steps)


def shadow_notes(request: DialplanRequest, flavour: Flavour, language: Language) -> tuple[str, ...]:
    """What to know about numbers that others claim too."""
    clashes = shadows(request, flavour)
    notes = [_clash_note(clash, request, language) for clash in clashes]
    if any(clash.prefix != request.hop_prefix for clash in clashes):
        notes.append(phrases.NARROWER.say(language))
    elif request.prefixes:
        notes.append(phrases.NO_SHADOW.say(language, prefixes=", ".join(request.prefixes)))
    else:
        notes.append(phrases.NO_PREFIXES.say(language))
    return tuple(notes)


def _clash_note(clash: Shadow, request: DialplanRequest, language: Language) -> str:
    outcome = phrases.SERVICE_SHADOWS if clash.service_wins else phrases.PREFIX_SHADOWS
    phrase = phrases.HOP_CLASH if clash.prefix == request.hop_prefix else outcome
    return phrase.say(
        language,
        prefix=clash.prefix,
        digits=clash.digits_after,
        or_more=phrases.OR_MORE.say(language) if clash.or_more else "",
        service=clash.number.service,
        pattern=clash.number.pattern.text,
    )


def _extension(extension: str, steps: tuple[str, ...]) -> str:
    first, *rest = steps
    return f"exten => {extension},1,{first}\n" + "".join(f" same => n,{step}\n" for step in rest)
