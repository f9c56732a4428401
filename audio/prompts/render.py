"""Renders the clips: `python -m audio.prompts.render`.

Writes NAME.ul (G.711 mu-law, 8000 Hz, no header) and manifest.json for each language. The engines are offline and belong to
the dependency group `prompts`. `--engine gtts --into FOLDER` has Google speak into a folder of your own instead.

What a folder's manifest says was spoken by the same programs stays as it is: an engine's network computes otherwise on another
kind of CPU, and a new text shall not change every clip. To have all spoken anew, remove the manifests.
"""

import argparse
import hashlib
import platform
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from audio.prompts import LANGUAGES, PACK, english, japanese
from audio.prompts.manifest import NAME, Entry, Manifest, read, write
from audio.speech.cache import Speaker
from audio.speech.chain import CHAIN
from audio.speech.engine import Engine, EngineError, Identity
from audio.speech.gtts import Gtts
from audio.speech.hibari import Hibari
from audio.speech.open_jtalk import OpenJTalk

TEXTS: Mapping[str, Mapping[str, str]] = {"ja": japanese.TEXTS, "en": english.TEXTS}
ENGINES: Mapping[str, Callable[[], Engine]] = {"ja": OpenJTalk, "en": Hibari}


def tools() -> str:
    """Versions of what the chain computes with, and the kind of machine."""
    return f"numpy {version('numpy')}, soxr {version('soxr')}, {platform.machine()}"


def kept(folder: Path, language: str, identity: Identity) -> dict[str, bytes]:
    """The clips of a folder, by name, that the very same programs spoke from the texts as they are now."""
    if not (folder / NAME).exists():
        return {}
    old = read(folder)
    by = (old.engine, old.version, old.voice, old.parameters, old.chain, old.tools)
    if by != (identity.engine, identity.version, identity.voice, identity.parameters, CHAIN, tools()):
        return {}
    clips = {}
    for name, entry in old.clips.items():
        path = folder / f"{name}.ul"
        if TEXTS[language].get(name) == entry.text and path.exists():
            octets = path.read_bytes()
            if hashlib.sha256(octets).hexdigest() == entry.sha256:
                clips[name] = octets
    return clips


def render(language: str, engine: Engine, cache: Path, into: Path) -> Manifest:
    """Speak the texts of a language into a folder where they are not yet; clips no longer in the table are removed.

    Raises:
        EngineError: the engine cannot, or may not be heard by others and the folder is denwa's own.
    """
    identity = engine.identity()
    folder = into / language
    if not identity.shareable and folder.resolve().is_relative_to(PACK):
        raise EngineError(
            f"what {identity.engine} says may not be passed on: give a folder of your own (--into)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    before = kept(folder, language, identity)
    for stale in folder.glob("*.ul"):
        stale.unlink()
    speaker = Speaker([engine], cache)
    clips = {}
    for name, text in TEXTS[language].items():
        octets = before[name] if name in before else speaker.say(text)
        (folder / f"{name}.ul").write_bytes(octets)
        clips[name] = Entry(text, len(octets), hashlib.sha256(octets).hexdigest())
    done = Manifest(
        language=language,
        engine=identity.engine,
        version=identity.version,
        voice=identity.voice,
        parameters=identity.parameters,
        licence=identity.licence,
        chain=CHAIN,
        tools=tools(),
        clips=clips,
    )
    write(done, folder)
    return done


def main(arguments: list[str] | None = None) -> int:
    """The command; 1 with the reason on stderr where an engine cannot speak."""
    parser = argparse.ArgumentParser(
        prog="python -m audio.prompts.render", description="Render the services' clips."
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, action="append", help="only this one; may be repeated"
    )
    parser.add_argument("--engine", choices=["offline", "gtts"], default="offline")
    parser.add_argument("--into", type=Path, default=PACK, help="folder of the languages' folders")
    parser.add_argument(
        "--cache", type=Path, default=Path("build/speech"), help="folder of what was spoken before"
    )
    options = parser.parse_args(arguments)
    for language in options.language or LANGUAGES:
        engine = ENGINES[language]() if options.engine == "offline" else Gtts(language)
        try:
            done = render(language, engine, options.cache, options.into)
        except EngineError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        seconds = sum(entry.samples for entry in done.clips.values()) / 8000
        sys.stderr.write(
            f"{language}: {len(done.clips)} clips, {seconds:.0f} s, by {done.version or done.engine}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
