"""What the morning call says, as the names of clips: `PHRASES["ja"].will_ring(...)`. Pure functions; `sounds` has what is played."""

from collections.abc import Mapping

from services.wakeup.phrases.digits import PAUSE
from services.wakeup.phrases.english import ENGLISH
from services.wakeup.phrases.japanese import JAPANESE
from services.wakeup.phrases.phrases import Booked, Names, Phrases
from services.wakeup.phrases.sounds import sounds

__all__ = ["ENGLISH", "JAPANESE", "PAUSE", "PHRASES", "Booked", "Names", "Phrases", "sounds"]

PHRASES: Mapping[str, Phrases] = {language.name: language for language in (JAPANESE, ENGLISH)}
"""By the language's name, as in `audio.prompts.LANGUAGES`."""
