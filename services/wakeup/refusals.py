"""Which clip says a refusal; what an operator must do stands in the log and in docs/trust.md."""

from trust.answers import Reason, Refused

_CLIPS = {
    Reason.WITHHELD: "no_number",
    Reason.CLAIM: "no_number",
    Reason.UNKNOWN_TRUNK: "no_way_back",
    Reason.NUMBER_LOST: "no_way_back",
    Reason.NO_RETURN_PREFIX: "no_way_back",
    Reason.NO_EXCHANGE: "no_way_back",
    Reason.OPTED_OUT: "opted_out",
    Reason.PROVING_LATELY: "quota",
    Reason.SOURCE_QUOTA: "quota",
    Reason.TARGET_QUOTA: "quota",
    Reason.TRUNK_QUOTA: "quota",
    Reason.TOTAL_QUOTA: "quota",
    Reason.NO_CODE: "code_wrong",
    Reason.WRONG_CODE: "code_wrong",
    Reason.CODE_LOCKED: "code_wrong",
}


def refusal_clip(refused: Refused) -> str:
    """The clip's name."""
    return _CLIPS.get(refused.reason, "not_allowed")
