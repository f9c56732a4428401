"""How a refusal is said, and what to do; what an operator must do stands in the log and in docs/trust.md."""

from services.wakeup.dialled import Simple
from services.wakeup.office import Office
from services.wakeup.phrases import Names
from trust.answers import Reason, Refused

_CLIPS = {
    Reason.WITHHELD: "no_number",
    Reason.CLAIM: "no_number",
    Reason.UNKNOWN_TRUNK: "no_way_back",
    Reason.NUMBER_LOST: "no_way_back",
    Reason.NO_RETURN_PREFIX: "no_way_back",
    Reason.NO_EXCHANGE: "no_way_back",
    Reason.PROVING_LATELY: "quota",
    Reason.SOURCE_QUOTA: "quota",
    Reason.TARGET_QUOTA: "quota",
    Reason.TRUNK_QUOTA: "quota",
    Reason.TOTAL_QUOTA: "quota",
    Reason.NO_CODE: "code_wrong",
    Reason.WRONG_CODE: "code_wrong",
    Reason.CODE_LOCKED: "code_locked",
}
_REMEDIES = {Reason.WITHHELD: "show_number", Reason.CLAIM: "ask_operator"}
"""Where the clip does not say what to do."""


def refusal(office: Office, refused: Refused) -> Names:
    """What is said to whoever booked, or dialled a code."""
    if refused.reason is Reason.OPTED_OUT:
        return office.phrases.opted_out(office.config.prefix, Simple.OPT_IN.value)
    clip = _CLIPS.get(refused.reason)
    if clip is None:
        return ("not_allowed", "ask_operator")
    remedy = _REMEDIES.get(refused.reason)
    return (clip, remedy) if remedy else (clip,)


def opt_in_refusal(refused: Refused) -> Names:
    """What is said to whoever may not take it back himself that his telephone is never rung."""
    what = "opted_out" if refused.reason is Reason.OPTED_OUT else "not_allowed"
    return (what, "ask_operator")
