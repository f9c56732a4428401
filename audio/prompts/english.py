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

TEXTS = _CLOCK | _DIGITS | _ECHO
