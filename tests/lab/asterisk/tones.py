"""The tones that the lab's exchanges send: those of all countries, as indications.conf and as numbers to dial.

97, two digits of the country and one of the way: `tone_number` gives it.
"""

from audio.hearing.countries import CountryTone, Part, country_tones

NAMES = {
    "ringback": "ring",
    "ringback_mobile": "ringmobile",
    "busy": "busy",
    "congestion": "congestion",
    "sit": "info",
    "unobtainable": "unobtainable",
}
"""Our names of tones and Asterisk's."""
HEAD = ["ringcadence = 1000,2000", "dial = 400"]
"""What each country needs besides."""
ASTERISKS_OWN = {("jp", "ringback"): "400+15/1000,0/2000"}
"""What its file has otherwise."""
APPLICATIONS = {"ringback": "Ringing()", "busy": "Busy(30)", "congestion": "Congestion(30)"}
"""Those that it sends by applications of their own, too."""
WAYS = [f"PlayTones({name})" for name in NAMES.values()] + list(APPLICATIONS.values())


def tone_number(tone: CountryTone, *, by_application: bool = False) -> str:
    """What is dialled to hear a tone."""
    way = WAYS.index(APPLICATIONS[tone.name] if by_application else f"PlayTones({NAMES[tone.name]})")
    return f"97{1 + _countries().index(tone.country):02}{way}"


def tone_extensions() -> str:
    """The numbers, for a context."""
    ways = "".join(f" same => n(way{i}),{way}\n same => n,Wait(30)\n" for i, way in enumerate(WAYS))
    return (
        "exten => _97XXX,1,Answer()\n"
        f" same => n,Set(countries={'_'.join(_countries())})\n"
        " same => n,Set(CHANNEL(tonezone)=${CUT(countries,_,${EXTEN:2:2})})\n"
        f" same => n,Goto(way${{EXTEN:4}})\n{ways}"
    )


def indications() -> str:
    """indications.conf."""
    sections = []
    for country in _countries():
        tones = [tone for tone in country_tones() if tone.country == country]
        lines = [f"{NAMES[tone.name]} = {_tonelist(tone)}" for tone in tones]
        sections.append("\n".join([f"[{country}]", f"description = {country}", *HEAD, *lines, ""]))
    return "[general]\ncountry = jp\n" + "".join(sections)


def _countries() -> list[str]:
    return sorted({tone.country for tone in country_tones()})


def _tonelist(tone: CountryTone) -> str:
    if (tone.country, tone.name) in ASTERISKS_OWN:
        return ASTERISKS_OWN[tone.country, tone.name]
    if not tone.times:
        return ",".join(map(_element, tone.parts))
    return ",".join([f"!{_element(part)}" for part in tone.parts * tone.times] + ["0"])


def _element(part: Part) -> str:
    frequencies = "+".join(map(str, part.frequencies_hz)) or "0"
    modulation = f"*{part.modulation_hz}" if part.modulation_hz else ""
    return f"{frequencies}{modulation}" + (f"/{part.ms}" if part.ms else "")
