"""How findings are shown, to people and to programs, and what the documents show of it."""

import json

import pytest
from docs.pages import ROOT, blocks
from support.doctor_samples import HEARD, SUBJECT

from denwa.doctor import busy_gate, codecs, digits, numbers, sound
from denwa.doctor.finding import Finding, Level
from denwa.doctor.report import as_json, block, verdict
from denwa.doctor.self_call import DIGIT, Talk
from denwa.language import Text
from exchange.sip.leg import DigitSource, End, EndedBy

pytestmark = pytest.mark.unit

WHAT, REMEDY = Text("It is so.", "こうです。"), Text("Do this:", "こうします:")


def finding(level: Level, check: str = "sound") -> Finding:
    return Finding(check, level, WHAT, REMEDY, ("[endpoint]", "a = 1"), ("x.y",), "services")


def plain(finding: Finding, language: str) -> str:
    """As it is where there are no colours."""
    from click import unstyle  # noqa: PLC0415

    return unstyle(block(finding, language))  # type: ignore[arg-type]


def test_what_is_to_be_mended_is_a_block_with_the_lines_alone():
    assert plain(finding(Level.FAIL), "en").splitlines() == [
        "mend  sound (services): It is so.",
        "    → Do this:",
        "        [endpoint]",
        "        a = 1",
    ]


def test_the_same_in_japanese():
    assert plain(finding(Level.WARN), "ja").splitlines()[:2] == [
        "注意  音 (services): こうです。",
        "    → こうします:",
    ]


def test_what_is_well_is_one_line():
    assert plain(finding(Level.OK), "en") == "ok  sound (services): It is so."


@pytest.mark.parametrize(
    ("levels", "en", "ja"),
    [
        ([Level.OK, Level.NOTE], "All is well.", "すべて良好です。"),
        (
            [Level.WARN, Level.WARN],
            "Nothing must be mended; 2 to look at.",
            "直すべきものはありません。注意が 2 件あります。",
        ),
        ([Level.WARN, Level.FAIL], "1 to mend.", "直すべきものが 1 件あります。"),
    ],
)
def test_the_last_line_counts(levels: list[Level], en: str, ja: str):
    findings = [finding(level) for level in levels]
    assert (verdict(findings, "en"), verdict(findings, "ja")) == (en, ja)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_programs_get_one_object(language: str):
    found = json.loads(as_json([finding(Level.OK), finding(Level.FAIL)], language))  # type: ignore[arg-type]
    assert found["ok"] is False
    assert found["findings"][1] == {
        "check": "sound",
        "level": "fail",
        "subject": "services",
        "what": WHAT.say(language),  # type: ignore[arg-type]
        "remedy": REMEDY.say(language),  # type: ignore[arg-type]
        "paste": ["[endpoint]", "a = 1"],
        "fields": ["x.y"],
    }


GATE = busy_gate.judge(SUBJECT, *busy_gate.of_refusal(End(EndedBy.FAR_END, 486, "Busy Here")))
EXAMPLES = [
    sound.judge(SUBJECT, HEARD, HEARD),
    codecs.judge(SUBJECT, HEARD, HEARD),
    digits.judge(SUBJECT, Talk(HEARD, HEARD, (DigitSource.EVENT,), DIGIT)),
    GATE,
    numbers.judge(SUBJECT, ["117", "186"], [], None)[0],
]


@pytest.mark.parametrize("page", ["docs/doctor.md", "docs/ja/doctor.md"])
def test_the_documents_show_what_is_shown(page: str):
    english, japanese = (block.text for block in blocks(ROOT / page, "text"))
    for example in EXAMPLES:
        assert plain(example, "en") in english
    assert plain(GATE, "ja") in japanese
    assert english.endswith(verdict([GATE], "en") + "\n")


def test_the_documents_table_has_each_check():
    for language, page in (("en", "docs/doctor.md"), ("ja", "docs/ja/doctor.md")):
        text = (ROOT / page).read_text()
        for check in (
            "configuration",
            "clock",
            "address",
            "registration",
            "port",
            "sound",
            "codecs",
            "digits",
        ):
            word = plain(finding(Level.OK, check), language).partition("  ")[2].partition(" (")[0]
            assert f"\n| {word} |" in text
