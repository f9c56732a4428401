"""Numbers are read digit by digit, in the groups in which people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wakeup.phrases.digits import PAUSE, digit_clips, number_clips

pytestmark = pytest.mark.unit

NUMBERS = st.text("0123456789*#", min_size=1, max_size=79)


def grouped(digits: str) -> str:
    names = {"star": "*", "pound": "#", PAUSE: " "}
    return "".join(names.get(name, name.removeprefix("digit_")) for name in number_clips(digits))


@pytest.mark.parametrize(
    "number",
    [
        *("1", "12", "117", "2001", "12345", "84 2001", "555 1234", "8410 2001", "12345 6789"),
        *("03 1234 5678", "090 1234 5678", "*21 2001", "#"),
    ],
)
def test_groups_of_four_from_the_end_and_no_digit_alone(number):
    assert grouped(number.replace(" ", "")) == number


@given(NUMBERS)
def test_no_digit_is_lost_and_no_group_is_longer_than_five(digits):
    said = grouped(digits)
    assert said.replace(" ", "") == digits
    assert all(2 <= len(group) <= 5 for group in said.split(" ")) or len(digits) == 1


@pytest.mark.parametrize("strange", ["+81", "20-01", "２", "a", " "])
def test_what_cannot_be_dialled_is_not_read(strange):
    with pytest.raises(ValueError, match="only 0-9"):
        digit_clips(strange)
    with pytest.raises(ValueError, match="only 0-9"):
        number_clips(strange)
