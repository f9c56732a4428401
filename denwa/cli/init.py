"""`denwa init`: asks five questions and writes a first configuration."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from denwa.cli.common import LANGUAGE, configuration_or_stop, say, services_or_stop, stop
from denwa.config.keys import nearest
from denwa.config.load import default_numbers
from denwa.config.models import Host, Pattern, User
from denwa.config.settings import Configurable
from denwa.config.write import Answers, write
from denwa.language import Text

Answer = TypeVar("Answer")

_INTRODUCTION = Text(
    "Five questions; an empty answer takes what stands in brackets.",
    "五つお尋ねします。空のまま Enter を押すと [ ] の中になります。",
)
_LANGUAGE = Text("1. The language callers hear, ja or en", "1. 流れる言葉 (ja または en)")
_HOST = Text(
    "2. The exchange's name or address (none: only this machine can call)",
    "2. 交換機の名前かアドレス (なければこのマシンからだけ)",
)
_USER = Text("3. The extension that the exchange has for denwa", "3. 交換機に作った denwa 用の内線")
_PASSWORD = Text("4. Its SIP password (not shown)", "4. その SIP パスワード (表示しません)")
_NUMBERS = Text("5. The numbers and their services", "5. 番号とサービス")
_AGAIN = Text("That will not do: {why}", "使えません: {why}")
_NO_PAIR = Text("{wrong} is not NUMBER=SERVICE", "{wrong} は 番号=サービス の形ではありません")
_NO_SERVICE = Text(
    "there is no service {wrong}; there are {known}", "{wrong} というサービスはありません ({known})"
)
_NEEDED = Text("an answer is needed", "答えてください")
_NOT_TEXT = Text("it holds something that is no text", "文字でないものが入っています")
_EXISTS = Text(
    "{path} is there already and is left as it is. Remove it first, or name another: denwa init FILE",
    "{path} は既にあり、そのままにします。消すか、別の名前にしてください: denwa init FILE",
)
_CANNOT = Text("{path} cannot be written: {why}", "{path} に書けません: {why}")
_WRITTEN = Text("Written: {files}", "作成: {files}")
_NEXT = Text(
    "Next, have the exchange send the numbers here; what to paste into it:\n"
    "    denwa dialplan mikopbx      or    denwa dialplan asterisk\nThen:\n    denwa serve",
    "次に、交換機から番号をつなぎます。貼り付ける内容:\n"
    "    denwa dialplan mikopbx      または    denwa dialplan asterisk\nそれから:\n    denwa serve",
)
_NEXT_ALONE = Text("Next:\n    denwa serve", "次に:\n    denwa serve")


def init(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help=say(Text("The file to write.", "書き込むファイル。")))
    ] = Path("denwa.toml"),
) -> None:
    """Ask five questions and write a first configuration."""
    if file.exists():
        stop(say(_EXISTS, path=file))
    services = services_or_stop()
    answers = ask(services)
    try:
        written = write(answers, file)
    except FileExistsError as error:
        stop(say(_EXISTS, path=error.filename or error))
    except OSError as error:
        stop(say(_CANNOT, path=error.filename or file, why=error.strerror))
    configuration_or_stop(file, services)
    typer.echo(say(_WRITTEN, files=", ".join(map(str, written))))
    typer.echo(say(_NEXT if answers.host else _NEXT_ALONE))


def ask(services: Mapping[str, Configurable]) -> Answers:
    """Ask the questions; a wrong answer is asked for again. Without an exchange, the first two are all."""
    typer.echo(say(_INTRODUCTION))
    language = _ask(_LANGUAGE, LANGUAGE, _language)
    host = _ask(_HOST, "", lambda text: _valid(Host, text) if text else "")
    if not host:
        return Answers("ja" if language == "ja" else "en")
    user = _ask(_USER, "7000", lambda text: _valid(User, text))
    password = _ask(_PASSWORD, "", _password, hide=True)
    usual = " ".join(f"{number}={name}" for number, name in default_numbers(services).items())
    numbers = _ask(_NUMBERS, usual, lambda text: read_numbers(text, services))
    return Answers("ja" if language == "ja" else "en", host, user, password, numbers)


def read_numbers(text: str, services: Mapping[str, Configurable]) -> dict[str, str]:
    """Read "117=clock 7XXXX=echo". Raises ValueError, in the terminal's language."""
    numbers = {}
    for pair in text.replace(",", " ").replace("、", " ").split():
        number, equals, service = pair.partition("=")
        if not equals:
            raise ValueError(say(_NO_PAIR, wrong=repr(pair)))
        if service not in services:
            known = nearest(service, services) or ", ".join(services)
            raise ValueError(say(_NO_SERVICE, wrong=repr(service), known=known))
        numbers[_valid(Pattern, number)] = service
    if not numbers:
        raise ValueError(say(_NEEDED))
    return numbers


def _ask(question: Text, default: str, read: Callable[[str], Answer], *, hide: bool = False) -> Answer:
    while True:
        text = str(typer.prompt(say(question), default=default, hide_input=hide, show_default=bool(default)))
        try:
            return read(text.strip())
        except ValueError as error:
            typer.echo(say(_AGAIN, why=error))


def _language(text: str) -> str:
    if text not in {"ja", "en"}:
        raise ValueError("ja / en")
    return text


def _password(text: str) -> str:
    if not text:
        raise ValueError(say(_NEEDED))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(say(_NOT_TEXT)) from None
    return text


def _valid(kind: Any, text: str) -> str:
    try:
        return str(TypeAdapter(kind).validate_python(text))
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        raise ValueError(str(context.get("why") or repr(text))) from None
