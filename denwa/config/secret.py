"""What nobody may see: the extensions' passwords and the database's URL, from wherever they are kept."""

import stat
from pathlib import Path

from pydantic import SecretStr

from denwa.config import phrases
from denwa.config.findings import Finding, Severity
from denwa.config.models import Extension, Store
from denwa.config.rules import Checked
from denwa.config.sources import CREDENTIAL_PREFIX, DELIMITER, Location
from denwa.language import Text
from store.errors import StoreError


class SecretFault(Exception):  # noqa: N818 - carried to the list of findings
    """A secret cannot be had."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.say("en"))
        self.finding = finding


def with_password(checked: Checked, name: str, findings: list[Finding]) -> Extension:
    """The extension with its password read; what to be warned of is added to `findings`. Raises SecretFault."""
    extension = checked.settings.extensions[name]
    here = ("extensions", name)
    if extension.password is not None and extension.password_file is not None:
        raise SecretFault(checked.finding((*here, "password_file"), phrases.TWO_PASSWORDS))
    if extension.password is not None:
        return extension
    if extension.password_file is None:
        credential = CREDENTIAL_PREFIX + DELIMITER.join((*here, "password"))
        raise SecretFault(checked.finding((*here, "password"), phrases.NO_PASSWORD, credential=credential))
    location = (*here, "password_file")
    password = _read(checked, location, extension.password_file, phrases.THE_PASSWORD, findings)
    return extension.model_copy(update={"password": password})


def with_url(checked: Checked, findings: list[Finding]) -> Store:
    """The store's table with the URL read, if one is given; as `with_password`. Raises SecretFault."""
    store = checked.settings.store
    location = ("store", "url")
    if store.url is not None and store.url_file is not None:
        raise SecretFault(checked.finding(("store", "url_file"), phrases.TWO_URLS))
    if store.url_file is not None:
        location = ("store", "url_file")
        url = _read(checked, location, store.url_file, phrases.THE_URL, findings)
        store = store.model_copy(update={"url": url})
    if store.url is not None:
        from store.database import database_url  # noqa: PLC0415 - few name one; all would wait for this import

        try:
            database_url(store.url.get_secret_value())
        except StoreError:
            raise SecretFault(checked.finding(location, phrases.NO_DATABASE)) from None
    return store


def _read(checked: Checked, location: Location, file: Path, what: Text, findings: list[Finding]) -> SecretStr:
    """The first line of a file that stands relative to the configuration's; a warning where all may read it."""
    folder = checked.file.path.parent if checked.file.path else Path()
    path = folder / file.expanduser()
    try:
        secret = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SecretFault(
            checked.finding(location, phrases.SECRET_UNREADABLE, path=path, why=why, what=what)
        ) from None
    if not secret:
        raise SecretFault(checked.finding(location, phrases.SECRET_EMPTY, path=path, what=what))
    if path.stat().st_mode & stat.S_IROTH:
        findings.append(checked.finding(location, phrases.SECRET_OPEN, Severity.WARNING, path=path))
    return SecretStr(secret)
