"""`python3 -m setup run|test`: make this machine ready, or say what is in the way."""

import subprocess
import sys
import time

from setup import debian, python
from setup.say import SetupError, say


def main() -> int:
    """Do what is still to be done; seconds when nothing changed."""
    tests = sys.argv[1:] == ["test"]
    if not tests and sys.argv[1:] != ["run"]:
        say("usage: python3 -m setup run|test")
        return 2
    if not python.supported():
        return _with_another_python()
    started_monotonic_s = time.monotonic()
    try:
        packages = debian.wanted(debian.listed(), tests=tests, debians_python=python.debians_python())
        debian.install(packages, python.LOG)
        python.make_environment()
        python.install_locked(python.ROOT / ("requirements-test.lock" if tests else "requirements.lock"))
        python.install_native()
        python.install_denwa()
    except SetupError as error:
        say(f"the set-up stopped: {error}")
        return 1
    except KeyboardInterrupt:
        say("stopped; run make again to go on")
        return 130
    say(f"ready ({time.monotonic() - started_monotonic_s:.0f} s)")
    return 0


def _with_another_python() -> int:
    ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
    other = python.other_python()
    if other is None:
        say(
            f"this is Python {ours}; denwa needs 3.11, 3.12 or 3.13. With PYTHON=… you name one: make PYTHON=…"
        )
        return 1
    say(f"this is Python {ours}; going on with {other}")
    sys.stderr.flush()
    return subprocess.run([other, "-m", "setup", *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
