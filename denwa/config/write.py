"""Writes a first configuration, and never over another."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from denwa.language import Language, Text

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered; without a `host` there is no exchange, and nothing of what follows it counts."""

    language: Language
    host: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    numbers: dict[str, str] = field(default_factory=dict)


_HEAD = Text(
    "Written by `denwa init`. What else can be set: denwa check --schema. Any errors: denwa check.",
    "`denwa init` で作成。他の項目は denwa check --schema、誤りの確認は denwa check。",
)


def toml_string(text: str) -> str:
    """A text as a TOML basic string. Raises UnicodeEncodeError for a lone surrogate, which TOML cannot hold."""
    text.encode("utf-8")
    written = "".join(
        _ESCAPES.get(char) or (char if char.isprintable() or char == "\u3000" else f"\\U{ord(char):08x}")
        for char in text
    )
    return f'"{written}"'


def toml(answers: Answers, password_file: str) -> str:
    """The configuration's text."""
    lines = [f"# {_HEAD.say(answers.language)}", f"language = {toml_string(answers.language)}"]
    if answers.host:
        lines += [
            "",
            "[exchanges.home]",
            f"host = {toml_string(answers.host)}",
            "",
            "[extensions.services]",
            'exchange = "home"',
            f"user = {toml_string(answers.user)}",
            f"password_file = {toml_string(password_file)}",
            "",
            "[extensions.services.numbers]",
            *(
                f"{toml_string(number)} = {toml_string(service)}"
                for number, service in answers.numbers.items()
            ),
        ]
    return "\n".join(lines) + "\n"


def write(answers: Answers, path: Path) -> list[Path]:
    """Write the configuration, and the password into a file beside it that only its owner may read.

    Returns the files written. Raises FileExistsError and other OSErrors; then nothing was written.
    """
    secret = path.with_suffix(".password")
    if path.exists():
        raise FileExistsError(str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    written = []
    if answers.host:
        _create(secret, answers.password + "\n", 0o600)
        written.append(secret)
    try:
        _create(path, toml(answers, secret.name), 0o644)
    except OSError:
        for file in written:
            file.unlink()
        raise
    return [path, *written]


def _create(path: Path, text: str, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
