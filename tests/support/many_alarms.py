"""A folder in which `denwa serve` rings telephones by the hundred, without any limit of its own in the way."""

from pathlib import Path

_CONFIGURATION = """
[exchanges.home]
host = "{exchange}"
address = "{own}"
[extensions.services]
exchange = "home"
user = "7000"
password_file = "denwa.password"
[extensions.services.numbers]
"7XXXX" = "wakeup"
[limits]
calls = 1000
[wakeup]
calls = {calls}
[trust]
per_source = [100000, 100000]
per_target = [100000, 100000]
in_all = [100000, 100000]
allow = {{ home = ["2"] }}
"""


def write_configuration(folder: Path, *, exchange: str, own: str, calls: int, more: str = "") -> None:
    """For an exchange at an address, ringing so many at once; `more` tables."""
    (folder / "denwa.toml").write_text(_CONFIGURATION.format(exchange=exchange, own=own, calls=calls) + more)
    password = folder / "denwa.password"
    password.write_text("pw\n")
    password.chmod(0o600)
