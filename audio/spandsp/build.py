"""Builds the wheel `denwa_spandsp`: `python audio/spandsp/build.py` prints its path, progress goes to stderr.

Needs a C compiler, Python's headers and libspandsp-dev; of Python packages only cffi. The wheel is kept in the cache
(`$DENWA_CACHE`, else `$XDG_CACHE_HOME/denwa`, else `~/.cache/denwa`) under a hash of all that went into it.
"""

import hashlib
import io
import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from base64 import urlsafe_b64encode
from contextlib import redirect_stdout
from pathlib import Path

import cffi

HERE = Path(__file__).resolve().parent
HEARING = ("spectrum", "frame", "said", "over", "cadence", "burst", "voice", "talk", "hearing")
SOURCES = (
    "clips.c",
    "digits.c",
    "speech.c",
    "echo.c",
    "handset.c",
    "drive.c",
    *(f"../hearing/{name}.c" for name in HEARING),
)
HEADERS = (
    "../processor.h",
    "api.h",
    "clips.h",
    "digits.h",
    "owned.h",
    *(f"../hearing/{name}.h" for name in (*HEARING, "heard", "state", "table")),
)
VERSION = "0.1.0"
WARNINGS = ("-Wall", "-Wextra", "-Werror")
APT = "sudo apt install build-essential python3-dev libspandsp-dev"


class BuildError(Exception):
    """The wheel cannot be built; the message says what to do."""


def compiler() -> list[str]:
    """The C compiler's command: `$CC`, else cc."""
    return shlex.split(os.environ.get("CC", "cc"))


def run(*command: str) -> str:
    """Runs a compiler command and returns its stdout.

    Raises:
        BuildError: it is not there, or failed.
    """
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise BuildError(f"There is no C compiler ({command[0]}). Install it: {APT}") from error
    except subprocess.CalledProcessError as error:
        raise BuildError(f"{shlex.join(command)} failed:\n{error.stderr}") from error
    return done.stdout


def macros(*includes: str) -> str:
    """What `includes` define, as the compiler prints it.

    Raises:
        BuildError: a header is missing.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "includes.c")
        source.write_text("".join(f"#include <{name}>\n" for name in includes))
        return run(*compiler(), f"-I{sysconfig.get_path('include')}", "-E", "-dM", str(source))


def require_headers() -> str:
    """The release of spandsp, when all headers are there.

    Raises:
        BuildError: one is missing, or spandsp is not of the 0.0.6 series (3.x has other signatures).
    """
    run(*compiler(), "--version")
    try:
        macros("Python.h")
    except BuildError as error:
        raise BuildError(f"Python's C headers are missing. Install them: {APT}\n{error}") from error
    try:
        defined = macros("spandsp.h", "spandsp/version.h")
    except BuildError as error:
        raise BuildError(f"spandsp's headers are missing. Install them: {APT}\n{error}") from error
    release = next(line for line in defined.splitlines() if "SPANDSP_RELEASE_DATETIME_STRING" in line)
    year = release.split('"')[1][:4]
    if not "2009" <= year <= "2012":
        raise BuildError(f"This is spandsp of {year}; denwa needs the 0.0.6 series that Debian has: {APT}")
    return release


def key(release: str) -> str:
    """Hash of all that the wheel depends on."""
    digest = hashlib.sha256()
    for name in sorted((*SOURCES, *HEADERS, Path(__file__).name)):
        digest.update(name.encode() + b"\0" + (HERE / name).read_bytes() + b"\0")
    for text in (release, cffi.__version__, sysconfig.get_config_var("SOABI"), run(*compiler(), "--version")):
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]


def tag() -> str:
    """The wheel's compatibility tag for this interpreter, such as cp311-cp311-linux_x86_64."""
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def compile_module(folder: Path) -> Path:
    """Compiles our sources and cffi's glue into `folder`; returns the extension module."""
    ffi = cffi.FFI()
    for header in ("../hearing/heard.h", "api.h"):
        ffi.cdef((HERE / header).read_text())
    ffi.set_source(
        "denwa_spandsp.native",
        '#include <stddef.h>\n#include <stdint.h>\n#include "../hearing/hearing.h"\n#include "api.h"\n',
    )
    glue = folder / "glue.c"
    with redirect_stdout(io.StringIO()):  # cffi tells of its progress there
        ffi.emit_c_code(str(glue))
    common = ("-O2", "-g", "-fPIC", "-pthread", f"-I{HERE}", f"-I{sysconfig.get_path('include')}")
    objects = []
    for source, warnings in [(HERE / name, WARNINGS) for name in SOURCES] + [(glue, ())]:
        target = folder / f"{source.stem}.o"
        run(*compiler(), *common, *warnings, "-c", str(source), "-o", str(target))
        objects.append(str(target))
    module = folder / f"native{sysconfig.get_config_var('EXT_SUFFIX')}"
    run(*compiler(), "-shared", "-pthread", *objects, "-lspandsp", "-lm", "-o", str(module))
    return module


def pack(module: Path, wheel: Path) -> None:
    """Writes the wheel around the extension module (the binary distribution format, PEP 427)."""
    info = f"denwa_spandsp-{VERSION}.dist-info"
    files = {
        "denwa_spandsp/__init__.py": b'"""denwa\'s processors on libspandsp."""\n\n'
        b'from denwa_spandsp.native import ffi, lib\n\n__all__ = ["ffi", "lib"]\n',
        f"denwa_spandsp/{module.name}": module.read_bytes(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: denwa-spandsp\nVersion: {VERSION}\n"
        "Summary: denwa's processors on libspandsp\nLicense: MIT\nRequires-Dist: cffi\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: denwa\nRoot-Is-Purelib: false\nTag: {tag()}\n".encode(),
    }
    record = ""
    for name, content in files.items():
        digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def cache() -> Path:
    """The folder that built wheels are kept in."""
    if "DENWA_CACHE" in os.environ:
        return Path(os.environ["DENWA_CACHE"])
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "denwa")


def build() -> Path:
    """The wheel's path, built unless the cache has it.

    Raises:
        BuildError: something is missing, or does not compile.
    """
    wheel = cache() / f"spandsp-{key(require_headers())}" / f"denwa_spandsp-{VERSION}-{tag()}.whl"
    if wheel.exists():
        sys.stderr.write(f"denwa_spandsp: {wheel.parent.name} is in the cache\n")
        return wheel
    sys.stderr.write("denwa_spandsp: compiling\n")
    wheel.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wheel.parent) as folder:
        unfinished = Path(folder, wheel.name)
        pack(compile_module(Path(folder)), unfinished)
        unfinished.replace(wheel)
    return wheel


def main() -> int:
    """Prints the wheel's path; 1, with the reason on stderr, where it cannot be built."""
    try:
        sys.stdout.write(f"{build()}\n")
    except BuildError as error:
        sys.stderr.write(f"denwa_spandsp: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
