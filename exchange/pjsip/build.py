#!/usr/bin/env python3
"""Builds the wheel denwa_pjsip for the Python that runs this, and prints its path.

usage: build.py

The wheel and PJSIP's libraries are kept in DENWA_CACHE (default: denwa in the XDG cache folder) under a hash of all that
goes into them, so a second call prints the path at once. PJSIP_SOURCE: an archive or folder to take PJSIP from.
"""

import sys
import sysconfig
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from exchange.pjsip import cache, libraries, wheel
from exchange.pjsip.needs import check_packages, check_python
from exchange.pjsip.report import BuildError, say

TREES_KEPT = 4
WHEELS_KEPT = 8


def build() -> Path:
    """Return the wheel, building what the caches lack; BuildError says why it cannot."""
    check_python()
    from exchange.pjsip import extension  # noqa: PLC0415 - needs cffi, whose absence check_python explains

    folder = cache.cache_folder()
    with cache.locked(folder):
        facts = [libraries.libraries_key(), str(sysconfig.get_config_var("SOABI"))]
        recipe = [Path(extension.__file__), Path(wheel.__file__)]
        key = cache.key_of(facts, [*recipe, *extension.line_sources(), *wheel.package_files()])
        kept = folder / f"denwa_pjsip-{key}"
        for ready in kept.glob("*.whl"):
            return ready
        check_packages()
        tree = libraries.build_libraries(folder)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            shared_object = extension.link_extension(tree, Path(work))
            packed = wheel.pack(shared_object, tree / libraries.SWIG_FOLDER / "pjsua2.py", key, Path(work))
            kept.mkdir(exist_ok=True)
            ready = packed.rename(kept / packed.name)
        cache.keep_newest(folder, "denwa_pjsip-*", WHEELS_KEPT)
        cache.keep_newest(folder, f"{libraries.TREE}-*", TREES_KEPT)
        return ready


def main() -> int:
    """Print the wheel's path; 1, with a plain reason on stderr, when there is none."""
    try:
        ready = build()
    except BuildError as error:
        say(str(error))
        return 1
    print(ready)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
