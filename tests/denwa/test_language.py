"""Which language the terminal is spoken to in, and texts that contain texts."""

import pytest

from denwa.language import Text, terminal_language

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ja_JP.eucJP", "LC_ALL": ""}, "ja"),
    ],
)
def test_the_locale_decides(environment: dict[str, str], language: str):
    assert terminal_language(environment) == language


def test_a_text_within_a_text_is_said_in_the_same_language():
    outer = Text("there is {what}", "{what}があります")
    assert outer.say("en", what=Text("tea", "お茶")) == "there is tea"
    assert outer.say("ja", what=Text("tea", "お茶")) == "お茶があります"


def test_braces_in_values_are_left_alone():
    assert Text("{found} is wrong", "").say("en", found="{x}") == "{x} is wrong"


def test_braces_of_a_text_without_values_are_left_alone():
    assert Text("a {b}", "").say("en") == "a {b}"
