"""Asks feeds once more for the records of some days, beside their schedules and gently; a restart does not end it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import date

from apscheduler.schedulers.base import BaseScheduler

from ioc.errors import BadQuestion
from ioc.intake.appointment import Appointment
from ioc.intake.backfill import backfill
from ioc.intake.port import Spans
from ioc.store.backfill import Backfill, BackfillState
from ioc.store.feeds import FeedState, backfilled
from ioc.store.store import Store

# They have a pool of their own, of so many at the same time: none takes the place of a feed that is due.
POOL, AT_ONCE = "backfills", 4


class Backfills:
    """The back-fills that go on.

    Args:
        store: where records go, and where it is written how far each has come.
        appointments: the feeds, by name.
        scheduler: runs them; it has a pool ``POOL``.
    """

    def __init__(self, store: Store, appointments: Mapping[str, Appointment], scheduler: BaseScheduler) -> None:
        self._store, self._appointments, self._scheduler = store, appointments, scheduler
        self._stopping = threading.Event()
        self._endings: dict[str, threading.Event] = {}
        # Whoever reads that one has ended may begin the next.
        self._changing = threading.Lock()

    def resume(self, states: Mapping[str, FeedState]) -> None:
        """Go on with those that were going on when the program last ended."""
        for name, each in self._appointments.items():
            before = states[name].backfill
            if each.spans is not Spans.NONE and before and before.state is BackfillState.RUNNING:
                with self._changing:
                    self._begin(name, before)

    def stop(self) -> None:
        """Tell all to come to their end; they go on at the next start."""
        self._stopping.set()
        for ending in tuple(self._endings.values()):
            ending.set()

    def begin(self, name: str, first: date, last: date) -> None:
        """Ask a feed for some days.

        Args:
            name: the feed.
            first, last: the days, both inclusive.

        Raises:
            BadQuestion: it cannot be asked so, or is being asked so already, or the days are the wrong way round.
        """
        if self._appointments[name].spans is Spans.NONE:
            raise BadQuestion("no_spans", feed=name)
        if first > last:
            raise BadQuestion("reversed", start=first, end=last)
        with self._changing:
            if name in self._endings:
                raise BadQuestion("backfilling", feed=name)
            self._begin(name, Backfill(first, last))

    def cancel(self, name: str) -> bool:
        """End asking for days gone by, and say whether there was anything to end; what has come stays."""
        ending = self._endings.get(name)
        if ending:
            ending.set()
        return ending is not None

    def _begin(self, name: str, asked: Backfill) -> None:
        ending = self._endings[name] = threading.Event()
        self._note(name, asked)
        self._scheduler.add_job(self._run, args=[name, asked, ending], executor=POOL)

    def _run(self, name: str, asked: Backfill, ending: threading.Event) -> None:
        each, ended = self._appointments[name], None
        try:
            ended, _ = backfill(self._store, each.target, each.feed, each.spans, asked, ending, lambda now: self._note(name, now))
            if ended.message:
                logging.getLogger(__name__).warning("Feed %s, from %s on: %s", name, ended.next, ended.message)
        finally:
            with self._changing:
                del self._endings[name]
                if ended and not (ended.state is BackfillState.CANCELLED and self._stopping.is_set()):  # else it goes on at the next start
                    self._note(name, ended)

    def _note(self, name: str, now: Backfill) -> None:
        self._store.write(backfilled(name, now))
