"""Makes the card's two fonts, once, from BIZ UDPGothic as Debian packs it (fonts-morisawa-bizud-gothic).

`python -m denwa.card.font [FOLDER]` writes them anew; fontTools is in the group `test`. The text's font keeps JIS X 0208
up to level 1 (rows 1 to 47: kana, symbols, 2,965 kanji) and Latin-1, the digits' font what a number is written with.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
TEXT = FOLDER / "BIZUDPGothic-Regular-level1.ttf"
NUMBERS = FOLDER / "BIZUDPGothic-Bold-numbers.ttf"
DEBIAN = Path("/usr/share/fonts/truetype/bizud-gothic")
ASCII = "".join(map(chr, range(0x20, 0x7F)))
BESIDE = "—–～－∥¢£¬①②③④⑤⑥⑦⑧⑨⑩№℡㈱☎髙﨑德濵瀨"
"""What names and keyboards bring that no row up to 47 has."""
_LAST_ROW = 47
"""The last row of level 1 in JIS X 0208."""
_NAMES = (0, 1, 2, 3, 4, 5, 6, 13, 14)
"""The entries of the name table that stay: copyright, names, version, licence."""
_LAYOUT = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "gasp", "meta"]
"""Tables that a page of horizontal text has no use for."""


def level_1() -> str:
    """Each character of JIS X 0208 up to level 1, Latin-1, and what is used beside them."""
    return "".join(_of_jis()) + ASCII + "".join(map(chr, range(0xA1, 0x100))) + BESIDE


def subset(source: Path, characters: str, target: Path) -> None:
    """Write a font of these characters only; the same source gives the same file."""
    from fontTools import subset as tool  # noqa: PLC0415 - not there where denwa only runs

    options = tool.Options(
        hinting=False, layout_features=[], name_IDs=list(_NAMES), notdef_outline=True, recalc_timestamp=False
    )
    options.drop_tables += _LAYOUT
    maker = tool.Subsetter(options)
    maker.populate(text=characters)
    with tool.load_font(source, options) as font:
        maker.subset(font)
        tool.save_font(font, target, options)


def _of_jis() -> Iterator[str]:
    for row in range(1, _LAST_ROW + 1):
        for cell in range(1, 95):
            yield bytes((0xA0 + row, 0xA0 + cell)).decode("euc_jp", "ignore")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else DEBIAN
    subset(folder / "BIZUDPGothic-Regular.ttf", level_1(), TEXT)
    subset(folder / "BIZUDPGothic-Bold.ttf", ASCII, NUMBERS)
