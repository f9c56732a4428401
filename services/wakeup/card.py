"""The morning call's lines on the card beside the telephone."""

from pydantic import BaseModel

from exchange.network.patterns import NumberPattern
from services.card import CardLine
from services.wakeup.config import WakeupConfig
from services.wakeup.dialled import Simple

_LINES = (
    ("HHMM", "0630", "Rings you at HH:MM", "HH 時 MM 分に起こします"),
    (
        "DHHMM",
        "10630",
        "Weekly. D: Mon 1 to Sun 7, workdays 8",
        "毎週の予約。D は月曜1〜日曜7、祝日でない平日8",
    ),
    ("31MM", "3130", "Rings you in MM minutes", "MM 分後に呼び出します"),
    ("32MM", "3230", "The next alarm MM minutes later, once", "次の予約を一度だけ MM 分遅らせます"),
    (
        Simple.RING_BACK.value,
        Simple.RING_BACK.value,
        "Rings you back now, to try it",
        "すぐ呼び返します (お試し)",
    ),
    (Simple.MENU.value, Simple.MENU.value, "Menu for telephones with keys", "ボタンで選ぶご案内"),
    (Simple.HEAR.value, Simple.HEAR.value, "Reads your alarms to you", "予約の読み上げ"),
    (Simple.CANCEL_NEXT.value, Simple.CANCEL_NEXT.value, "Cancels the next alarm", "次の予約を取り消します"),
    (Simple.CANCEL_ALL.value, Simple.CANCEL_ALL.value, "Cancels all alarms", "予約をすべて取り消します"),
    (
        Simple.OPT_OUT.value,
        Simple.OPT_OUT.value,
        "Never rings this telephone again",
        "この電話を二度と鳴らしません",
    ),
    (Simple.OPT_IN.value, Simple.OPT_IN.value, "Takes that back", "それを取りやめます"),
)
"""What is dialled after the prefix, an example of it, and what it does."""


def card(numbers: tuple[str, ...], config: BaseModel) -> tuple[CardLine, ...]:
    """The lines of what can be dialled by these numbers."""
    prefix = WakeupConfig.model_validate(config).prefix
    patterns = [NumberPattern.parse(number) for number in numbers]
    return tuple(
        CardLine(prefix + scheme, en, ja)
        for scheme, example, en, ja in _LINES
        if any(pattern.matches(prefix + example) for pattern in patterns)
    )
