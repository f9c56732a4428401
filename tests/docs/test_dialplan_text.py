"""What docs/exchange.md gives to paste is what `denwa dialplan` prints for the configuration of that page."""

import re
from pathlib import Path

import pytest
from docs.pages import ROOT, blocks

from denwa.config.load import load
from denwa.wiring import dialplan_request
from exchange.network.dialplan import DialplanRequest, Flavour, Language, Place, dialplan_sections
from services.registry import installed

pytestmark = pytest.mark.unit

PAGES = [ROOT / "docs" / "exchange.md", ROOT / "docs" / "ja" / "exchange.md"]


def request_of(page: Path, folder: Path) -> DialplanRequest:
    """From the page's first configuration."""
    (folder / "denwa.password").write_text("pw\n")
    (folder / "denwa.password").chmod(0o600)
    file = folder / "denwa.toml"
    file.write_text(blocks(page, "toml")[0].text)
    configuration = load(file, installed())
    (extension,) = configuration.extensions.values()
    return dialplan_request(configuration, extension)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_page_has_every_section_of_both_kinds_of_exchange_in_their_order(page: Path, tmp_path: Path):
    request = request_of(page, tmp_path)
    printed = [
        section.text
        for flavour in (Flavour.MIKOPBX, Flavour.ASTERISK)
        for section in dialplan_sections(request, flavour, Language.ENGLISH)
    ]
    assert [block.text for block in blocks(page, "ini")] == printed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_page_names_each_place_as_the_command_does(page: Path, tmp_path: Path):
    """Without the kind of exchange before it, and without what the command adds behind it."""
    language = Language.JAPANESE if page.parent.name == "ja" else Language.ENGLISH
    text = page.read_text().replace("`", "")
    request = request_of(page, tmp_path)
    for section in (each for flavour in Flavour for each in dialplan_sections(request, flavour, language)):
        place = re.split(r" \(|,|、", section.where.partition(": ")[2])[0]
        assert section.place is Place.TRUNK or place in text, place
