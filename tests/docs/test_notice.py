"""NOTICE names whose work is inside, by the manifests and pins that say what is."""

import json
from pathlib import Path

import pytest
from docs.pages import ROOT

from exchange.pjsip.pin import VERSION

pytestmark = pytest.mark.unit

NOTICE = (ROOT / "NOTICE").read_text()
MANIFESTS = sorted((ROOT / "audio" / "prompts").glob("*/manifest.json"))


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_each_voice_is_named_with_its_licence(manifest: Path):
    pack = json.loads(manifest.read_text())
    assert pack["voice"] in NOTICE
    licence = pack["licence"].partition(",")[0].replace("CC BY", "Creative Commons Attribution")
    assert licence in NOTICE


def test_the_voice_that_is_copied_in_has_its_own_licence_beside_it():
    (voice,) = (ROOT / "audio" / "speech" / "voices").glob("*.htsvoice")
    licence = voice.with_name("COPYING.nitech")
    assert str(licence.relative_to(ROOT)) in NOTICE
    assert "Creative Commons Attribution 3.0" in licence.read_text()


def test_the_native_parts_are_named_with_their_terms():
    assert f"PJSIP {VERSION} " in NOTICE
    assert "GPL-2.0-or-later" in NOTICE
    assert "LGPL-2.1" in NOTICE


def test_the_readmes_say_that_the_built_program_is_gpl():
    for page in ("README.md", "README.ja.md"):
        assert "GPL-2.0-or-later" in (ROOT / page).read_text()
