"""iCalendar files of other programs, and files that are none."""

import random
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.calendar_alarm import CalendarAlarm
from schedules.calendar_reader import LARGEST_BYTES, CalendarRead, read_calendar
from schedules.calendar_writer import write_calendar
from schedules.errors import ScheduleError
from schedules.recurrence import Recurrence

pytestmark = [
    pytest.mark.unit,
    pytest.mark.filterwarnings("ignore::icalendar.error.GloballyUniqueTZIDGuessed"),
]

BERLIN = "DTSTART;TZID=Europe/Berlin:20261201T070000"
ENDLESS_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Endless\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE"
)


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def read(*components: str) -> CalendarRead:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:other", *components, "END:VCALENDAR", ""])
    return read_calendar(text.encode())


def test_an_event_of_another_program_is_an_alarm_at_its_beginning():
    """Reminders, ends and places are passed over."""
    found = read(
        "X-WR-CALNAME:mine",
        "BEGIN:VTODO\r\nUID:todo\r\nEND:VTODO",
        event(
            "UID:1@example.org",
            BERLIN,
            "DTEND;TZID=Europe/Berlin:20261201T080000",
            "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;WKST=MO",
            "EXDATE;TZID=Europe/Berlin:20261203T070000,20261208T080000",
            "EXDATE:20261210T060000Z",
            "EXDATE;VALUE=DATE:20261215",
            "SUMMARY:Swim\\, then\\nbreakfast",
            "LOCATION:pool",
            "GEO:nonsense",
            "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT15M\r\nEND:VALARM",
        ),
    )
    assert found == CalendarRead(
        (
            CalendarAlarm(
                uid="1@example.org",
                civil_time=time(7),
                first_date=date(2026, 12, 1),
                zone="Europe/Berlin",
                recurrence=Recurrence.parse("tue,thu"),
                message="Swim, then\nbreakfast",
                skipped_dates=frozenset({date(2026, 12, 3), date(2026, 12, 10), date(2026, 12, 15)}),
            ),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("start", "zone"),
    [
        ("DTSTART:20261201T070000Z", "UTC"),
        ("DTSTART;TZID=Tokyo Standard Time:20261201T070000", "Asia/Tokyo"),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20261201T070000", "Asia/Tokyo"),
    ],
)
def test_the_ways_in_which_programs_name_zones(start, zone):
    (alarm,) = read(event("UID:1", start)).alarms
    assert (alarm.zone, alarm.civil_time, str(alarm.recurrence)) == (zone, time(7), "once")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([BERLIN, "RRULE:FREQ=MONTHLY"], "FREQ=MONTHLY"),
        ([BERLIN, "RRULE:FREQ=DAILY;COUNT=3"], "COUNT"),
        ([BERLIN, "RRULE:FREQ=DAILY;UNTIL=20270101T000000Z"], "UNTIL"),
        ([BERLIN, "RRULE:FREQ=DAILY;INTERVAL=3"], "INTERVAL=3"),
        ([BERLIN, "RRULE:FREQ=FORTNIGHTLY"], "RRULE cannot be read"),
        ([BERLIN, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"], "more than one RRULE"),
        ([BERLIN, "RRULE:FREQ=WEEKLY;BYDAY=MO"], "first date is none that its rule chooses"),
        ([BERLIN, "RRULE:FREQ=DAILY", "RDATE:20261202T090000Z"], "RDATE"),
        ([BERLIN, "RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"], "EXRULE"),
        ([BERLIN, "RECURRENCE-ID:20261202T060000Z"], "moves one date"),
        ([BERLIN, "EXDATE:soon"], "EXDATE cannot be read"),
        ([BERLIN, "EXDATE:20261202T070000"], "EXDATE has no IANA zone"),
        ([BERLIN, "EXDATE;TZID=Endless:20261202T070000"], "EXDATE has no IANA zone"),
        ([BERLIN, "EXDATE;VALUE=PERIOD:20261202T070000Z/PT1H"], "EXDATE"),
        ([BERLIN, "STATUS:CANCELLED"], "cancelled"),
        ([BERLIN, "X-DENWA-NUMBER:sip:7000"], "cannot be dialled"),
        ([BERLIN, "RRULE:FREQ=DAILY", "X-DENWA-RECURRENCE:often"], "no recurrence: 'often'"),
        ([BERLIN, "no line of a calendar"], "text cannot be read"),
        ([BERLIN, "UID:another"], "more than one UID"),
        ([BERLIN, BERLIN], "more than one DTSTART"),
        ([], "DTSTART is missing"),
        (["DTSTART:soon"], "DTSTART"),
        (["DTSTART;VALUE=DATE:20261201"], "lasts all day"),
        (["DTSTART:20261201T070000"], "no time zone"),
        (["DTSTART;TZID=Asia/Atlantis:20261201T070000"], "'Asia/Atlantis' is no IANA zone"),
        (["DTSTART;TZID=Endless:20261201T070000"], "'Endless' is no IANA zone"),
        (["DTSTART;TZID=../../etc/passwd:20261201T070000"], "no IANA zone"),
    ],
)
def test_what_cannot_be_an_alarm_is_refused_by_name_and_the_rest_is_taken(lines, reason):
    found = read(
        ENDLESS_ZONE,
        event("UID:before", BERLIN),
        event("UID:odd", "SUMMARY:the odd one", *lines),
        event("UID:after", BERLIN),
    )
    assert [alarm.uid for alarm in found.alarms] == ["before", "after"]
    (refused,) = found.refused
    assert (refused.uid, refused.message) == ("odd", "the odd one")
    assert reason in str(refused.reason)


def test_an_event_without_a_uid_or_with_a_second_ones_is_refused():
    found = read(event(BERLIN), event("UID:1", BERLIN), event("UID:1", "SUMMARY:again", BERLIN))
    assert [alarm.message for alarm in found.alarms] == [""]
    assert [(refused.message, str(refused.reason)) for refused in found.refused] == [
        ("", "it has no UID"),
        ("again", "its UID is another event's"),
    ]


def test_an_exception_at_the_end_of_the_calendar_takes_nothing_out():
    left_out = "EXDATE;TZID=America/New_York:99991231T235959"
    (alarm,) = read(event("UID:1", "DTSTART;TZID=Asia/Tokyo:20261201T070000", left_out)).alarms
    assert alarm.skipped_dates == frozenset()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\xff\xfe",
        b"<html></html>",
        b"BEGIN:VCALENDAR\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        b"END:VCALENDAR\r\n",
        b"BEGIN:VTIMEZONE\r\nTZID:a\r\nTZID:b\r\nEND:VTIMEZONE\r\n",
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".encode("utf-16"),
    ],
)
def test_what_is_no_calendar_is_said_to_be_none(data):
    with pytest.raises(ScheduleError, match="no iCalendar file"):
        read_calendar(data)


