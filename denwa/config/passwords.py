"""The extensions' passwords, from wherever they are kept."""

import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from denwa.config import phrases
from denwa.config.findings import Finding, Severity
from denwa.config.models import Extension
from denwa.config.rules import Checked
from denwa.config.sources import CREDENTIAL_PREFIX, DELIMITER


class PasswordFault(Exception):  # noqa: N818 - carried to the list of findings
    """A password cannot be had."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.say("en"))
        self.finding = finding


def with_password(checked: Checked, name: str) -> tuple[Extension, list[Finding]]:
    """The extension with its password read, and what to be warned of. Raises PasswordFault."""
    extension = checked.settings.extensions[name]
    here = ("extensions", name)
    if extension.password is not None and extension.password_file is not None:
        raise PasswordFault(checked.finding((*here, "password_file"), phrases.TWO_PASSWORDS))
    if extension.password is not None:
        return extension, []
    if extension.password_file is None:
        credential = CREDENTIAL_PREFIX + DELIMITER.join((*here, "password"))
        raise PasswordFault(checked.finding((*here, "password"), phrases.NO_PASSWORD, credential=credential))
    folder = checked.file.path.parent if checked.file.path else Path()
    path = folder / extension.password_file.expanduser()
    location = (*here, "password_file")
    try:
        password = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise PasswordFault(
            checked.finding(location, phrases.PASSWORD_UNREADABLE, path=path, why=why)
        ) from None
    if not password:
        raise PasswordFault(checked.finding(location, phrases.PASSWORD_EMPTY, path=path))
    return extension.model_copy(update={"password": SecretStr(password)}), list(_open(checked, path, name))


def _open(checked: Checked, path: Path, name: str) -> Iterator[Finding]:
    if path.stat().st_mode & stat.S_IROTH:
        location = ("extensions", name, "password_file")
        yield checked.finding(location, phrases.PASSWORD_OPEN, Severity.WARNING, path=path)
