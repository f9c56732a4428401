"""What the morning call says, in Japanese and English."""

from datetime import date, datetime, time, timedelta

import pytest

from audio import prompts
from audio.prompts import manifest
from schedules.recurrence import Recurrence
from services.wakeup.phrases import ENGLISH, JAPANESE, PAUSE, PHRASES, Booked, Phrases, sounds

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 29)
"""A Sunday."""

EACH_LANGUAGE = pytest.mark.parametrize("phrases", PHRASES.values(), ids=PHRASES)
ALL_TIMES = [time(hour, minute) for hour in range(24) for minute in range(60)]
RULES = [*map(Recurrence.parse, ("daily", "workdays", "holidays", "mon,tue,wed,thu,fri,sat,sun"))]
ONCE = Recurrence.parse("once")


def due(days: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(TODAY + timedelta(days), time(hour, minute))


def booked(days: int, hour: int, minute: int = 0, rule: str = "once") -> Booked:
    return Booked(due(days, hour, minute), Recurrence.parse(rule))


@pytest.mark.parametrize(
    ("at", "japanese", "english"),
    [
        ((1, 6, 30), "あした、午前6時、30分、に、お呼びします。", "tomorrow, six, thirty, AM."),
        ((0, 23, 5), "今日、午後11時、5分、に、お呼びします。", "today, eleven, oh five, PM."),
        ((2, 7), "あさって、午前7時、に、お呼びします。", "the day after tomorrow, seven, o'clock, AM."),
        ((3, 12), "水曜日、正午、に、お呼びします。", "Wednesday, noon."),
        ((6, 0), "土曜日、午前れい時、に、お呼びします。", "Saturday, midnight."),
        ((6, 0, 1), "土曜日、午前れい時、1分、に、お呼びします。", "Saturday, twelve, oh one, AM."),
        (
            (7, 12, 1),
            "12月、6日、午後れい時、1分、に、お呼びします。",
            "December, the sixth, twelve, oh one, PM.",
        ),
    ],
)
def test_when_the_call_comes(at, japanese, english):
    assert JAPANESE.text(JAPANESE.will_ring(due(*at), TODAY)) == japanese
    assert ENGLISH.text(ENGLISH.will_ring(due(*at), TODAY)) == f"We will call you: {english}"


@pytest.mark.parametrize(
    ("rule", "japanese", "english"),
    [
        ("daily", "毎日、", "every day,"),
        ("workdays", "祝日を除く、平日の、", "on weekdays, except public holidays,"),
        ("holidays", "土曜、日曜、祝日の、", "on weekends and public holidays,"),
        ("fri,mon", "毎週、月曜日、金曜日、", "every week on: Monday, Friday,"),
        ("once", "あした、", "tomorrow,"),
    ],
)
def test_a_booking_that_repeats_is_said_by_its_rule(rule, japanese, english):
    line = booked(1, 6, 30, rule)
    assert JAPANESE.text(JAPANESE.will_ring_as(line, TODAY)) == f"{japanese}午前6時、30分、に、お呼びします。"
    assert ENGLISH.text(ENGLISH.will_ring_as(line, TODAY)) == f"We will call you: {english} six, thirty, AM."


def test_a_list_of_bookings():
    lines = [booked(1, 6, 30), booked(2, 9, rule="sat")]
    names = JAPANESE.bookings(lines, TODAY)
    assert names.count(PAUSE) == 2
    assert JAPANESE.text(names) == "ご予約は、あした、午前6時、30分、毎週、土曜日、午前9時、以上です。"
    assert ENGLISH.text(ENGLISH.bookings(lines, TODAY)) == (
        "You have booked these calls: tomorrow, six, thirty, AM. every week on: Saturday, nine, o'clock, AM. "
        "That is all."
    )
    assert JAPANESE.bookings([], TODAY) == ENGLISH.bookings([], TODAY) == ("no_alarms",)


def test_what_was_changed_and_what_is_next():
    assert JAPANESE.text(JAPANESE.changed(booked(1, 7), TODAY)) == (
        "時刻を、変更しました。あした、午前7時、に、お呼びします。"
    )
    assert JAPANESE.text(JAPANESE.next_call(due(1, 7), TODAY)) == "次は、あした、午前7時、に、お呼びします。"
    assert ENGLISH.next_call(due(1, 7), TODAY)[:2] == ("next_call_is", "will_ring_at")
    assert ENGLISH.changed(booked(1, 7), TODAY)[:2] == ("changed_to", "will_ring_at")


def test_the_time_it_is():
    assert JAPANESE.text(JAPANESE.time_now(time(6, 30, 59))) == "ただいまの時刻は、午前6時、30分、です。"
    assert ENGLISH.text(ENGLISH.time_now(time(18, 0))) == "The time is now: six, o'clock, PM."


@pytest.mark.parametrize(
    ("minutes", "japanese", "english"),
    [
        (1, "1分、", "one, minute."),
        (9, "9分、", "nine, minutes."),
        (10, "10分、", "ten, minutes."),
        (60, "1時間、", "one hour."),
        (61, "1時間、1分、", "one hour and one, minute."),
        (99, "1時間、39分、", "one hour and thirty-nine, minutes."),
    ],
)
def test_minutes_from_now(minutes, japanese, english):
    assert JAPANESE.text(JAPANESE.in_minutes(minutes)) == f"{japanese}たちましたら、お呼びします。"
    assert JAPANESE.text(JAPANESE.again_in(minutes)) == f"{japanese}たちましたら、もう1度お呼びします。"
    assert ENGLISH.text(ENGLISH.in_minutes(minutes)) == f"We will call you in: {english}"
    assert ENGLISH.text(ENGLISH.again_in(minutes)) == f"We will call you again in: {english}"


def test_what_to_dial_has_the_prefix_of_the_configuration():
    assert JAPANESE.text(JAPANESE.how_to_dial("7")) == (
        "はじめに、ナナ、続けて、時刻を4桁で、ダイヤルしてください。たとえば、午前6時30分なら、"
        "ナナ、ゼロ、ロク、サン、ゼロ、です。受話器を置いて、おかけ直しください。"
    )
    assert ENGLISH.code("71", "0630") == (
        *("digit_7", "digit_1", PAUSE),
        *("digit_0", "digit_6", "digit_3", "digit_0"),
    )
    assert ENGLISH.code("", "06") == ("digit_0", "digit_6")
    twelve = JAPANESE.code("7", "123456712345")
    assert [place for place, name in enumerate(twelve) if name == PAUSE] == [1, 6, 11]
    assert ENGLISH.text(ENGLISH.or_dial("7", "41")) == (
        "On a rotary telephone, hang up, and dial: seven, four, one, to confirm."
    )
    assert JAPANESE.proof_call("7", "12", "9") == (
        *("proof_call_1", "digit_7", PAUSE, "digit_1", "digit_2", "proof_call_2", "proof_keys"),
        *("proof_call_3", "digit_7", PAUSE, "digit_9", "proof_call_4", "refuse_keys"),
    )


def test_numbers_in_sentences():
    assert JAPANESE.text(JAPANESE.number_called("2001")) == "お呼びする番号は、ニー、ゼロ、ゼロ、イチ、です。"
    assert JAPANESE.text(JAPANESE.escalation("12")) == (
        "こちらは、モーニングコールです。イチ、ニー、番のかたが、お呼び出しに、お答えになりません。"
        "様子を、見ていただけますか。"
    )


@EACH_LANGUAGE
class TestEachLanguage:
    def test_every_name_has_a_clip_with_the_text_of_the_sentence(self, phrases: Phrases):
        """All times of a day, all days of a year, all rules, all waits, all digits."""
        days = [TODAY + timedelta(days) for days in range(366)]
        said = [phrases.time_of_day(civil) for civil in ALL_TIMES]
        said += [phrases.day(day, TODAY) for day in days]
        said += [phrases.rule(rule) for rule in RULES]
        said += [say(minutes) for minutes in range(1, 100) for say in (phrases.in_minutes, phrases.again_in)]
        said += [phrases.number_called("0123456789*#"), phrases.how_to_dial("7"), phrases.or_dial("7", "1")]
        said += [phrases.proof_call("7", "1", "2"), phrases.escalation("1")]
        said += [phrases.opted_out("7", "1")]
        said += [phrases.time_now(time(7)), phrases.next_call(due(1, 7), TODAY)]
        said += [phrases.changed(booked(1, 7), TODAY), phrases.bookings([booked(1, 7)], TODAY)]
        said += [phrases.bookings([], TODAY)]
        used = {name for names in said for name in names}
        assert used <= sounds(phrases).keys()
        used.remove(PAUSE)
        rendered = manifest.read(prompts.PACK / phrases.name).clips
        assert {name: rendered[name].text for name in used} == {name: phrases.texts[name] for name in used}

    def test_no_two_times_of_a_day_sound_alike(self, phrases: Phrases):
        assert len({phrases.text(phrases.time_of_day(civil)) for civil in ALL_TIMES}) == len(ALL_TIMES)

    def test_no_two_waits_sound_alike(self, phrases: Phrases):
        assert len({phrases.text(phrases.in_minutes(minutes)) for minutes in range(1, 100)}) == 99

    @pytest.mark.parametrize("minutes", [-1, 0, 100])
    def test_other_waits_cannot_be_said(self, phrases: Phrases, minutes: int):
        with pytest.raises(ValueError, match="1 to 99 minutes"):
            phrases.in_minutes(minutes)

    def test_a_day_that_is_over_has_its_date(self, phrases: Phrases):
        """A call that was due before midnight may be tried again after it."""
        assert phrases.day(date(2026, 11, 28), TODAY) == ("month_11", "day_28")

    def test_a_rule_tells_its_days_whenever_it_rings_next(self, phrases: Phrases):
        """What rings next is not asked: the ticker may just be moving it on."""
        lines = [booked(days, 7, rule="daily") for days in (-1, 5)]
        assert len({phrases.will_ring_as(line, TODAY) for line in lines}) == 1
        with pytest.raises(ValueError, match="no rule"):
            phrases.rule(ONCE)

    @pytest.mark.parametrize("start", [TODAY, date(2028, 2, 28)])
    def test_no_two_days_of_a_year_to_come_sound_alike(self, phrases: Phrases, start: date):
        assert len({phrases.day(start + timedelta(days), start) for days in range(365)}) == 365

    def test_each_sound_has_its_gap_and_the_pause_is_silence(self, phrases: Phrases):
        heard, pack = sounds(phrases), prompts.load(phrases.name)
        assert set(heard) == {*pack, PAUSE}
        gap_s = phrases.gap_ms / 1000
        assert all(heard[name].seconds == pytest.approx(pack[name].seconds + gap_s) for name in pack)
        assert set(heard[PAUSE].ulaw) == {0xFF}
        assert heard[PAUSE].seconds == pytest.approx(0.3)
