"""How Open JTalk reads what is easily misread: dates, counters, and kanji with two readings."""

import pytest
from support.reading import reader

from audio.prompts.japanese import TEXTS

pytestmark = pytest.mark.unit

MONTHS = ("イチ", "ニ", "サン", "シ", "ゴ", "ロク", "シチ", "ハチ", "ク", "ジュー", "ジューイチ", "ジューニ")
DAYS = (
    *("ツイタチ", "フツカ", "ミッカ", "ヨッカ", "イツカ", "ムイカ", "ナノカ", "ヨーカ", "ココノカ", "トーカ"),
    *("ジューイチニチ", "ジューニニチ", "ジューサンニチ", "ジューヨッカ", "ジューゴニチ"),
    *("ジューロクニチ", "ジューシチニチ", "ジューハチニチ", "ジュークニチ"),
    *("ハツカ",),
    *("ニジューイチニチ", "ニジューニニチ", "ニジューサンニチ", "ニジューヨッカ", "ニジューゴニチ"),
    *("ニジューロクニチ", "ニジューシチニチ", "ニジューハチニチ", "ニジュークニチ"),
    *("サンジューニチ", "サンジューイチニチ"),
)
WEEKDAYS = ("ゲツ", "カ", "スイ", "モク", "キン", "ド", "ニチ")
WITHIN = {
    "tomorrow": "アシタ",
    "every_week": "マイシュー",
    "workdays": "シュクジツヲノゾク、ヘージツノ",
    "holidays": "ドヨー、ニチヨー、シュクジツノ",
    "one_hour": "イチジカン",
    "how_to_dial_2": "ヨンケタデ、ダイヤル",
    "proof_first": "イチドオヨビシテ",
    "again_in_minutes": "モーイチドオヨビシマス",
    "number_end": "デス。",
    "no_way_back": "コーカンキョクエワ、オリカエシノセッテー",
    "message_0": "キョーモ、ヨイイチニチヲ",
    "message_1": "キョーワ、ゴミノヒ",
    "check_call": "オメザメノ",
    "escalation_2": "バンノカタガ",
    "proof_call_3": "ナニモナサルヒツヨー",
    "menu_main": "ツギノヨビダシノヘンコーワサンヲ、ツギノトリケシワヨンヲ",
    "menu_weekday": "ゲツヨーワイチヲ、カヨーワニヲ、スイヨーワサンヲ",
    "menu_more": "ナンプンカアトノヨビダシワイチヲ、イマタメシニ",
    "menu_recurrence": "イッカイダケナライチヲ、マイニチナラニヲ、ヘージツナラサンヲ",
}


def test_dates_are_read_as_people_read_them():
    read = reader()
    expected = {f"month_{month}": f"{name}ガツ、" for month, name in enumerate(MONTHS, 1)}
    expected |= {f"day_{day}": f"{name}、" for day, name in enumerate(DAYS, 1)}
    expected |= {f"weekday_{day}": f"{name}ヨービ、" for day, name in enumerate(WEEKDAYS)}
    assert {name: read(TEXTS[name]) for name in expected} == expected


def test_words_with_two_readings_are_read_as_meant():
    """Such as 方 (かた, ほう), 1日 (いちにち, ついたち)."""
    read = reader()
    said = {name: read(TEXTS[name]) for name in WITHIN}
    assert {name: reading for name, reading in said.items() if WITHIN[name] not in reading} == {}
