"""What can go wrong with the database, in words for whoever runs denwa."""


class StoreError(Exception):
    """The database did not do what was asked, and nothing of it was kept; the text says why and what to do."""


class StoreBusy(StoreError):  # noqa: N818 - a state
    """Too much waits for the database already, or another process holds it."""


class StoreFull(StoreError):  # noqa: N818 - a state
    """There is no room left where the database is."""


class StoreUnreachable(StoreError):  # noqa: N818 - a state
    """The database server or file cannot be had now."""


class StoreNewer(StoreError):  # noqa: N818 - a state
    """The database was written by a newer denwa than this one."""
