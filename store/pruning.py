"""Deletes what is old enough, once an hour, in batches so small that nobody waits for one."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from store.errors import StoreError
from store.store import Store

EVERY_S = 3600.0
PRUNED_AT_ONCE = 200
"""The most rows that are deleted in one transaction."""

Prune = Callable[[Session, datetime], int]
"""A unit of work: deletes up to `PRUNED_AT_ONCE` rows of before an instant; how many they were."""

log = structlog.get_logger()


async def prune_hourly(store: Store, kept: Mapping[Prune, timedelta]) -> None:
    """Delete, until cancelled, what is older than it is kept; what fails is tried again the next hour."""
    while True:
        now_utc = datetime.now(UTC)
        for work, age in kept.items():
            try:
                await prune(store, work, now_utc - age)
            except StoreError as error:
                log.warning("pruning_failed", reason=str(error))
        await asyncio.sleep(EVERY_S)


async def prune(store: Store, work: Prune, before_utc: datetime) -> None:
    """Delete all of before an instant. Raises StoreError."""
    while await store.write(work, before_utc) == PRUNED_AT_ONCE:
        pass  # whoever wrote meanwhile has had its turn before the next batch
