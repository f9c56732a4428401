"""`denwa init`: asks five questions and writes a first configuration."""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from denwa.cli.common import LANGUAGE, configuration_or_stop, own_command, say, services_or_stop, stop
from denwa.config import phrases
from denwa.config.keys import nearest
from denwa.config.load import default_numbers
from denwa.config.models import Host, Pattern, User
from denwa.config.settings import Configurable
from denwa.config.write import Answers, write
from denwa.language import Text

Answer = TypeVar("Answer")

USUAL_FILE = Path("denwa.toml")
"""The file that every command finds without being told."""

_INTRODUCTION = Text(
    "Five questions; an empty answer takes what stands in brackets.",
    "五つお尋ねします。何も入力せずに Enter を押すと [ ] の値になります。",
)
_LANGUAGE = Text("1. The language callers hear, ja or en", "1. かけた人に聞こえる言語 (ja または en)")
_HOST = Text(
    "2. The exchange's name or address (empty: only this machine can call)",
    "2. 交換機のホスト名かアドレス (なければ空のまま。このマシンからだけかけられます)",
)
_USER = Text("3. The extension that the exchange has for denwa", "3. 交換機に作った denwa 用の内線")
_PASSWORD = Text("4. Its SIP password (not shown)", "4. その SIP パスワード (表示しません)")
_NUMBERS = Text("5. The numbers and their services", "5. 番号とサービス")
_AGAIN = Text("That will not do: {why}", "使えません: {why}")
_NO_PAIR = Text("{wrong} is not NUMBER=SERVICE", "{wrong} は 番号=サービス の形ではありません")
_NO_SERVICE = Text(
    "there is no service {wrong}; there are: {known}",
    "{wrong} というサービスはありません。あるもの: {known}",
)
_NEAR_SERVICE = Text(
    "there is no service {wrong}; did you mean {near}?",
    "{wrong} というサービスはありません。{near} の間違いではありませんか",
)
_NEEDED = Text("an answer is needed", "答えてください")
_NOT_TEXT = Text("it holds something that is no text", "文字でないものが入っています")
_FAULTS = {"host": phrases.HOST, "user": phrases.USER, "number": phrases.NUMBER}
"""What is wrong with an answer, by the type of pydantic's error."""
_EXISTS = Text(
    "{path} is there already and is left as it is. Remove it first, or name another: {denwa} init FILE",
    "{path} は既にあり、そのままにします。消すか、別の名前にしてください: {denwa} init FILE",
)
_CANNOT = Text("{path} cannot be written: {why}", "{path} に書けません: {why}")
_WRITTEN = Text("Written: {files}", "作成: {files}")
_NEXT = Text(
    "Next, have the exchange send the numbers here; what to paste into it:\n"
    "    {denwa} dialplan mikopbx{file}\nor\n    {denwa} dialplan asterisk{file}\nThen:\n    {denwa} serve{file}",
    "次に、交換機から番号をつなぎます。貼り付ける内容:\n"
    "    {denwa} dialplan mikopbx{file}\nまたは\n    {denwa} dialplan asterisk{file}\n"
    "それから:\n    {denwa} serve{file}",
)
_NEXT_ALONE = Text("Next:\n    {denwa} serve{file}", "次に:\n    {denwa} serve{file}")


def init(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help=say(Text("The file to write.", "書き込むファイル。")))
    ] = USUAL_FILE,
) -> None:
    """Ask five questions and write a first configuration."""
    if file.exists():
        stop(say(_EXISTS, path=file, denwa=own_command()))
    services = services_or_stop()
    answers = ask(services)
    try:
        written = write(answers, file)
    except FileExistsError as error:
        stop(say(_EXISTS, path=error.filename or error, denwa=own_command()))
    except OSError as error:
        stop(say(_CANNOT, path=error.filename or file, why=error.strerror))
    configuration_or_stop(file, services)
    typer.echo(say(_WRITTEN, files=", ".join(map(str, written))))
    named = "" if file == USUAL_FILE else f" --config {shlex.quote(str(file))}"
    typer.echo(say(_NEXT if answers.host else _NEXT_ALONE, denwa=own_command(), file=named))


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
            near = nearest(service, services)
            no_such = _NEAR_SERVICE if near else _NO_SERVICE
            raise ValueError(say(no_such, wrong=repr(service), near=near, known=", ".join(services)))
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
        first = error.errors()[0]
        fault = _FAULTS[first["type"]]
        why = first.get("ctx", {}).get("why", "")
        what = say(fault.what, found=repr(text), why=why)
        raise ValueError(
            f"{what}. {say(fault.remedy)}" if LANGUAGE == "en" else f"{what}。{say(fault.remedy)}"
        ) from None