def test_a_huge_file_is_refused_unread():
    with pytest.raises(ScheduleError, match="longer than 1024 KiB"):
        read_calendar(b"BEGIN:VCALENDAR\r\n" + b" " * LARGEST_BYTES)


def test_components_nested_deeply_are_no_trouble():
    assert read(*["BEGIN:VEVENT"] * 10_000, *["END:VEVENT"] * 10_000).alarms == ()


WHOLE = write_calendar(
    [
        CalendarAlarm(
            uid=f"{zone} {text}",
            civil_time=time(7),
            first_date=date(2026, 12, 1),
            zone=zone,
            recurrence=Recurrence.parse(text),
            message="a, b;\n日本",
            number="*12#",
            skipped_dates=frozenset({date(2026, 12, 24)}),
        )
        for zone, text in (("Europe/Berlin", "workdays"), ("UTC", "mon,wed"))
    ],
    datetime(2026, 12, 1, tzinfo=UTC),
)
ODD_LINES = [
    line.encode()
    for line in (
        "RRULE:FREQ=SECONDLY",
        "RRULE;X=1:FREQ=WEEKLY;BYDAY=MO",
        "EXDATE;VALUE=DATE:20261224",
        "EXDATE;TZID=America/New_York:99991231T235959",
        "EXDATE:00010101T000000Z",
        "EXDATE;VALUE=PERIOD:20261224T000000Z/PT1H",
        "DTSTART;VALUE=PERIOD:20261224T000000Z/PT1H",
        "DTSTART;VALUE=TIME:070000",
        "DTSTART:PT1H",
        "DTSTART;TZID=:20261224T000000",
        "DTSTART;TZID=Etc/GMT+5,Asia/Tokyo:00010101T000000",
        "DTSTART;TZID=Asia/Tokyo:99991231T235959",
        "DTSTART;TZID=Endless:20261224T000000",
        "EXDATE;TZID=Endless:20261224T000000",
        ENDLESS_ZONE,
        "UID:",
        "UID;VALUE=INTEGER:3",
        "SUMMARY;VALUE=BINARY;ENCODING=BASE64:AAAA",
        "STATUS;VALUE=INTEGER:5",
        "X-DENWA-RECURRENCE;VALUE=DATE:20260101",
        "X-DENWA-NUMBER;VALUE=DATE-TIME:x",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:",
        ":",
    )
]


def damaged(seed: int) -> bytes:
    """A calendar with some lines put in, changed, repeated or lost."""
    chance = random.Random(seed)
    lines = WHOLE.split(b"\r\n")
    events_from = lines.index(b"BEGIN:VEVENT")
    for _ in range(chance.randint(1, 4)):
        # mostly among the events: damage before them spoils the whole file
        at = chance.randrange(events_from if chance.random() < 0.9 else 0, len(lines))
        match chance.randrange(6):
            case 0 | 1:
                lines.insert(at, chance.choice(ODD_LINES))
            case 2:
                lines[at] = chance.choice(ODD_LINES)
            case 3:
                lines.insert(at, chance.choice(lines))
            case 4:
                place = chance.randrange(len(lines[at]) + 1)
                put_in = chance.choice([chance.randbytes(2), b":", b";", b",", b'"', b"\\", b"\n", b"9"])
                lines[at] = lines[at][:place] + put_in + lines[at][place + chance.randrange(3) :]
            case _:
                lines[at : at + chance.randint(1, 3)] = [b""]
    return b"\r\n".join(lines)


@given(st.integers(0, 1 << 62).map(damaged) | st.binary(max_size=200))
def test_any_file_gives_alarms_and_reasons_or_our_own_error(data):
    try:
        found = read_calendar(data)
    except ScheduleError:
        return
    again = read_calendar(write_calendar(found.alarms, datetime(2026, 12, 1, tzinfo=UTC)))
    assert again == CalendarRead(found.alarms, ())
    assert all(str(refused.reason) for refused in found.refused)
