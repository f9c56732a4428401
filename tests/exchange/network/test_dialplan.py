"""The text to paste: exact lines for both kinds of exchange, in both languages, honest about what was tried."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.network.dialplan import (
    PASSWORD_PLACEHOLDER,
    DialplanRequest,
    Flavour,
    Language,
    Place,
    Section,
    ServiceNumber,
    Trunk,
    dialplan_sections,
    render,
)
from exchange.network.numbers import NumberError
from exchange.network.patterns import NumberPattern

pytestmark = pytest.mark.unit

parse = NumberPattern.parse


def request_with(**changes: object) -> DialplanRequest:
    fields: dict[str, object] = {
        "extension": "7000",
        "numbers": (ServiceNumber(parse("117"), "clock"), ServiceNumber(parse("7XXXX"), "wakeup")),
        "max_calls": 20,
        "trunks": (Trunk("SIP-TRUNK-B", "390"),),
        "known_prefixes": ("732", "767"),
    }
    return DialplanRequest(**(fields | changes))  # type: ignore[arg-type]


def texts(request: DialplanRequest, flavour: Flavour, place: Place) -> list[str]:
    sections = dialplan_sections(request, flavour, Language.ENGLISH)
    return [section.text for section in sections if section.place is place]


def notes(request: DialplanRequest, flavour: Flavour, language: Language = Language.ENGLISH) -> str:
    return "\n".join(
        note for section in dialplan_sections(request, flavour, language) for note in section.notes
    )


def test_mikopbx_gets_the_extensions_parameter():
    assert texts(request_with(), Flavour.MIKOPBX, Place.EXTENSION) == [
        "[endpoint]\ndevice_state_busy_at = 20\n"
    ]


def test_mikopbx_gets_each_number_and_range_as_a_dial_that_keeps_the_digits():
    assert texts(request_with(), Flavour.MIKOPBX, Place.NUMBERS) == [
        """[applications]
; clock
exten => 117,1,Dial(PJSIP/${EXTEN}@7000,60,b(svc-hdr,s,1))
 same => n,Hangup()
; wakeup
exten => _7XXXX,1,Dial(PJSIP/${EXTEN}@7000,60,b(svc-hdr,s,1))
 same => n,Hangup()
[svc-hdr]
exten => s,1,Set(PJSIP_HEADER(add,X-From-Peer)=${FROM_PEER})
 same => n,Set(PJSIP_HEADER(add,X-From-Did)=${FROM_DID})
 same => n,Return()
