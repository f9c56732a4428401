"""Digits of a call, by whichever way they come, on a leg in memory with the real processors."""

import asyncio

import pytest
from support.call_line import HIGH, Line, on_line

from exchange.sip.call import DIGITS_KEPT
from exchange.sip.leg import DigitSource

pytestmark = pytest.mark.native

EVENT, INBAND = DigitSource.EVENT, DigitSource.INBAND


@pytest.mark.parametrize("way", DigitSource)
def test_digits_come_in_their_order(way: DigitSource):
    async def script(line: Line) -> None:
        await line.telephone.press("0123456789*#", way)
        heard = [await line.call.digit(1) for _ in range(12)]
        assert heard == list("0123456789*#")
        assert await line.call.digit(0) is None

    on_line(script)


def test_a_press_heard_by_all_three_ways_is_one_digit():
    async def script(line: Line) -> None:
        for _ in range(3):
            async with asyncio.TaskGroup() as tasks:
                for way in DigitSource:
                    tasks.create_task(line.telephone.press("8", way))
        digits = [await line.call.digit(1) for _ in range(3)]
        assert digits == ["8"] * 3
        assert await line.call.digit(1) is None

    on_line(script)


def test_no_digit_is_none_after_exactly_the_time_given():
    async def script(line: Line) -> None:
        began_s = asyncio.get_running_loop().time()
        assert await line.call.digit(5) is None
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(5)

    on_line(script)


def test_digits_nobody_takes_are_kept_up_to_a_bound():
    async def script(line: Line) -> None:
        await line.telephone.press("1234567890" * 10, EVENT)
        heard = ""
        while (digit := await line.call.digit(0)) is not None:
            heard += digit
        assert heard == ("1234567890" * 10)[:DIGITS_KEPT]
        assert line.call.digits_lost == 100 - DIGITS_KEPT

    on_line(script)


def test_in_band_digits_are_heard_while_a_clip_plays():
    async def script(line: Line) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.telephone.press("159", INBAND))
            await line.call.play(HIGH, HIGH)
        assert [await line.call.digit(0) for _ in range(3)] == ["1", "5", "9"]

    on_line(script)


def test_digits_can_be_sent_to_the_far_end():
    async def script(line: Line) -> None:
        for digit in "147#":
            await line.call.press(digit)
            await asyncio.sleep(0.2)
        assert line.telephone.digits == "147#"
        for wrong in ("", "12", "x"):
            with pytest.raises(ValueError):
                await line.call.press(wrong)

    on_line(script)
