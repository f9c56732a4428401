"""Where our own packages come from: another distribution with a package of the same name silently replaces ours."""

import importlib.machinery
from collections.abc import Iterable, Sequence
from pathlib import Path

from denwa.config.findings import Finding
from denwa.language import Text

OURS = ("audio", "timekeeping", "store", "exchange", "schedules", "trust", "services")
"""Our flat packages beside `denwa` itself."""
NATIVE = ("denwa_pjsip", "denwa_spandsp")
"""The packages that we compile."""

_ELSEWHERE = Text(
    "this package comes from {found}, not from {wanted}",
    "このパッケージは {wanted} ではなく {found} のものです",
)
_OWN_ENVIRONMENT = Text(
    "another program brought a package of the same name: install denwa into a virtual environment of its own",
    "別のプログラムが同じ名前のパッケージを入れました。denwa は専用の仮想環境に入れてください",
)
_MISSING = Text("this package is not installed", "このパッケージが入っていません")
_BUILD = Text("build and install it: make run", "作って入れてください: make run")


def strange_origins(
    search: Sequence[str], home: Path | None = None, native: Iterable[str] = NATIVE
) -> list[Finding]:
    """Packages of ours that would be imported from elsewhere than beside `denwa` (or `home`), or that are missing."""
    wanted = home or Path(__file__).resolve().parent.parent
    found = []
    for name in OURS:
        origin = _origin(name, search)
        if origin is None:
            found.append(Finding(name, "", _MISSING, _BUILD))
        elif origin != wanted / name:
            values: dict[str, object] = {"found": origin, "wanted": wanted / name}
            found.append(Finding(name, "", _ELSEWHERE, _OWN_ENVIRONMENT, values))
    missing = [name for name in native if _origin(name, search) is None]
    return found + [Finding(name, "", _MISSING, _BUILD) for name in missing]


def _origin(name: str, search: Sequence[str]) -> Path | None:
    """The folder from which a package would be imported."""
    spec = importlib.machinery.PathFinder.find_spec(name, list(search))
    locations = list(spec.submodule_search_locations or ()) if spec else []
    return Path(locations[0]).resolve() if locations else None
