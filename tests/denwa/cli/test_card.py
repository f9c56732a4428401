"""`denwa card` writes the card of what is configured, and says so."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from support.program import DENWA

pytestmark = pytest.mark.unit

CONFIGURATION = """
language = "en"
[exchanges.home]
host = "192.0.2.10"
[extensions.services]
exchange = "home"
user = "7000"
password_file = "is-not-needed"
[extensions.services.numbers]
"117" = "clock"
"7XXXX" = "echo"
[extensions.more]
exchange = "home"
user = "8000"
password_file = "is-not-needed"
[extensions.more.numbers]
"5186" = "echo"
"""


def texts(file: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(file).pages]


def test_without_a_configuration_it_has_the_default_numbers(denwa, tmp_path: Path):
    result = denwa("card")
    assert result.exit_code == 0
    assert result.stdout.startswith("denwa-card.pdf: ")
    assert result.stderr == ""
    (text,) = texts(tmp_path / "denwa-card.pdf")
    assert all(words in text for words in ("117", "186", "時報", "このマシン", "sip:117@127.0.0.1:5060"))


def test_each_extension_has_a_page_with_its_numbers(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text(CONFIGURATION)
    assert "2 A6 pages" in denwa("card").stdout
    first, second = texts(tmp_path / "denwa-card.pdf")
    assert "117" in first
    assert "7XXXX" in first
    assert "5186" not in first
    assert "5186" in second
    assert "From other exchanges" in first


def test_one_extension_alone_and_another_language_and_title(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text(CONFIGURATION)
    denwa("card", "--extension", "more", "--lang", "ja", "--title", "多摩局", "--output", "more.pdf")
    (text,) = texts(tmp_path / "more.pdf")
    assert "多摩局" in text
    assert "試験" in text
    assert "5186" in text


def test_an_unknown_extension_is_refused_with_those_there_are(denwa, tmp_path: Path):
    (tmp_path / "denwa.toml").write_text(CONFIGURATION)
    result = denwa("card", "--extension", "mroe")
    assert result.exit_code == 2
    assert "services, more" in result.stderr
    assert not (tmp_path / "denwa-card.pdf").exists()


def test_characters_that_the_font_lacks_are_named(denwa, tmp_path: Path):
    result = denwa("card", "--title", "鼈島\u202e局")
    assert result.exit_code == 0
    assert "鼈 (U+9F08)" in result.stderr
    (text,) = texts(tmp_path / "denwa-card.pdf")
    assert "〓島\\u202e局" in text


def test_a_place_that_cannot_be_written_is_told(denwa):
    result = denwa("card", "--output", "nowhere/card.pdf")
    assert result.exit_code == 1
    assert "nowhere/card.pdf" in result.stderr


def test_standard_output_gets_the_pdf_alone(tmp_path: Path):
    done = subprocess.run(
        [DENWA, "card", "--output", "-"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    assert len(PdfReader(BytesIO(done.stdout)).pages) == 1
    assert list(tmp_path.iterdir()) == []
