"""Who types a command."""

import getpass
import os

from store.rows import storable

LONGEST = 80
"""What the database has room for."""


def who_types() -> str:
    """The user's name, or number where it has no name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user that /etc/passwd does not know
        name = str(os.getuid())
    return storable(name, LONGEST)
