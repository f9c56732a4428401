"""What is built: the version of PJSIP, where it comes from, and the digests that its content must have."""

from pathlib import Path

ROOM = Path(__file__).resolve().parent
REPOSITORY = ROOM.parent.parent

VERSION = "2.17"
UPSTREAM = f"https://github.com/pjsip/pjproject/archive/refs/tags/{VERSION}.tar.gz"
DEBIAN_PACKAGE = "asterisk"  # its source has PJSIP as a component of its own
DEBIAN_COMPONENT = "-Xpjproject.tar"
DEBIAN_SUITES = ("forky", "sid")

# The content is pinned, not one archive's packing: Debian's component and upstream's tag hold the same compiled files.
CODE_DIGEST = "bc403e8c330e6bdc99562ede72845cc3d52ca9ce4a2929edc9b2396d3172723b"
BUILD_DIGEST = "9ad1e381dc319e1e1d03c2ac0b4b9277391f634770f1b1fc2d66da0ac15e5e28"
CODE_FOLDERS = ("pjlib", "pjlib-util", "pjmedia", "pjnath", "pjsip", "pjsip-apps/src/swig")
CODE_SUFFIXES = (".c", ".h", ".cpp", ".hpp", ".i")
NOT_EVERYWHERE = ("bdimad_dev.c", "s60_g729_bitstream.h")  # Debian leaves them out; we never compile them
BUILD_FILES = ("aconfigure", "version.mak", "build/rules.mak")

CONFIG_SITE = ROOM / "config_site.h"
PATCHES = tuple(sorted((ROOM / "patches").glob("*.patch")))

FEATURES_OFF = (
    "sound",
    "video",
    "libsrtp",
    "resample",
    "speex-aec",
    "speex-codec",
    "gsm-codec",
    "ilbc-codec",
    "g7221-codec",
    "g722-codec",
    "l16-codec",
    "libyuv",
    "libwebrtc",
    "libwebrtc-aec3",
    "upnp",
    "opus",
    "ssl",
    "sdl",
    "ffmpeg",
    "v4l2",
    "openh264",
    "opencore-amr",
    "silk",
    "bcg729",
)
CFLAGS = "-O2 -fPIC -DNDEBUG"
