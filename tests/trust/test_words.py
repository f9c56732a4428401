"""Every refusal says what happened and what to do, in both languages."""

import pytest
from support.trusted import NOON_UTC

from exchange.network.dialplan import Language
from trust.answers import Reason, Refused
from trust.words import WORDS, said

pytestmark = pytest.mark.unit

QUOTAS = ("per_source", "per_target", "per_trunk", "in_all")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_without_an_open_place(reason: Reason, language: Language):
    text = said(Refused(reason, NOON_UTC, "home", "SIP-TRUNK-B"), language)
    what, remedy = text.split("\n    → ")
    assert what
    assert remedy
    assert "{}" not in text
    assert "  " not in text.replace("\n    ", "")
    assert (language is Language.JAPANESE) == any("ぁ" <= character <= "ん" for character in text)


def test_no_words_are_left_over():
    assert WORDS.keys() == set(Reason)


@pytest.mark.parametrize("reason", [Reason.UNKNOWN_TRUNK, Reason.NO_RETURN_PREFIX])
def test_whose_lines_are_missing_hears_what_his_operator_must_add(reason: Reason):
    text = said(Refused(reason, exchange="home", trunk="SIP-TRUNK-B"), Language.ENGLISH)
    assert "denwa dialplan" in text
    assert "each neighbour's prefix" in text
    assert '[exchanges.home] trunks = { "SIP-TRUNK-B" = "PREFIX" }' in text


@pytest.mark.parametrize(
    ("reason", "key"),
    list(zip([reason for reason in Reason if reason.name.endswith("QUOTA")], QUOTAS, strict=True)),
)
def test_a_quota_says_until_when_and_which_key_widens_it(reason: Reason, key: str):
    text = said(Refused(reason, NOON_UTC, "home", "B"), Language.ENGLISH)
    assert "2026-12-01 12:00 UTC" in text
    assert f"{key} in [trust]" in text
