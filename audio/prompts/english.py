"""What the English clips say. A comma at the end keeps the voice up: another clip follows."""

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty")
_NUMBERS = [
    "zero",
    *_ONES,
    *_TEENS,
    *(f"{tens}-{one}" if one else tens for tens in _TENS for one in ("", *_ONES[:9])),
]

_CLOCK = {
    "at_the_long_tone": "At the long tone, it will be:",
    **{f"hour_{hour}": f"{_NUMBERS[hour]}," for hour in range(1, 13)},
    **{f"minute_{minute:02}": f"oh {_NUMBERS[minute]}," for minute in range(1, 10)},
    **{f"minute_{minute:02}": f"{_NUMBERS[minute]}," for minute in range(10, 60)},
    "oclock": "o'clock,",
    "am": "A M,",
    "pm": "P M,",
    "noon": "noon,",
    "midnight": "midnight,",
    **{f"and_{second}_seconds": f"and {_NUMBERS[second]} seconds." for second in range(10, 60, 10)},
    "precisely": "precisely.",
    "time_limit": "Your time is up. Thank you for calling. Goodbye.",
    "clock_untrusted": "The clock of this machine cannot be trusted now.",
}

_DIGITS = {
    **{f"digit_{digit}": f"{_NUMBERS[digit]}," for digit in range(10)},
    **{f"digit_{letter}": f"{letter.upper()}," for letter in "abcd"},
    "star": "star,",
    "pound": "pound,",
}

_ECHO = {
    "echo_welcome": "Welcome to the echo test. You will hear whatever you say.",
    "your_number_is": "Your number is:",
    "anonymous_number": "Your number is withheld.",
    "you_pressed": "You pressed:",
}

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth"),
)

_DAYS = {
    "today": "today,",
    "tomorrow": "tomorrow,",
    "day_after_tomorrow": "the day after tomorrow,",
    **{f"weekday_{day}": f"{name}," for day, name in enumerate(_WEEKDAYS)},
    **{f"month_{month}": f"{name}," for month, name in enumerate(_MONTHS, 1)},
    **{f"day_{day}": f"the {name}," for day, name in enumerate(_ORDINALS, 1)},
    **{f"day_{20 + day}": f"the twenty-{name}," for day, name in enumerate(_ORDINALS[:9], 1)},
    "day_30": "the thirtieth,",
    "day_31": "the thirty-first,",
    "every_week": "every week on:",
    "workdays": "on weekdays, except public holidays,",
    "every_day": "every day,",
    "holidays": "on weekends and public holidays,",
}

_ENDS = {
    "am_end": "AM.",
    "pm_end": "PM.",
    "noon_end": "noon.",
    "midnight_end": "midnight.",
    "minute_end": "minute.",
    "minutes_end": "minutes.",
    "one_hour_and": "one hour and",
    "one_hour_end": "one hour.",
}

_BOOKING = {
    "will_ring_at": "We will call you:",
    "minutes_later": "We will call you in:",
    "number_is": "The number we will call is:",
    "number_end": "Thank you.",
    "how_to_dial_1": "To book a call, dial:",
    "how_to_dial_2": "and then the time in four digits. For example, for six thirty AM, dial:",
    "how_to_dial_3": "Please hang up, and dial again.",
    "proof_first": "This number is new to us. We will now call it once, to tell you a confirmation code.",
    "proof_later": (
        "This number is new to us, and cannot be called before it is confirmed. To tell you a confirmation code,"
    ),
    "proof_done": "Your number is confirmed.",
    "consent_done": "Thank you. You have consented.",
    "second_asked": (
        "Your second number will be called once, by day, and asked for consent. Without it, we do not call there for you."
    ),
    "second_waits": (
        "Your second number has not consented yet. Without consent, we do not call there for you. "
        "Please book again in a week."
    ),
    "no_alarms": "You have no calls booked.",
    "your_alarms": "You have booked these calls:",
    "that_is_all": "That is all.",
    "cancelled": "Your call is cancelled.",
    "all_cancelled": "All your calls are cancelled.",
    "changed_to": "The time is changed.",
    "next_call_is": "Next,",
    "trial": "We will now make a test call. Please hang up, and wait.",
    "opt_out_done": "We will not call this number again.",
    "opt_in_done": "We will call this number again when calls are booked.",
    "acknowledged": "Thank you for confirming that you are awake.",
}

