"""What the Japanese clips say.

Numbers are Arabic digits or kana, as Open JTalk reads them rightly; it misreads kanji numerals (五分 as ごぶ), and 0 as ゼロ,
so that 0時 is written れい時. Single digits are katakana, since はち alone is read ワチ; 2 and 5 are drawn out, as one does when
reading a number aloud. A comma at the end keeps the voice up: another clip follows. Where Open JTalk mistakes a word it is kana
(方 is read ほう). Tomorrow is あした: of あす little is left on the line, its す being voiceless.
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

_DAYS = {
    "today": "今日、",
    "tomorrow": "あした、",
    "day_after_tomorrow": "あさって、",
    **{f"weekday_{day}": f"{name}曜日、" for day, name in enumerate("月火水木金土日")},
    **{f"month_{month}": f"{month}月、" for month in range(1, 13)},
    **{f"day_{day}": f"{day}日、" for day in range(1, 32)},
    "every_week": "毎週、",
    "workdays": "祝日を除く、平日の、",
    "every_day": "毎日、",
    "holidays": "土曜、日曜、祝日の、",
}

_BOOKING = {
    "will_ring_at": "に、お呼びします。",
    "one_hour": "1時間、",
    "minutes_later": "たちましたら、お呼びします。",
    "number_is": "お呼びする番号は、",
    "number_end": "です。",
    "how_to_dial_1": "はじめに、",
    "how_to_dial_2": "続けて、時刻を4桁で、ダイヤルしてください。たとえば、午前6時30分なら、",
    "how_to_dial_3": "です。受話器を置いて、おかけ直しください。",
    "proof_first": "はじめての番号です。このあと1度お呼びして、確認の番号をお伝えします。",
    "proof_later": "はじめての番号です。確認がすむまで、お呼び出しできません。確認の番号を、お伝えするため、",
    "proof_done": "番号を、確認しました。",
    "consent_done": "ご承諾を、うけたまわりました。",
    "second_asked": (
        "代わりにお呼びする番号には、昼間に1度お電話して、ご承諾をうかがいます。ご承諾がなければ、そちらへは、お電話しません。"
    ),
    "second_waits": (
        "代わりにお呼びする番号は、まだ承諾していません。ご承諾がなければ、そちらへは、お電話しません。"
        "1週間たちましたら、もう1度、ご予約ください。"
    ),
    "no_alarms": "ご予約は、ありません。",
    "your_alarms": "ご予約は、",
    "that_is_all": "以上です。",
    "cancelled": "ご予約を、取り消しました。",
    "all_cancelled": "すべてのご予約を、取り消しました。",
    "changed_to": "時刻を、変更しました。",
    "next_call_is": "次は、",
    "trial": "これから、お試しにお呼びします。受話器を置いて、お待ちください。",
    "opt_out_done": "この番号には、今後、お電話いたしません。",
    "opt_in_done": "お呼び出しを、再開します。",
    "acknowledged": "お目覚めを、確認しました。",
}

_REFUSALS = {
    "wrong_time": "その時刻は、ありません。",
    "not_understood": "ダイヤルされた番号が、分かりませんでした。",
    "no_number": "お使いの電話の番号が分からないため、お受けできません。",
    "no_way_back": (
        "お使いの交換局へは、折り返しの設定がないため、お呼びできません。交換局の管理者に、お伝えください。"
    ),
    "not_allowed": "その番号へは、お呼びできません。",
    "second_refused": (
        "その番号は、代わりの番号にできません。どちらの電話機も、番号の確認が、すんでいなければなりません。"
    ),
    "opted_out": "この番号は、お呼び出しをしない番号として、登録されています。",
    "quota": "これ以上は、お受けできません。あした、またおかけください。",
    "fault": "故障のため、お受けできませんでした。あとで、おかけ直しください。",
    "code_wrong": "確認の番号が、違います。お確かめのうえ、おかけ直しください。",
    "code_locked": "違う番号が続いたため、この確認の番号は、使えなくなりました。あした、もう1度、ご予約ください。",
    "opt_in_how": "お呼び出しを再開するには、受話器を置いてから、",
    "show_number": "番号を通知して、おかけ直しください。",
    "ask_operator": "くわしくは、この電話局の管理者に、お尋ねください。",
}

_CALL = {
    "good_morning": "おはようございます。",
    "good_afternoon": "こんにちは。",
    "good_evening": "こんばんは。",
    "it_is_now": "ただいまの時刻は、",
    "time_end": "です。",
    "wakeup_call": "モーニングコールです。",
    "trial_call": "お試しの、お呼び出しです。",
    "check_call": "お目覚めの、確認です。",
    "press_1": "お目覚めでしたら、1を、押してください。",
    "or_dial": "ダイヤル式の電話機では、受話器を置いてから、",
    "then_dial": "と、ダイヤルしてください。",
    "say_yes": "起きていらしたら、はい、とお答えください。",
    "again_in_minutes": "たちましたら、もう1度お呼びします。",
    "last_call": "これが、最後のお呼び出しです。",
    "goodbye": "では、失礼します。",
    "again": "くり返します。",
    "escalation_1": "こちらは、モーニングコールです。",
    "escalation_2": "番のかたが、お呼び出しに、お答えになりません。様子を、見ていただけますか。",
    "proof_call_1": (
        "こちらは、電話局のモーニングコールです。この番号から、ご予約がありました。ご本人でしたら、受話器を置いてから、"
    ),
    "proof_call_2": "と、ダイヤルしてください。",
    "proof_call_3": (
        "お心当たりがなければ、何もなさる必要はありません。今後の呼び出しをお断りになるには、受話器を置いてから、"
    ),
    "proof_call_4": "と、ダイヤルしてください。",
    "proof_keys": "プッシュ式の電話機では、このまま、その番号を押しても、確認できます。",
    "refuse_keys": "プッシュ式の電話機では、このまま、8を、2回押しても、お断りになれます。",
    "renewal_call": (
        "こちらは、電話局のモーニングコールです。番号の確認の、期限が近づきました。"
        "これからもお呼びしてよろしければ、受話器を置いてから、"
    ),
    "consent_call_1": "こちらは、電話局のモーニングコールです。当局から見て、",
    "consent_call_2": (
        "番のかたが、お目覚めにならないときに、代わりに、お客様へお電話してもよいか、お尋ねします。"
        "よろしければ、受話器を置いてから、"
    ),
    "if_not": (
        "よろしくなければ、何もなさる必要はありません。ご自分のご予約も含めて、今後すべての呼び出しをお断りになるには、"
        "受話器を置いてから、"
    ),
    "press_1_to_help": "様子を見にいってくださるなら、1を、押してください。",
    "say_yes_to_help": "または、はい、とお答えください。",
    "help_promised": "ありがとうございます。よろしくお願いします。",
    "message_0": "今日も、よいいちにちをお過ごしください。",
    "message_1": "今日は、ゴミの日です。",
    "message_2": "お薬の、時間です。",
    "message_3": "会議の、時間です。",
}

_MENU = {
    "menu_main": (
        "ご予約は1を、ご予約の確認は2を、次の呼び出しの変更は3を、次の取り消しは4を、英語でのご案内は5を、"
        "すべての取り消しは6を、そのほかは7を、押してください。"
    ),
    "menu_time": "お呼びする時刻を、4桁で、押してください。",
    "menu_recurrence": (
        "1回だけなら1を、毎日なら2を、平日なら3を、土曜、日曜と祝日なら4を、毎週決まった曜日なら5を、押してください。"
    ),
    "menu_weekday": (
        "曜日を、お選びください。月曜は1を、火曜は2を、水曜は3を、木曜は4を、金曜は5を、土曜は6を、日曜は7を、"
        "押してください。"
    ),
    "menu_more": (
        "何分かあとの呼び出しは1を、いま試しにお呼びするには2を、次の呼び出しを遅らせるには3を、"
        "この番号を今後お呼びしないようにするには4を、それを取り消すには5を、押してください。"
    ),
    "menu_minutes": "何分かを、2桁で、押してください。",
    "menu_sure": "この番号には、今後いっさい、お呼びしません。よろしければ1を、おやめになるなら2を、押してください。",
    "menu_message": (
        "ご伝言を、お選びください。ごあいさつなら1を、ゴミの日なら2を、お薬なら3を、会議なら4を、押してください。"
    ),
    "menu_second_number": (
        "お出にならないときに、代わりにお呼びする番号を、押してください。なければ、そのまま、お待ちください。"
    ),
    "menu_pin": "暗証番号を、押してください。",
    "menu_wrong": "その番号は、ご案内にありません。",
    "menu_bye": "ご利用、ありがとうございました。",
    "menu_help": "お困りのときは、そのままお待ちください。ご案内を、くり返します。",
}

TEXTS = _CLOCK | _DIGITS | _ECHO | _DAYS | _BOOKING | _REFUSALS | _CALL | _MENU
