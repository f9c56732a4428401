"""What the Japanese clips say.

Numbers are Arabic digits or kana, as Open JTalk reads them rightly; it misreads kanji numerals (五分 as ごぶ), and 0 as ゼロ,
so that 0時 is written れい時. Single digits are katakana, since はち alone is read ワチ; 2 and 5 are drawn out, as one does when
reading a number aloud. A comma at the end keeps the voice up: another clip follows.
"""

_CLOCK = {
    "hour_00": "午前れい時、",
    **{f"hour_{hour:02}": f"午前{hour}時、" for hour in range(1, 12)},
    "hour_12": "午後れい時、",
    **{f"hour_{hour:02}": f"午後{hour - 12}時、" for hour in range(13, 24)},
    "noon": "正午、",
    **{f"minute_{minute:02}": f"{minute}分、" for minute in range(1, 60)},
    **{f"second_{second}": f"{second}秒を、" for second in range(10, 60, 10)},
    "exactly": "ちょうどを、",
    "announce": "お知らせします。",
    "time_limit": "お時間になりました。ご利用、ありがとうございました。",
    "clock_untrusted": "ただいま、この機械の時計が、正しいかどうか分かりません。",
}

_DIGITS = {
    "digit_0": "ゼロ、",
    "digit_1": "イチ、",
    "digit_2": "ニー、",
    "digit_3": "サン、",
    "digit_4": "ヨン、",
    "digit_5": "ゴー、",
    "digit_6": "ロク、",
    "digit_7": "ナナ、",
    "digit_8": "ハチ、",
    "digit_9": "キュー、",
    "digit_a": "エー、",
    "digit_b": "ビー、",
    "digit_c": "シー、",
    "digit_d": "ディー、",
    "star": "米印、",
    "pound": "シャープ、",
}

_ECHO = {
    "echo_welcome": "エコーテストです。お話しになった声が、そのまま返ります。",
    "your_number_is": "そちらの番号は、",
    "anonymous_number": "そちらの番号は、通知されていません。",
    "you_pressed": "押されたのは、",
}

TEXTS = _CLOCK | _DIGITS | _ECHO
