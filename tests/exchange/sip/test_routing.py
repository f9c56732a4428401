"""Which service a call is for, and the caps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.network.patterns import NumberPattern
from exchange.sip.routing import (
    BUSY,
    NOT_FOUND,
    CallCounts,
    ExtensionNumbers,
    Numbers,
    Refusal,
    Route,
    RouteTable,
    contact_token,
    make_token,
)

pytestmark = pytest.mark.unit

TIME = make_token("time's password", "home", "time")
RINGS = make_token("rings' password", "home", "rings")


def numbers(**services: str) -> tuple[Numbers, ...]:
    return tuple(
        Numbers(NumberPattern.parse(written), service)
        for service, patterns in services.items()
        for written in patterns.split()
    )


def table(**more: object) -> RouteTable:
    return RouteTable(
        extensions=(
            ExtensionNumbers("time", TIME, numbers(clock="117 1179", echo="186")),
            ExtensionNumbers("rings", RINGS, numbers(wakeup="7XXXX", echo="7[0-4]00X")),
        ),
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("token", "dialled", "service"),
    [
        (TIME, "117", "clock"),
        (TIME, "1179", "clock"),
        (TIME, "186", "echo"),
        (RINGS, "70730", "wakeup"),
        (RINGS, "72009", "echo"),
        (None, "117", "clock"),
        (None, "70730", "wakeup"),
    ],
)
def test_a_number_leads_to_its_service(token: str | None, dialled: str, service: str):
    route = table().route(token, dialled)
    assert isinstance(route, Route)
    assert route.service == service


@pytest.mark.parametrize(
    ("token", "dialled"),
    [
        (TIME, "70730"),
        (RINGS, "117"),
        (TIME, "11"),
        (TIME, "11790"),
        (TIME, ""),
        (TIME, "117;phone-context=x"),
        (None, "999"),
        ("0" * 20, "117"),
    ],
)
def test_what_is_not_ours_is_not_found_and_takes_no_place(token: str | None, dialled: str):
    """A number of another extension's registration, an unknown number, an unknown token."""
    routes = table()
    assert routes.route(token, dialled) == Refusal(NOT_FOUND, "Not Found")
    assert routes.counts.total == 0


def test_an_empty_table_refuses_everything():
    assert RouteTable().route(None, "117") == Refusal(NOT_FOUND, "Not Found")


def test_local_numbers_are_answered_without_a_token_only():
    routes = table(local=numbers(modem="122"))
    assert routes.route(None, "122") == Route("modem", "")
    assert routes.route(TIME, "122") == Refusal(NOT_FOUND, "Not Found")


def test_the_closest_pattern_wins_whatever_the_order():
    entries = numbers(wakeup="7XXXX", echo="70000")
    for order in (entries, entries[::-1]):
        routes = RouteTable(extensions=(ExtensionNumbers("rings", RINGS, order),))
        assert routes.find(RINGS, "70000") == Route("echo", "rings")
        assert routes.find(RINGS, "70001") == Route("wakeup", "rings")


def test_of_equal_patterns_the_first_extension_wins():
    first = ExtensionNumbers("first", TIME, numbers(clock="117"))
    second = ExtensionNumbers("second", RINGS, numbers(clock="117"))
    assert RouteTable((first, second)).find(None, "117") == Route("clock", "first")
    assert RouteTable((first, second)).find(RINGS, "117") == Route("clock", "second")


def test_the_call_over_its_services_cap_is_busy_and_others_are_not():
    routes = table(caps={"clock": 2})
    held = [routes.route(TIME, "117") for _ in range(2)]
    assert routes.route(TIME, "1179") == Refusal(BUSY, "Busy Here")
    assert isinstance(routes.route(TIME, "186"), Route)
    routes.release(held[0])  # type: ignore[arg-type]
    assert isinstance(routes.route(TIME, "117"), Route)
    assert routes.route(TIME, "117") == Refusal(BUSY, "Busy Here")


