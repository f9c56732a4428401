"""First cache: PJSIP's static libraries and the SWIG object of pjsua2, patched and configured; about 80 s on two cores."""

import os
import shutil
import sysconfig
from pathlib import Path

from exchange.pjsip import pin, source
from exchange.pjsip.cache import key_of
from exchange.pjsip.report import BuildError, say, step

SWIG_FOLDER = Path("pjsip-apps/src/swig/python")
WRAPPER = SWIG_FOLDER / "pjsua2_wrap.o"
MARK = ".built"
TREE = f"pjsip-{pin.VERSION}"


def libraries_key() -> str:
    """Hash of all that makes the libraries what they are."""
    facts = [pin.VERSION, str(sysconfig.get_config_var("SOABI")), pin.CFLAGS, *pin.FEATURES_OFF]
    return key_of(facts, [Path(__file__), pin.CONFIG_SITE, *pin.PATCHES])


def build_libraries(cache: Path) -> Path:
    """Return PJSIP's built tree; it is built when the cache has none (its makefiles keep the path)."""
    tree = cache / f"{TREE}-{libraries_key()}"
    if (tree / MARK).is_file():
        return tree
    shutil.rmtree(tree, ignore_errors=True)
    say(f"building PJSIP {pin.VERSION}, once: one to two minutes on two cores")
    source.obtain(tree)
    _patch(tree)
    _compile(tree)
    _wrap(tree)
    _shed_objects(tree)
    (tree / MARK).touch()
    return tree


def words(tree: Path, target: str) -> list[str]:
    """Ask PJSIP's makefiles for `cflags`, `ldflags` or `libs`."""
    return step(
        target, ["make", "--no-print-directory", "-f", "helper.mak", target], tree / SWIG_FOLDER
    ).split()


def _patch(tree: Path) -> None:
    for patch in pin.PATCHES:
        command = ["patch", "-p1", "-s", "-f", "--no-backup-if-mismatch", "-i", str(patch)]
        try:
            step(patch.name, command, tree)
        except BuildError as error:
            raise BuildError(f"{patch.name} does not fit PJSIP {pin.VERSION}\n{error}") from error
    shutil.copy(pin.CONFIG_SITE, tree / "pjlib/include/pj/config_site.h")
    # Debian's copy lacks this driver of a sound card nobody has; the makefile wants the file
    (tree / "pjmedia/src/pjmedia-audiodev/bdimad_dev.c").touch()


def _compile(tree: Path) -> None:
    env = os.environ | {"CFLAGS": pin.CFLAGS, "CXXFLAGS": pin.CFLAGS}
    options = ["--enable-epoll", *(f"--disable-{feature}" for feature in pin.FEATURES_OFF)]
    step("configure", ["./configure", *options], tree, env)
    step("libraries", ["make", f"-j{os.cpu_count() or 1}", "lib"], tree, env)


def _wrap(tree: Path) -> None:
    folder = tree / SWIG_FOLDER
    step("swig", ["make", "pjsua2_wrap.cpp"], folder)
    # -O0: the wrapper only passes arguments on; with -O2 the compiler takes minutes and nothing gets faster
    flags = [word for word in words(tree, "cflags") if not word.startswith("-O")]
    include = "-I" + sysconfig.get_path("include")
    command = [
        "g++",
        *flags,
        include,
        "-fPIC",
        "-O0",
        "-g0",
        "-w",
        "-c",
        "pjsua2_wrap.cpp",
        "-o",
        WRAPPER.name,
    ]
    step("wrapper", command, folder)


def _shed_objects(tree: Path) -> None:
    for leftover in tree.rglob("*.o"):
        if leftover.name != WRAPPER.name:
            leftover.unlink()
