"""What the log says of an extension that cannot be registered, in both languages."""

import io
import json

import pytest

from denwa.config.models import Log
from denwa.language import Language
from denwa.logs import set_up
from denwa.registration_news import tell
from exchange.sip.problem_log import ProblemNews
from exchange.sip.registration_problem import Problem, RegistrationPlace, cannot_listen, wrong_password

pytestmark = pytest.mark.unit

PLACE = RegistrationPlace("home", "time", "pbx.example", 5060, "udp", "7000")
WRONG = wrong_password(PLACE, 401, "Unauthorized")


def logged(problem: Problem, language: Language, *, ended: bool = False) -> dict[str, object]:
    """The one line that is written of it."""
    stream = io.StringIO()
    set_up(Log(format="json"), stream)
    tell(ProblemNews("time", problem, ended), language)
    (line,) = stream.getvalue().splitlines()
    read: dict[str, object] = json.loads(line)
    return read


def test_a_problem_is_told_with_its_fields_and_its_remedy():
    line = logged(WRONG, "en")
    assert (line["event"], line["level"], line["extension"]) == ("extension_problem", "warning", "time")
    assert line["fields"] == ["extensions.time.password_file", "extensions.time.user"]
    assert line["what"] == WRONG.text_en
    assert line["remedy"] == WRONG.remedy_en


def test_where_japanese_is_spoken_it_is_told_in_japanese():
    line = logged(WRONG, "ja")
    assert line["what"] == WRONG.text_ja
    assert line["remedy"] == WRONG.remedy_ja


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_a_far_end_wrote_is_no_place_to_fill(language: Language):
    """A reason phrase may hold braces."""
    line = logged(wrong_password(PLACE, 401, "{name} {0} {"), language)
    assert "{name} {0} {" in str(line["what"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_taken_port_is_ours_to_mend(language: Language):
    line = logged(cannot_listen(PLACE, "udp 10.0.0.2:5060: Address already in use", taken=True), language)
    assert line["fields"] == ["sip.port"]
    assert "port = 5070" in str(line["remedy"])
    assert "exchanges." not in str(line)


def test_the_end_of_a_problem_is_told():
    line = logged(WRONG, "en", ended=True)
    assert (line["event"], line["level"], line["extension"]) == ("extension_well_again", "info", "time")
