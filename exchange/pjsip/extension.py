"""Links pjsua2, PJSIP and our packet line into one extension with two module entries, _pjsua2 and _line; about 3 s.

One extension, so that there is one PJSIP in the process by construction: no load order, no RPATH, no leaked symbols.
"""

import contextlib
import sys
import sysconfig
from pathlib import Path

import cffi

from exchange.pjsip import pin
from exchange.pjsip.libraries import SWIG_FOLDER, WRAPPER, words
from exchange.pjsip.report import step

MEDIA = pin.REPOSITORY / "exchange" / "media"
API = MEDIA / "line.h"
MODULE = "denwa_pjsip._line"
WARNINGS = ("-Wall", "-Wextra")


def line_sources() -> list[Path]:
    """All files of ours that go into the extension, sorted."""
    ours = [file for suffix in ("*.c", "*.cpp", "*.h") for file in MEDIA.glob(suffix)]
    return sorted([*ours, pin.REPOSITORY / "audio" / "processor.h"])


def link_extension(tree: Path, work: Path) -> Path:
    """Compile the line, link everything, and return the shared object in `work`."""
    flags = [
        *words(tree, "cflags"),
        f"-I{pin.REPOSITORY}",
        "-I" + sysconfig.get_path("include"),
        "-O2",
        "-fPIC",
        "-g",
    ]
    objects = [
        _compile(file, flags, WARNINGS, work) for file in line_sources() if file.suffix in {".c", ".cpp"}
    ]
    objects.append(_compile(_api_module(work), [*flags, f"-I{MEDIA}"], ("-w",), work))
    extension = work / f"_pjsua2{sysconfig.get_config_var('EXT_SUFFIX')}"
    libraries = [f"-l{name}" for name in words(tree, "libs")]
    objects.append(tree / WRAPPER)
    command = [
        "g++",
        "-shared",
        "-o",
        str(extension),
        *map(str, objects),
        *words(tree, "ldflags"),
        *libraries,
    ]
    step("link", command, tree / SWIG_FOLDER)
    return extension


def _api_module(work: Path) -> Path:
    """The C source of the Python module that cffi makes of line.h."""
    ffi = cffi.FFI()
    ffi.cdef(API.read_text())
    ffi.set_source(MODULE, '#include <stdint.h>\n#include <stddef.h>\n#include "line.h"\n')
    source = work / "_line.c"
    with contextlib.redirect_stdout(sys.stderr):  # cffi speaks; stdout is the wheel's path alone
        ffi.emit_c_code(str(source))
    return source


def _compile(file: Path, flags: list[str], warnings: tuple[str, ...], work: Path) -> Path:
    compiler = "g++" if file.suffix == ".cpp" else "gcc"
    target = work / f"{file.stem}.o"
    step(file.name, [compiler, *flags, *warnings, "-c", str(file), "-o", str(target)], work)
    return target
