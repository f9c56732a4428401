"""Links between documents lead somewhere, and the languages keep together."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from docs.pages import PAGES, ROOT, anchors, blocks, links

pytestmark = pytest.mark.unit

PAIRS = [
    (ROOT / "README.md", ROOT / "README.ja.md"),
    *((ROOT / "docs" / page.name, page) for page in sorted((ROOT / "docs" / "ja").glob("*.md"))),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path):
    for link in links(page):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


@pytest.mark.parametrize(("english", "japanese"), PAIRS, ids=lambda page: page.name)
def test_both_languages_give_the_same_to_type_and_to_paste(english: Path, japanese: Path):
    def given(page: Path) -> list[tuple[str, str]]:
        return [
            (block.language, _without_comments(block.text).replace("--lang ja", "--lang en"))
            for block in blocks(page)
        ]

    assert given(japanese) == given(english)


def _without_comments(text: str) -> str:
    return "\n".join(line.partition(" #")[0].rstrip() for line in text.splitlines())


@pytest.mark.parametrize(("english", "japanese"), PAIRS, ids=lambda page: page.name)
def test_each_language_links_to_the_other(english: Path, japanese: Path):
    for page, other in ((english, japanese), (japanese, english)):
        assert other in {(page.parent / link).resolve() for link in links(page)}


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_the_readme_leads_to_each_document(page: Path):
    path = str(page.relative_to(ROOT))
    assert path in links(ROOT / "README.md"), f"README.md and README.ja.md have no link to {path}"


@pytest.mark.parametrize(
    "picture", sorted((ROOT / "docs" / "pictures").glob("*.svg")), ids=lambda path: path.name
)
def test_a_picture_is_whole_has_a_title_and_its_own_ground(picture: Path):
    """Its own ground keeps it legible on white and on dark pages."""
    svg = "{http://www.w3.org/2000/svg}"
    root = ET.fromstring(picture.read_bytes())  # noqa: S314 - our own file
    assert root.findtext(f"{svg}title")
    left, top, width, height = root.attrib["viewBox"].split()
    ground = root.find(f"{svg}rect")
    assert ground is not None
    assert (ground.get("x", "0"), ground.get("y", "0")) == (left, top)
    assert (ground.get("width"), ground.get("height")) == (width, height)
