"""Which services are installed: by entry points of real distributions, made for these tests."""

import sys
from pathlib import Path

import pytest

from services.registry import GROUP, ServiceError, installed

pytestmark = pytest.mark.native

TOYS = """
from support.toy_service import toy

async def answer(call):
    await call.answer()

late = toy(answer, name="late", number="99")
early = toy(answer, name="early", number="11")
namesake = toy(answer, name="early", number="55")
number = 117
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a distribution that offers services, by name and value of their entry points."""

    def make(**points: str) -> None:
        info = tmp_path / "toys-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1\n")
        lines = "".join(f"{name} = {value}\n" for name, value in points.items())
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}")
        (tmp_path / "toys_for_tests.py").write_text(TOYS)
        ours = [path for path in sys.path if "site-packages" not in path]
        monkeypatch.setattr(sys, "path", [str(tmp_path), *ours])
        monkeypatch.delitem(sys.modules, "toys_for_tests", raising=False)

    return make


def test_services_come_in_the_order_of_their_numbers(install):
    install(late="toys_for_tests:late", early="toys_for_tests:early")
    assert [spec.number for spec in installed().values()] == ["11", "99"]
    assert list(installed()) == ["early", "late"]


def test_nothing_installed_is_nothing(install):
    install()
    assert installed() == {}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("toys_for_tests:missing", "cannot be loaded"),
        ("no_such_module_anywhere:spec", "cannot be loaded"),
        ("toys_for_tests:number", "is no ServiceSpec"),
    ],
)
def test_what_is_no_service_is_named_and_told(install, value: str, told: str):
    install(broken=value)
    with pytest.raises(ServiceError, match=told) as error:
        installed()
    assert "'broken'" in str(error.value)
    assert value in str(error.value)


def test_two_of_a_name_are_refused(install):
    install(one="toys_for_tests:early", two="toys_for_tests:namesake")
    with pytest.raises(ServiceError, match="two services are named 'early'"):
        installed()