"""
    ]


def test_mikopbx_gets_the_return_prefix_in_the_trunks_custom_context_and_at_the_hop():
    request = request_with(trunks=(Trunk("SIP-TRUNK-B", "390"), Trunk("SIP-TRUNK-D", "661")))
    (contexts,) = texts(request, Flavour.MIKOPBX, Place.CONTEXTS)
    assert re.findall(r"^\[(.*)\]$", contexts, re.MULTILINE) == [
        "SIP-TRUNK-B-incoming-custom",
        "SIP-TRUNK-D-incoming-custom",
    ]
    assert "Set(CALLERID(num)=390${CALLERID(num)})" in contexts
    assert "Set(CALLERID(num)=661${CALLERID(num)})" in contexts
    assert contexts.count("Return()") == 2
    (hop,) = texts(request, Flavour.MIKOPBX, Place.HOP)
    context, first, second = hop.splitlines()
    assert context == "[applications]"
    assert first.startswith("exten => _0.,1,ExecIf(")
    assert "Set(CALLERID(num)=0${CALLERID(num)})" in first
    assert second == " same => n,Goto(all_peers,${EXTEN:1},1)"


def test_a_longer_hop_prefix_is_stripped_whole():
    request = request_with(hop_prefix="99")
    assert "all_peers,${EXTEN:2},1" in texts(request, Flavour.MIKOPBX, Place.HOP)[0]
    assert texts(request, Flavour.ASTERISK, Place.HOP)[0].startswith("exten => _99.,1,Answer()\n")


def test_a_plain_asterisk_gets_the_whole_extension_with_a_place_for_the_password():
    (extension,) = texts(request_with(), Flavour.ASTERISK, Place.EXTENSION)
    assert extension.count("[7000]\n") == 3
    assert "device_state_busy_at = 20\n" in extension
    assert f"password = {PASSWORD_PLACEHOLDER}\n" in extension
    assert PASSWORD_PLACEHOLDER in notes(request_with(), Flavour.ASTERISK)


def test_a_plain_asterisk_sets_itself_what_mikopbx_knows_already():
    (numbers,) = texts(request_with(), Flavour.ASTERISK, Place.NUMBERS)
    assert "[" not in numbers.splitlines()[0], (
        "it goes into the shared context, whose name stands there already"
    )
    assert numbers.count("Set(__FROM_PEER=${CHANNEL(endpoint)})") == 2
    assert numbers.count("Set(__FROM_DID=${EXTEN})") == 2
    assert " same => n,Dial(PJSIP/${EXTEN}@7000,60,b(svc-hdr,s,1))\n" in numbers


def test_a_plain_asterisk_keeps_its_answer_before_the_hop():
    (hop,) = texts(request_with(), Flavour.ASTERISK, Place.HOP)
    assert hop.startswith("exten => _0.,1,Answer()\n")
    assert "Gosub(default,${EXTEN:1},1)" in hop


def test_each_trunk_of_a_plain_asterisk_is_led_into_its_own_context():
    request = request_with(trunks=(Trunk("yudetel", "390"), Trunk("shinano", "661")))
    assert texts(request, Flavour.ASTERISK, Place.TRUNK) == [
        "context = yudetel-incoming\n",
        "context = shinano-incoming\n",
    ]
    assert "[shinano-incoming]" in "".join(texts(request, Flavour.ASTERISK, Place.CONTEXTS))


@pytest.mark.parametrize("flavour", Flavour)
def test_an_exchange_without_trunks_is_asked_for_nothing_about_them(flavour: Flavour):
    places = {s.place for s in dialplan_sections(request_with(trunks=()), flavour, Language.ENGLISH)}
    assert not places & {Place.HOP, Place.TRUNK}


@pytest.mark.parametrize("flavour", Flavour)
def test_the_language_changes_the_explanation_and_never_the_text(flavour: Flavour):
    english = dialplan_sections(request_with(), flavour, Language.ENGLISH)
    japanese = dialplan_sections(request_with(), flavour, Language.JAPANESE)
    assert [(s.place, s.text) for s in english] == [(s.place, s.text) for s in japanese]
    kana = re.compile("[ぁ-んァ-ン]")
    for one, other in zip(english, japanese, strict=True):
        assert len(one.notes) == len(other.notes)
        assert not kana.search(one.title + one.where + "".join(one.notes))
        assert kana.search(other.title)
        assert all(kana.search(note) for note in other.notes)
    assert all(section.text.isascii() for section in english)


def test_every_section_for_mikopbx_says_that_only_our_model_was_tried():
    for language, words in (
        (Language.ENGLISH, "our model of MikoPBX"),
        (Language.JAPANESE, "MikoPBX を模した"),
    ):
        for section in dialplan_sections(request_with(), Flavour.MIKOPBX, language):
            assert any(words in note for note in section.notes), section.title


def test_names_the_prefixes_that_the_numbers_shadow_and_by_how_many_digits():
    mikopbx = notes(request_with(), Flavour.MIKOPBX)
    assert "732 + 2 digits reach wakeup (7XXXX), no longer the exchange 732" in mikopbx
    assert "767 + 2 digits reach wakeup" in mikopbx
    assert "narrow" in mikopbx
    assert "732 + 2 桁" in notes(request_with(), Flavour.MIKOPBX, Language.JAPANESE)


def test_in_a_plain_asterisk_the_prefix_wins_over_a_range_and_loses_to_a_single_number():
    assert "732 + 2 digits reach the exchange 732, not wakeup" in notes(request_with(), Flavour.ASTERISK)
    request = request_with(numbers=(ServiceNumber(parse("73211"), "clock"),))
    assert "732 + 2 digits reach clock (73211), no longer" in notes(request, Flavour.ASTERISK)


def test_a_narrower_range_shadows_nothing_and_says_so():
    narrow = request_with(numbers=(ServiceNumber(parse("7[0-2]XXX"), "wakeup"),))
    assert "Mind" not in notes(narrow, Flavour.MIKOPBX)
    assert "No number of these overlaps with the prefixes in the configuration (390, 732, 767)" in notes(
        narrow, Flavour.MIKOPBX
    )


def test_without_known_prefixes_it_says_that_it_did_not_look():
    request = request_with(trunks=(), known_prefixes=())
    assert "overlaps were not looked for" in notes(request, Flavour.MIKOPBX)


def test_an_open_range_and_the_hops_own_prefix_are_named_too():
    request = request_with(
        numbers=(ServiceNumber(parse("7."), "wakeup"), ServiceNumber(parse("0117"), "clock"))
    )
    assert "732 + 1 digits or more reach wakeup" in notes(request, Flavour.MIKOPBX)
    assert "the numbers of clock (0117) overlap with the hop's prefix 0" in notes(request, Flavour.MIKOPBX)


@pytest.mark.parametrize(
    "changes",
    [
        {"extension": "7000]\n[x"},
        {"extension": ""},
        {"extension": "7000)"},
        {"numbers": ()},
        {"max_calls": 0},
        {"known_prefixes": ("73x",)},
        {"hop_prefix": ""},
    ],
)
def test_refuses_what_would_break_the_dialplan(changes: dict[str, object]):
    with pytest.raises(NumberError):
        request_with(**changes)


@pytest.mark.parametrize("name", ["", "a\nb", "a,b", "a)", "a b", "é"])
def test_refuses_names_that_could_break_a_line(name: str):
    with pytest.raises(NumberError):
        ServiceNumber(parse("117"), name)
    with pytest.raises(NumberError):
        Trunk(name, "390")


pattern_texts = st.from_regex(r"[1-9*#XZN][0-9*#XZN]{0,4}[.!]?", fullmatch=True)
requests = st.builds(
    DialplanRequest,
    extension=st.from_regex(r"[0-9]{3,5}", fullmatch=True),
    numbers=st.lists(
        st.builds(ServiceNumber, pattern_texts.map(parse), st.from_regex(r"[a-z-]{1,8}", fullmatch=True)),
        min_size=1,
        max_size=4,
    ).map(tuple),
    max_calls=st.integers(1, 2000),
    trunks=st.lists(
        st.builds(
            Trunk,
            st.from_regex(r"[A-Z][A-Z-]{0,9}", fullmatch=True),
            st.from_regex(r"[0-9]{2,4}", fullmatch=True),
        ),
        max_size=3,
    ).map(tuple),
    known_prefixes=st.lists(st.from_regex(r"[0-9]{1,4}", fullmatch=True), max_size=4).map(tuple),
)

LINE = re.compile(
    r"exten => (_?[0-9*#XZN\[\].!-]+|s),1,.+\)| same => n,.+\)|\[[A-Za-z0-9._-]+\]|; [a-z-]+"
    r"|[a-z_]+ = \S.*"
)


@given(requests, st.sampled_from(Flavour), st.sampled_from(Language))
def test_whatever_is_configured_each_line_is_one_that_asterisk_reads(
    request_: DialplanRequest, flavour: Flavour, language: Language
):
    for section in dialplan_sections(request_, flavour, language):
        assert section.text.endswith("\n")
        for line in section.text.splitlines():
            assert LINE.fullmatch(line), line
            assert line.count("(") == line.count(")")
            assert line.count("{") == line.count("}")


@given(requests, st.text("0123456789", min_size=1, max_size=3))
def test_a_number_is_shadowed_exactly_where_its_note_says(request_: DialplanRequest, after: str):
    """Compare each dialled prefix + digits with the warning for MikoPBX, where our numbers go first."""
    said = notes(request_, Flavour.MIKOPBX)
    for prefix in request_.prefixes:
        for number in request_.numbers:
            claimed = number.pattern.matches(prefix + after)
            warned = re.search(
                rf"Mind: {re.escape(prefix)} \+ \d+ digits( or more)? reach {number.service} "
                rf"\({re.escape(number.pattern.text)}\)",
                said,
            )
            hop = prefix == request_.hop_prefix and "overlap with the hop" in said
            assert warned or hop or not claimed


def test_the_page_shows_every_text_whole_between_dashes():
    sections = dialplan_sections(request_with(), Flavour.MIKOPBX, Language.ENGLISH)
    page = render(sections)
    between = page.split("-" * 72 + "\n")[1::2]
    assert between == [section.text for section in sections]


def test_the_page_numbers_its_sections():
    sections = [Section(Place.HOP, f"title {n}", "here", "x\n") for n in (1, 2)]
    assert re.findall(r"^## (\d)\. (title \d)$", render(sections), re.MULTILINE) == [
        ("1", "title 1"),
        ("2", "title 2"),
    ]
