"""Events as lines of the log."""

import structlog

from store.deliveries import Told

log = structlog.get_logger()


class EventLog:
    """Fulfils `store.delivery.Subscriber`; each fact is a field of its own, so that callers are masked in it."""

    name = "log"

    async def deliver(self, told: Told) -> None:
        """Log it."""
        own = {"kind": told.kind, "event_id": told.id, "happened_utc": told.happened_utc.isoformat()}
        facts = {
            f"{key}_" if key in {*own, "event", "level", "timestamp"} else key: value
            for key, value in told.facts.items()
        }
        log.info("event", **facts, **own)
