"""Asks a feed once more for days gone by: some days at a time, gently, so that what comes live never waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from ioc.errors import FeedUnavailable, IocError
from ioc.intake.ingest import Target, take_in
from ioc.intake.port import Feed, Occasion, Spans
from ioc.store.backfill import Backfill, BackfillState
from ioc.store.receipts import Tally
from ioc.store.store import Store

# Into at most so many portions a back-fill is parted: each is an asking and a run of its own.
MOST_PORTIONS = 100
# While a portion is under way, how far it has come is told this often.
TOLD_SECONDS = 1.0


def portions(asked: Backfill, spans: Spans) -> Iterator[tuple[date, date]]:
    """The days that are still to be asked for, as many at a time as belong together; both ends inclusive.

    A source that cannot be told where to end gives everything from its first day on: it is asked once.
    """
    length = asked.days if spans is Spans.OPEN else -(-asked.days // MOST_PORTIONS)
    start = asked.next
    while start <= asked.last:
        end = min(start + timedelta(days=length - 1), asked.last)
        yield start, end
        start = end + timedelta(days=1)


def backfill(
    store: Store, target: Target, feed: Feed, spans: Spans, asked: Backfill, stopping: threading.Event, told: Callable[[Backfill], None]
) -> tuple[Backfill, Tally]:
    """Ask a feed for days gone by, from the first that has not been taken in.

    Args:
        store: where records go.
        target: whose they are.
        feed: the source; one that ``spans`` says something of.
        spans: whether it can be told where to end.
        asked: the days, and how far it has come.
        stopping: set when it should end; what has come stays.
        told: called with how far it has come, after each portion and about once a second.

    Returns:
        How it ended, and what became of the rows.
    """
    now, total = replace(asked, part=0), Tally()
    for start, end in portions(now, spans):
        follow = _follower(now, told)
        try:
            occasion = Occasion(None, stopping, span=(start, end))
            outcome = take_in(store, target, feed.deliveries(occasion), follow, stopping=stopping, gently=True)
        except IocError as error:
            return now.ended(BackfillState.FAILED, error.kept()), total
        except Exception as error:  # of a source: it must not end silently
            return now.ended(
                BackfillState.FAILED, FeedUnavailable("The feed has failed: {fault}.", fault=type(error).__name__).kept()
            ), total
        total += outcome.tally
        if stopping.is_set():
            return replace(now, part=_records(outcome.tally)).ended(BackfillState.CANCELLED), total
        if outcome.faults:
            return now.ended(BackfillState.FAILED, outcome.faults[0].kept()), total
        now = replace(now, done=(end - now.first).days + 1, records=now.records + _records(outcome.tally))
        told(now)
    return now.ended(BackfillState.CANCELLED if stopping.is_set() else BackfillState.DONE), total


def _follower(now: Backfill, told: Callable[[Backfill], None]) -> Callable[[str, Tally], None]:
    """Tells from time to time how far a portion has come."""
    last = time.monotonic()

    def follow(_: str, tally: Tally) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_SECONDS:
            last = time.monotonic()
            told(replace(now, part=_records(tally)))

    return follow


def _records(tally: Tally) -> int:
    return tally.accepted + tally.duplicates
