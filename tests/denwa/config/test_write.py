"""Whatever was answered comes back from the TOML that was written."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denwa.config.write import Answers, toml, toml_string

pytestmark = pytest.mark.unit
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXT)
def test_any_text_comes_back(text: str):
    written = toml_string(text)
    assert tomllib.loads(f"key = {written}") == {"key": text}
    assert "\n" not in written


def test_a_lone_surrogate_is_refused():
    with pytest.raises(UnicodeEncodeError):
        toml_string("\udc80")


@given(TEXT, TEXT, st.dictionaries(TEXT, TEXT, min_size=1, max_size=4))
def test_all_answers_come_back(host: str, user: str, numbers: dict[str, str]):
    read = tomllib.loads(toml(Answers("en", host or "x", user, "hush", numbers), "a.password"))
    assert read["exchanges"] == {"home": {"host": host or "x"}}
    assert read["extensions"]["services"] == {
        "exchange": "home",
        "user": user,
        "password_file": "a.password",
        "numbers": numbers,
    }


def test_answers_do_not_show_their_password():
    assert "hush" not in repr(Answers("en", "x", "y", "hush"))