_REFUSALS = {
    "wrong_time": "There is no such time.",
    "not_understood": "The number you dialed was not understood.",
    "no_number": "Your number is unknown here, so we cannot call you.",
    "no_way_back": (
        "We cannot call you, because no way back to your exchange is set up. Please tell the people who run it."
    ),
    "not_allowed": "We may not call that number.",
    "second_refused": "That number cannot be your second number. Both telephones must be confirmed first.",
    "opted_out": "This number is registered as one that we must not call.",
    "quota": "We cannot take more today. Please call again tomorrow.",
    "fault": "Because of a fault, your call was not booked. Please try again later.",
    "code_wrong": "That confirmation code is wrong. Please check it, and dial again.",
    "code_locked": "After too many wrong tries, this code no longer counts. Please book again tomorrow.",
    "opt_in_how": "To be called again, hang up, and dial:",
    "show_number": "Please show your number, and call again.",
    "ask_operator": "Please tell the people who run this service.",
}

_CALL = {
    "good_morning": "Good morning.",
    "good_afternoon": "Good afternoon.",
    "good_evening": "Good evening.",
    "it_is_now": "The time is now:",
    "wakeup_call": "This is your wake-up call.",
    "trial_call": "This is your test call.",
    "check_call": "We are calling to make sure that you are awake.",
    "press_1": "If you are awake, press one.",
    "or_dial": "On a rotary telephone, hang up, and dial:",
    "then_dial": "to confirm.",
    "say_yes": "If you are awake, please say yes.",
    "again_in_minutes": "We will call you again in:",
    "last_call": "This is the last call.",
    "goodbye": "Goodbye.",
    "again": "Once more:",
    "escalation_1": "This is the wake-up call service. We have had no answer from the person at the number:",
    "escalation_2": "Could you please check on them?",
    "proof_call_1": (
        "This is the wake-up call service of your telephone exchange. A call was booked from this number. "
        "If that was you, hang up, and dial:"
    ),
    "proof_call_2": "to confirm.",
    "proof_call_3": "If it was not you, you need do nothing. To stop all further calls, hang up, and dial:",
    "proof_call_4": "to refuse them.",
    "proof_keys": "On a telephone with keys, you may press that number now.",
    "refuse_keys": "On a telephone with keys, you may press eight twice now.",
    "renewal_call": (
        "This is the wake-up call service of your telephone exchange. The confirmation of your number will end soon. "
        "If we may go on calling you, hang up, and dial:"
    ),
    "consent_call_1": (
        "This is the wake-up call service of your telephone exchange. We have a question from the person whose number, "
        "dialed from here, is:"
    ),
    "consent_call_2": ("May we call you when that person does not wake up? If so, hang up, and dial:"),
    "if_not": (
        "Otherwise, you need do nothing. To stop all further calls, even those that you book, hang up, and dial:"
    ),
    "press_1_to_help": "If you will check on them, press one.",
    "say_yes_to_help": "Or please say yes.",
    "help_promised": "Thank you very much.",
    "message_0": "Enjoy your day.",
    "message_1": "Today is trash day.",
    "message_2": "It is time for your medicine.",
    "message_3": "It is time for your meeting.",
}

_MENU = {
    "menu_main": (
        "To book a call, press one. To hear your bookings, press two. To change the next one, press three. "
        "To cancel the next one, press four. For Japanese, press five. To cancel all, press six. "
        "For more, press seven."
    ),
    "menu_time": "Please enter the time of your call, in four digits.",
    "menu_recurrence": (
        "For one call only, press one. For every day, press two. For weekdays except public holidays, press three. "
        "For weekends and public holidays, press four. For one day of each week, press five."
    ),
    "menu_weekday": (
        "Which day? For Monday, press one. For Tuesday, two. Wednesday, three. Thursday, four. Friday, five. "
        "Saturday, six. Sunday, seven."
    ),
    "menu_more": (
        "To be called in some minutes, press one. For a trial call now, press two. To put the next call off, press three. "
        "To have this number never called again, press four. To take that back, press five."
    ),
    "menu_minutes": "Please enter the minutes, in two digits.",
    "menu_sure": "This number will never be called again. If you are sure, press one. If not, press two.",
    "menu_message": (
        "Please choose your message. For a greeting, press one. For trash day, press two. "
        "For medicine, press three. For a meeting, press four."
    ),
    "menu_second_number": (
        "Please enter a number to call if you do not answer. If there is none, please wait."
    ),
    "menu_pin": "Please enter your pin.",
    "menu_wrong": "That is not one of the choices.",
    "menu_bye": "Thank you for calling. Goodbye.",
    "menu_help": "If you need help, please stay on the line. You will hear the choices again.",
}

TEXTS = _CLOCK | _DIGITS | _ECHO | _DAYS | _ENDS | _BOOKING | _REFUSALS | _CALL | _MENU
