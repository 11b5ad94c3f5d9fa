"""Asks feeds at their times: none while it is still being asked, each again soon after it has failed, and what was missed at once.

Feeds that listen are asked once, in a thread of their own, and again whenever that has come to an end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from ioc.catalogue.schedule import Schedule
from ioc.catalogue.triggers import is_due, trigger
from ioc.errors import BadQuestion, FeedUnavailable, IocError, StoreError
from ioc.intake.backfill import backfill
from ioc.intake.ingest import Target, take_in
from ioc.intake.port import Feed, Occasion, Spans
from ioc.store.backfill import Backfill, BackfillState
from ioc.store.feeds import Write, backfilled, introduced, paused, tried
from ioc.store.notes import noted
from ioc.store.store import Store

# Feeds that are asked at the same time; the writer takes one batch after the other in any case.
AT_ONCE = 8
# Back-fills that go on at the same time; none takes the place of a feed that is due.
BACKFILLS = 4
# After a failure a feed is asked again after this long, then after twice as long, and so on up to the longest.
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=10), timedelta(minutes=15)
# That a feed is still well is written down this often for all together: a commit for each would keep a quiet machine busy.
NOTED = timedelta(seconds=5)
# A feed that has ended listening by itself, or is paused, is looked at again after this long.
QUIET = timedelta(seconds=1)


@dataclass(frozen=True)
class Appointment:
    """A feed that is asked of itself.

    Attributes:
        target: where what it delivers goes.
        feed: the source.
        schedule: when it is asked; None for one that listens.
        timeout: how long being asked may take; then it is told to stop, and goes on the next time.
        spans: whether it can be asked for days gone by.
    """

    target: Target
    feed: Feed
    schedule: Schedule | None
    timeout: timedelta
    spans: Spans = Spans.NONE


@dataclass
class _Watch:
    """What is going on with a feed: whether it is being asked, what ends that, and what ends waiting for the next time."""

    asked: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Event = field(default_factory=threading.Event)
    again: threading.Event = field(default_factory=threading.Event)
    backfill: threading.Event | None = None
    # Whoever reads that a back-fill has ended may begin the next one.
    changing: threading.Lock = field(default_factory=threading.Lock)


class Conductor:
    """Keeps all appointments of a deployment.

    Args:
        store: where records go, and where it is written how each feed does.
        appointments: the feeds.
    """

    def __init__(self, store: Store, appointments: Iterable[Appointment]) -> None:
        self._store = store
        self._appointments = {each.target.feed: each for each in appointments}
        self._stopping = threading.Event()
        self._watches = {name: _Watch() for name in self._appointments}
        self._listening: list[threading.Thread] = []
        self._still_well: dict[str, datetime] = {}
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(AT_ONCE), "backfills": ThreadPoolExecutor(BACKFILLS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=store.catalogue.zone,
        )

    def start(self) -> None:
        """Begin; what was missed since it last ran is asked for at once."""
        now = self._store.clock.now()
        catalogue = self._store.catalogue
        self._store.write(*(introduced(name, each.target.record) for name, each in self._appointments.items()))
        states = self._store.feed_states()
        for name, each in self._appointments.items():
            if each.schedule is None:
                self._listening.append(threading.Thread(target=self._listen, args=[name], name=f"feed-{name}", daemon=True))
                continue
            last = states[name].tried_at
            when = trigger(each.schedule, catalogue.calendar, catalogue.zone, last)
            due = {"next_run_time": now} if is_due(each.schedule, catalogue.calendar, catalogue.zone, last, now) else {}
            self._scheduler.add_job(self._ask, when, [name], id=name, **due)
        self._scheduler.add_job(self._note_well, "interval", seconds=NOTED.total_seconds())
        self._scheduler.start()
        for thread in self._listening:
            thread.start()
        for name, each in self._appointments.items():
            before = states[name].backfill
            if each.spans is not Spans.NONE and before and before.state is BackfillState.RUNNING:
                self._begin_backfill(name, before)

    def stop(self, seconds: float) -> None:
        """Tell feeds to come to their end, and wait for them at most this long."""
        end = time.monotonic() + seconds
        self._stopping.set()
        for watch in self._watches.values():
            watch.ending.set()
            watch.again.set()
            if watch.backfill:
                watch.backfill.set()
        if self._scheduler.running:
            waiting = threading.Thread(target=self._scheduler.shutdown, name="ending-feeds", daemon=True)
            waiting.start()
            waiting.join(seconds)
        for thread in self._listening:
            thread.join(max(0.0, end - time.monotonic()))
        self._note_well()

    def ask_now(self, name: str) -> None:
        """Ask a feed once, beside its schedule; a paused one too. One that listens tries at once to connect again."""
        if self._appointments[name].schedule is None:
            self._watches[name].again.set()
            return
        self._scheduler.add_job(self._ask, args=[name], kwargs={"although_paused": True}, id=f"{name} now", replace_existing=True)

    def pause(self, name: str, *, yes: bool) -> None:
        """Ask a feed no more until it is let go on; what it has is waiting there."""
        self._store.write(paused(name, yes=yes))
        if self._appointments[name].schedule is None:
            watch = self._watches[name]
            (watch.ending if yes else watch.again).set()

    def backfill(self, name: str, first: date, last: date) -> None:
        """Ask a feed once more for the records of some days, beside its schedule and gently; a restart does not end it.

        Args:
            name: the feed.
            first, last: the days, both inclusive.

        Raises:
            BadQuestion: it cannot be asked so, or is being asked so already, or the days are the wrong way round.
        """
        watch = self._watches[name]
        if self._appointments[name].spans is Spans.NONE:
            raise BadQuestion("no_spans", feed=name)
        if first > last:
            raise BadQuestion("reversed", start=first, end=last)
        with watch.changing:
            if watch.backfill:
                raise BadQuestion("backfilling", feed=name)
            self._begin_backfill(name, Backfill(first, last))

    def cancel_backfill(self, name: str) -> bool:
        """End asking for days gone by, and say whether there was anything to end; what has come stays."""
        ending = self._watches[name].backfill
        if ending:
            ending.set()
        return ending is not None

    def _begin_backfill(self, name: str, asked: Backfill) -> None:
        self._watches[name].backfill = threading.Event()
        self._store.write(backfilled(name, asked))
        self._scheduler.add_job(self._backfill, args=[name, asked], executor="backfills")

    def _backfill(self, name: str, asked: Backfill) -> None:
        each, watch = self._appointments[name], self._watches[name]
        assert watch.backfill

        def note(now: Backfill) -> None:
            self._store.write(backfilled(name, now))

        ended = None
        try:
            ended, _ = backfill(self._store, each.target, each.feed, each.spans, asked, watch.backfill, note)
            if ended.message:
                logging.getLogger(__name__).warning("Feed %s, from %s on: %s", name, ended.next, ended.message)
        finally:
            with watch.changing:
                watch.backfill = None
                if ended and not (ended.state is BackfillState.CANCELLED and self._stopping.is_set()):  # else it goes on at the next start
                    note(ended)

    def is_busy(self, name: str) -> bool:
        """Whether a feed is being asked, or listened to."""
        return self._watches[name].asked.locked()

    @contextmanager
    def kept_from(self, name: str) -> Iterator[bool]:
        """Keep a feed that is asked from being asked meanwhile; False when it is being asked. What it misses is asked for after it."""
        watch, each = self._watches[name], self._appointments[name]
        if each.schedule is None:
            yield True
            return
        if not watch.asked.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            watch.asked.release()
            catalogue, last = self._store.catalogue, self._store.feed_state(name).tried_at
            if not self._stopping.is_set() and is_due(each.schedule, catalogue.calendar, catalogue.zone, last, self._store.clock.now()):
                self._scheduler.add_job(self._ask, args=[name], id=f"{name} missed", replace_existing=True)

    def _listen(self, name: str) -> None:
        """Listen to a feed until the end; connect again, later each time, when that fails."""
        again = self._watches[name].again
        while not self._stopping.is_set():
            again.clear()
            message = self._ask(name)
            pause = _delay(self._store.feed_state(name).failures - 1) if message else QUIET
            again.wait(pause.total_seconds())

    def _ask(self, name: str, *, although_paused: bool = False) -> str | None:
        """One asking, from where the feed last came to; how it went is written down, and returned if it went wrong."""
        if self._stopping.is_set() or not self._watches[name].asked.acquire(blocking=False):
            return None
        try:
            state = self._store.feed_state(name)
            if state.paused and not although_paused:
                return None
            message = self._take_in(name, state.position)
            self._note(name, message)
        finally:
            self._watches[name].asked.release()
        if message is not None and self._appointments[name].schedule is not None:
            self._again_soon(name, state.failures)
        return message

    def _take_in(self, name: str, position: str | None) -> str | None:
        """What is wrong with a feed, as it is kept, or None when all that it had was taken in."""
        each = self._appointments[name]
        ending = self._watches[name].ending = threading.Event()
        if self._stopping.is_set():
            return None
        timer = threading.Timer(each.timeout.total_seconds(), ending.set)
        timer.daemon = True
        if each.schedule is not None:
            timer.start()
        try:
            deliveries = each.feed.deliveries(self._occasion(name, position, ending))
            outcome = take_in(self._store, each.target, deliveries, again=False, stopping=ending)
        except IocError as error:
            return error.kept()
        except Exception as error:
            logging.getLogger(__name__).exception("Feed %s", name)
            return FeedUnavailable("The feed has failed: {fault}.", fault=type(error).__name__).kept()
        finally:
            timer.cancel()
        if ending.is_set() and each.schedule is not None and not self._stopping.is_set():
            seconds = each.timeout.total_seconds()
            if outcome.begins_anew:
                return FeedUnavailable(
                    "It took longer than {seconds:g} seconds, and begins anew: nothing says how far it has come.",
                    "Have its rows sorted and write sorted: true, bring the past by ioc feeds backfill, or raise its timeout.",
                    seconds=seconds,
                ).kept()
            return FeedUnavailable("It took longer than {seconds:g} seconds; it goes on from where it has come to.", seconds=seconds).kept()
        return outcome.faults[0].kept() if outcome.faults else None

    def _occasion(self, name: str, position: str | None, ending: threading.Event) -> Occasion:
        """What a feed is told when it is asked."""
        return Occasion(
            position,
            ending,
            well=lambda: self._note(name, None),
            recall=lambda: self._store.notes(name),
            remember=lambda changes: self._store.write(noted(name, changes)),
        )

    def _note_well(self) -> None:
        """Write down when feeds were last asked that were well before and still are."""
        noted: list[Write] = []
        while self._still_well:
            name, at = self._still_well.popitem()
            noted.append(tried(name, at, None))
        if noted:
            self._keep(*noted)

    def _note(self, name: str, message: str | None) -> None:
        """Note how a feed is; that it is still well, a little later."""
        state, now = self._store.feed_state(name), self._store.clock.now()
        if message is None and state.succeeded_at and not state.failures:
            self._still_well[name] = now
        else:
            self._still_well.pop(name, None)
            self._keep(tried(name, now, message))

    def _keep(self, *notes: Write) -> None:
        """Write notes down. Where the disk takes none, the store says so itself, and feeds go on being asked and listened to."""
        try:
            self._store.write(*notes)
        except StoreError as error:
            logging.getLogger(__name__).error("%s", error)

    def _again_soon(self, name: str, failures: int) -> None:
        if not self._stopping.is_set():
            at = self._store.clock.now() + _delay(failures)
            self._scheduler.add_job(self._ask, "date", [name], run_date=at, id=f"{name} again", replace_existing=True)


def _delay(failures: int) -> timedelta:
    """How long after a failure a feed is asked again, when it had failed so often before."""
    doubled: timedelta = FIRST_RETRY * 2 ** min(failures, 10)
    return min(doubled, LONGEST_RETRY)
