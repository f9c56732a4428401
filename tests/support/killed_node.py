"""A node that is granted two proving calls and is killed before it keeps the second: URL, and two numbers behind B."""

import sys
import time
from dataclasses import replace

from sqlalchemy.orm import Session
from support.trusted import FAR, NOON_UTC, SETTINGS

from store.database import Database
from trust.answers import Purpose
from trust.gate import may_ring
from trust.target import Target


def wait_in_the_transaction(session: Session, target: Target) -> None:
    """Be granted a call, say so, and never come to the commit."""
    print("not kept", may_ring(session, SETTINGS, target, Purpose.PROVING, NOON_UTC), flush=True)
    time.sleep(60)


if __name__ == "__main__":
    database = Database.open(sys.argv[1])
    first, second = (replace(FAR, number=number) for number in sys.argv[2:])
    print("kept", database.write(may_ring, SETTINGS, first, Purpose.PROVING, NOON_UTC), flush=True)
    database.write(wait_in_the_transaction, second)
