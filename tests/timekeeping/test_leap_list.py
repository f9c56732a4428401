"""The system's list of leap seconds."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timekeeping import leap_list
from timekeeping.leap import LeapSecond, LeapTable, UtcSecond
from timekeeping.leap_list import (
    FIRST,
    NTP_TO_POSIX_S,
    LeapListError,
    parse_iers,
    parse_tzdata,
    read_leap_table,
)

pytestmark = pytest.mark.unit

JULY_1972 = 78_796_800
JANUARY_1973 = 94_694_400
SHORT = "2272060800 10 # 1 Jan 1972\n2287785600\t11\n"


def tables() -> st.SearchStrategy[LeapTable]:
    """Any lawful table: one midnight after another, a second more or less at each."""

    def build(days: list[int], changes: list[int], expires: int | None) -> LeapTable:
        entries = [FIRST]
        for day, change in zip(sorted(days), changes, strict=False):
            entries.append(
                LeapSecond(FIRST.from_utc_s + day * 86_400, max(entries[-1].tai_minus_utc_s + change, 0))
            )
            if entries[-1].tai_minus_utc_s == entries[-2].tai_minus_utc_s:
                entries.pop()
        return LeapTable(tuple(entries), expires)

    return st.builds(
        build,
        st.lists(st.integers(1, 40_000), unique=True, max_size=40),
        st.lists(st.sampled_from([1, 1, 1, -1]), min_size=40, max_size=40),
        st.none() | st.integers(0, 1 << 36),
    )


def iers_text(table: LeapTable, *, with_hash: bool = True) -> str:
    """The table as the IERS would publish it."""
    pairs = [(entry.from_utc_s + NTP_TO_POSIX_S, entry.tai_minus_utc_s) for entry in table.entries]
    expires = "" if table.expires_utc_s is None else str(table.expires_utc_s + NTP_TO_POSIX_S)
    hashed = "3960835200" + expires + "".join(f"{ntp}{tai}" for ntp, tai in pairs)
    digest = hashlib.sha1(hashed.encode(), usedforsecurity=False).hexdigest()
    words = " ".join(f"{int(digest[at : at + 8], 16):x}" for at in range(0, 40, 8))
    return "\n".join(
        ["#\tA list", "#$\t 3960835200"]
        + ([f"#@\t{expires}"] if expires else [])
        + [f"{ntp}\t{tai}\t# a date" for ntp, tai in pairs]
        + ([f"#h\t{words}"] if with_hash else [])
    )


@given(tables(), st.booleans())
def test_every_lawful_iers_list_is_read_back(table, with_hash):
    assert parse_iers(iers_text(table, with_hash=with_hash)) == table


@given(tables())
def test_every_lawful_tzdata_list_is_read_back(table):
    lines = ["# Allowance for leap seconds"]
    for before, entry in zip(table.entries, table.entries[1:], strict=False):
        last_day = datetime.fromtimestamp(entry.from_utc_s - 86_400, UTC)
        month = leap_list._MONTHS[last_day.month - 1]
        change = "23:59:60 +" if entry.tai_minus_utc_s > before.tai_minus_utc_s else "23:59:59 -"
        lines.append(f"Leap\t{last_day.year}\t{month}\t{last_day.day}\t{change} S")
    if table.expires_utc_s is not None:
        lines.append(f"#expires {table.expires_utc_s} (in words)")
    assert parse_tzdata("\n".join(lines)) == table


@given(tables(), st.data())
def test_a_single_altered_digit_is_caught_by_the_hash(table, data):
    text = iers_text(table)
    entries_from = text.index("\n2272060800") + 1
    entries_to = text.index("#h")
    digits = [at for at in range(entries_from, entries_to) if text[at].isdigit()]
    at = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != text[at]]))
    with pytest.raises(LeapListError):
        parse_iers(text[:at] + other + text[at + 1 :])


lines = st.sampled_from(
    [
        "2272060800 10",
        "2287785600 11",
        "#@ 3991593600",
        "#h 1 2 3 4 5",
        "Leap 1972 Jun 30 23:59:60 + S",
        "#",
        "x",
    ]
)


@given(st.text() | st.lists(lines | st.text(max_size=30)).map("\n".join))
def test_any_text_gives_a_table_or_our_own_error(text):
    for parse in (parse_iers, parse_tzdata):
        try:
            table = parse(text)
        except LeapListError:
            continue
        assert table.entries[0] == FIRST


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "does not begin with"),
        ("2287785600 11", "does not begin with"),
        (SHORT + "2287785600 12", "impossible"),
        (SHORT + "2303683200 13", "impossible"),
        (SHORT + "2303683201 12", "impossible"),
        (SHORT + "9999999999999 12", "impossible"),
        (SHORT + "Leap 1972 Dec 31 23:59:60 + S", "not an entry"),
        (SHORT + "#h 1 2 3 4 5", "hash"),
    ],
)
def test_what_cannot_be_an_iers_list_is_refused(text, complaint):
    with pytest.raises(LeapListError, match=complaint):
        parse_iers(text)


@pytest.mark.parametrize(
    "line",
    [
        "Leap 1972 Jun 31 23:59:60 + S",
        "Leap 1972 Juin 30 23:59:60 + S",
        "Leap 1972 Jun 30 23:59:60 - S",
        "Leap 1972 Jun 30 23:59:60 + R",
        "Leap 99999 Jun 30 23:59:60 + S",
        "Zone Asia/Tokyo 9:00",
    ],
)
def test_what_cannot_be_a_tzdata_entry_is_refused(line):
    with pytest.raises(LeapListError, match="not an entry"):
        parse_tzdata(line)


def test_a_short_list_says_what_it_should():
    table = parse_iers(SHORT + "#@ 2303683200\n")
    assert table.entries == (FIRST, LeapSecond(JULY_1972, 11))
    assert table.expires_utc_s == JANUARY_1973


def test_this_system_has_a_list_with_the_last_leap_second_of_2016():
    table = read_leap_table()
    assert table.exists(UtcSecond(1_483_228_799, inserted=True))
    assert table.tai_minus_utc_s(1_483_228_800) == 37
    assert table.expires_utc_s is not None


def test_both_forms_of_this_system_say_the_same():
    iers = leap_list.SYSTEM_FOLDER / "leap-seconds.list"
    tzdata = leap_list.SYSTEM_FOLDER / "leapseconds"
    if not (iers.is_file() and tzdata.is_file()):
        pytest.skip("this tzdata has one form only")
    assert parse_iers(iers.read_text()) == parse_tzdata(tzdata.read_text())


def test_no_list_says_what_to_install(tmp_path: Path):
    with pytest.raises(LeapListError, match="install Debian's package tzdata"):
        read_leap_table([tmp_path])


def test_a_damaged_list_is_named_with_its_path(tmp_path: Path):
    damaged = tmp_path / "leapseconds"
    damaged.write_bytes(b"Leap \xff\xfe")
    with pytest.raises(LeapListError, match=str(damaged)):
        read_leap_table([tmp_path])


def test_the_first_folder_that_has_a_list_counts(tmp_path: Path):
    empty, second, third = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    for folder in (empty, second, third):
        folder.mkdir()
    (second / "leap-seconds.list").write_text(SHORT)
    (third / "leap-seconds.list").write_text("damaged")
    assert len(read_leap_table([empty, second, third]).entries) == 2