def test_the_total_cap_counts_all_services():
    routes = table(total_cap=3)
    held = [routes.route(TIME, "117"), routes.route(TIME, "186"), routes.route(RINGS, "70730")]
    assert routes.route(TIME, "117") == Refusal(BUSY, "Busy Here")
    routes.release(held[1])  # type: ignore[arg-type]
    assert isinstance(routes.route(TIME, "117"), Route)


def test_a_cap_of_nothing_refuses_each_call():
    assert table(caps={"clock": 0}).route(TIME, "117") == Refusal(BUSY, "Busy Here")


def test_an_unknown_number_is_not_found_even_when_all_is_full():
    assert table(total_cap=0).route(TIME, "999") == Refusal(NOT_FOUND, "Not Found")


def test_a_new_table_goes_on_with_the_calls_of_the_old():
    counts = CallCounts()
    before = table(caps={"clock": 1}, counts=counts)
    route = before.route(TIME, "117")
    after = table(caps={"clock": 1}, counts=counts)
    assert after.route(TIME, "117") == Refusal(BUSY, "Busy Here")
    after.release(route)  # type: ignore[arg-type]
    assert isinstance(after.route(TIME, "117"), Route)


def test_a_place_given_back_twice_is_an_error():
    routes = table()
    route = routes.route(TIME, "117")
    assert isinstance(route, Route)
    routes.release(route)
    with pytest.raises(ValueError, match="clock"):
        routes.release(route)


@given(st.lists(st.one_of(st.sampled_from(["117", "186", "70730", "999"]), st.just("end")), max_size=60))
def test_counts_are_the_calls_that_are_up(events: list[str]):
    """Whatever comes and goes, no cap is passed and every place comes back."""
    routes = table(caps={"clock": 2, "echo": 3}, total_cap=4)
    up: list[Route] = []
    for event in events:
        if event == "end":
            if up:
                routes.release(up.pop())
        elif isinstance(route := routes.route(None, event), Route):
            up.append(route)
        assert routes.counts.total == len(up) <= 4
        assert sum(route.service == "clock" for route in up) <= 2
    for route in up:
        routes.release(route)
    assert routes.counts.total == 0


@pytest.mark.parametrize(
    "uri",
    [
        f"sip:117@10.0.0.5:5060;x-denwa={TIME}",
        f"sip:117@10.0.0.5:5060;ob;x-denwa={TIME};transport=tcp",
        f"sip:117@10.0.0.5;X-Denwa={TIME.upper()}",
        f"sip:10.0.0.5;x-denwa={TIME}?Subject=x",
        f"sip:117;phone-context=a@10.0.0.5;x-denwa={TIME}",
    ],
)
def test_the_token_is_read_from_a_contact_that_came_back(uri: str):
    assert contact_token(uri) == TIME


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "sip:117@10.0.0.5",
        f"sip:117;x-denwa={TIME}@10.0.0.5",
        f"sip:117@10.0.0.5;x-denwa={TIME}0",
        f"sip:117@10.0.0.5;x-denwa={TIME[:-1]}",
        f"sip:117@10.0.0.5;xx-denwa={TIME}",
        "sip:117@10.0.0.5;x-denwa=",
        "sip:117@10.0.0.5;x-denwa=" + "é" * 20,
    ],
)
def test_what_only_looks_like_a_token_is_none(uri: str):
    """Least of all one that a caller dialled as a part of the user."""
    assert contact_token(uri) is None


@given(st.text())
def test_any_text_may_be_searched_for_a_token(uri: str):
    assert contact_token(uri) is None or len(contact_token(uri) or "") == 20


def test_a_token_is_the_same_after_a_restart_and_another_for_each_extension():
    assert make_token("secret", "home", "time") == make_token("secret", "home", "time")
    tokens = {
        make_token(password, exchange, extension)
        for password in ("secret", "Secret", "")
        for exchange in ("home", "away")
        for extension in ("time", "rings")
    }
    assert len(tokens) == 12
    assert all(contact_token(f"sip:a@b;x-denwa={token}") == token for token in tokens)
