"""What becomes of the deliveries of events: spread, claimed, done, tried again, given up. Units of work."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from store.outbox import LONGEST_ERROR, Delivery, Event, Fact, State
from store.pruning import PRUNED_AT_ONCE
from store.rows import affected, storable

LEASE = timedelta(seconds=45)
"""For how long one who delivers has a delivery to himself; more than the longest that a subscriber may take."""
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 3600.0
"""How long the next try waits: after the first failure, and at most."""
JITTER = 0.2
"""By how much of itself a pause may be shorter, so that what failed at once is not tried again at once."""
GIVEN_UP_AFTER = timedelta(days=3)
SPREAD_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a subscriber is told of it; `id` is the same at each try."""

    id: int
    kind: str
    happened_utc: datetime
    facts: dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that is ours to try until `held_until`, for the `tries`-th time."""

    delivery_id: int
    held_until: datetime
    tries: int
    told: Told


def pause(tries: int, chance: float) -> timedelta:
    """How long to wait after so many failures; `chance`, from 0 to 1, chooses within the jitter."""
    doubled_s = FIRST_PAUSE_S * 2 ** min(tries - 1, 20)
    return timedelta(seconds=min(doubled_s, LONGEST_PAUSE_S) * (1 - JITTER * chance))


def spread(session: Session, subscribers: Collection[str], now_utc: datetime) -> int:
    """Give each new event a delivery for each subscriber; how many events they were."""
    new = (
        select(Event)
        .where(Event.spread_utc.is_(None))
        .order_by(Event.id)
        .limit(SPREAD_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    events = session.scalars(new).all()
    for event in events:
        event.spread_utc = now_utc
        for subscriber in subscribers:
            session.add(
                Delivery(
                    event_id=event.id, subscriber=subscriber, state=State.WAITING, tries=0, next_utc=now_utc
                )
            )
    session.flush()
    return len(events)


def claim(session: Session, subscriber: str, most: int, now_utc: datetime) -> list[Held]:
    """Take what is due for a subscriber and nobody else's, the longest due first."""
    due = (
        select(Delivery, Event)
        .join(Event, Event.id == Delivery.event_id)
        .where(
            Delivery.state == State.WAITING,
            Delivery.subscriber == subscriber,
            Delivery.next_utc <= now_utc,
            or_(Delivery.held_until.is_(None), Delivery.held_until <= now_utc),
        )
        .order_by(Delivery.next_utc, Delivery.id)
        .limit(most)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    held = []
    for delivery, event in session.execute(due).all():
        delivery.held_until = now_utc + LEASE
        delivery.tries += 1
        told = Told(event.id, event.kind, event.happened_utc, event.facts)
        held.append(Held(delivery.id, delivery.held_until, delivery.tries, told))
    return held


def next_due(session: Session, subscriber: str) -> datetime | None:
    """When something may be claimed next for a subscriber, if nothing new happens; None: never."""
    free_utc = case((Delivery.held_until > Delivery.next_utc, Delivery.held_until), else_=Delivery.next_utc)
    waiting = select(func.min(free_utc, type_=Delivery.next_utc.type)).where(
        Delivery.state == State.WAITING, Delivery.subscriber == subscriber
    )
    due_utc: datetime | None = session.scalars(waiting).one()
    return due_utc


def finish(session: Session, held: Held) -> None:
    """It is delivered; where the lease was lost, that is whoever's has it now."""
    if (delivery := _still_ours(session, held)) is not None:
        delivery.state = State.DELIVERED
        delivery.held_until = delivery.last_error = None


def fail(session: Session, held: Held, error: str, now_utc: datetime, chance: float) -> State:
    """It failed: the next try is after a pause, or there is none any more. What has become of it."""
    if (delivery := _still_ours(session, held)) is None:
        return State.WAITING
    delivery.held_until = None
    delivery.last_error = storable(error, LONGEST_ERROR)
    spread_utc = session.get_one(Event, delivery.event_id).spread_utc
    if spread_utc is not None and now_utc - spread_utc >= GIVEN_UP_AFTER:
        delivery.state = State.GIVEN_UP
    delivery.next_utc = now_utc + pause(held.tries, chance)
    return State(delivery.state)


def abandon(session: Session, subscribers: Collection[str], now_utc: datetime) -> int:
    """Give up what has waited too long for subscribers that are configured no more; how many they were."""
    old = select(Event.id).where(Event.spread_utc <= now_utc - GIVEN_UP_AFTER)
    forgotten = (
        update(Delivery)
        .where(
            Delivery.state == State.WAITING,
            Delivery.subscriber.not_in(subscribers),
            or_(Delivery.held_until.is_(None), Delivery.held_until <= now_utc),
            Delivery.event_id.in_(old),
        )
        .values(state=State.GIVEN_UP, held_until=None)
    )
    return affected(session, forgotten)


def prune_events(session: Session, before_utc: datetime) -> int:
    """Delete the oldest events of before an instant that nobody waits for; how many they were."""
    waits = exists().where(Delivery.event_id == Event.id, Delivery.state == State.WAITING)
    oldest = (
        select(Event.id)
        .where(Event.happened_utc < before_utc, Event.spread_utc.is_not(None), ~waits)
        .order_by(Event.happened_utc)
        .limit(PRUNED_AT_ONCE)
    )
    return affected(session, delete(Event).where(Event.id.in_(oldest)))


def _still_ours(session: Session, held: Held) -> Delivery | None:
    """The delivery, unless its lease ran out and another one took it up."""
    delivery = session.get(Delivery, held.delivery_id, with_for_update=True)
    return delivery if delivery is not None and delivery.held_until == held.held_until else None
