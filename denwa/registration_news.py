"""Tells the log what keeps an extension from being registered, with what to do, and when it is over."""

import structlog

from denwa.language import Language, Text
from exchange.sip.problem_log import ProblemNews

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
        what=Text(problem.text_en, problem.text_ja).say(language),
        fields=problem.fields,
        remedy=Text(problem.remedy_en, problem.remedy_ja).say(language),
    )
