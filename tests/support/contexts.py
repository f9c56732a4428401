"""What services under test are given: the rooms below them, or stand-ins that fail when they are used."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, TypeVar

from support.far_end import Home, Offer

from exchange.media.broadcast import Broadcast, MediaClock
from exchange.sip.call import Call
from services.spec import Context, ServiceSpec
from store.database import Database
from store.store import Store
from trust.settings import TrustSettings

T = TypeVar("T")


class NoDialler:
    """Stands where services that place no calls have their dialler."""

    def ring(
        self, number: str, *, extension: str, timeout_s: float, at_monotonic_s: float = 0.0
    ) -> AbstractAsyncContextManager[Call]:
        raise AssertionError(
            f"{extension} dialled {number} for {timeout_s} s at {at_monotonic_s}, but this service places no calls"
        )


class NoStore:
    """Stands where services that keep nothing have their store."""

    async def write(self, work: Callable[..., object], *_: object) -> None:
        raise AssertionError(f"this service keeps nothing, but writes by {work}")

    read = write


class InlineStore(Store):
    """The database without its threads, which virtual time would not wait for."""

    async def write(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return self.database.write(work, *args, **kwargs)

    async def read(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return self.database.read(work, *args, **kwargs)


@contextmanager
def contexts(
    offer: Offer, media_clock: MediaClock, kind_of_store: type[Store]
) -> Iterator[list[tuple[ServiceSpec, Context]]]:
    """Each service of an offer, and what it is given while in the scope."""
    home = offer.home
    with _store_of(home, kind_of_store) as store:
        yield [
            (
                spec,
                Context(
                    config,
                    offer.language,
                    NoDialler(),
                    store,
                    media_clock,
                    Broadcast,
                    exchange_of={home.extension: home.exchange} if home else {},
                    trust=home.trust if home else TrustSettings(),
                ),
            )
            for spec, config in offer.services
        ]


@contextmanager
def _store_of(home: Home | None, kind: type[Store]) -> Iterator[Any]:
    if home is None:
        yield NoStore()
        return
    database = Database.open(home.database_url)
    store = kind(database)
    try:
        yield store
    finally:
        store.close()
        database.close()
