"""Tells the log what keeps an extension from being registered, with what to do, and when it is over."""

import structlog

from denwa.language import Language, Text
from exchange.sip.problem_log import ProblemNews
from exchange.sip.registration_problem import Problem

log = structlog.get_logger()


def tell(news: ProblemNews, language: Language) -> None:
    """One line: what is wrong, the configuration's fields to look at, and the remedy, in a language."""
    if news.ended:
        log.info("extension_well_again", extension=news.subject)
        return
    problem = news.problem
    log.warning(
        "extension_problem",
        extension=news.subject,
        what=what_of(problem).say(language),
        fields=problem.fields,
        remedy=remedy_of(problem).say(language),
    )


def what_of(problem: Problem) -> Text:
    """What is wrong, in both languages."""
    return Text(problem.text_en, problem.text_ja)


def remedy_of(problem: Problem) -> Text:
    """What to do about it, in both languages."""
    return Text(problem.remedy_en, problem.remedy_ja)
