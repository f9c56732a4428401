"""Where denwa keeps its database when nothing else is configured."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL

from denwa.config.models import Store


def state_folder(environment: Mapping[str, str]) -> Path:
    """StateDirectory of systemd, else the user's folder for what programs keep (XDG Base Directory, XDG_STATE_HOME)."""
    if given := environment.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    above = Path(environment.get("XDG_STATE_HOME", ""))
    if not above.is_absolute():  # such a one is to be ignored
        above = Path(environment.get("HOME") or "/", ".local", "state")
    return above / "denwa"


def database_of(store: Store, environment: Mapping[str, str]) -> str:
    """The URL of the database: as configured, else a file in the state folder."""
    if store.url is not None:
        return store.url.get_secret_value()
    file = state_folder(environment) / "denwa.db"
    return URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)
