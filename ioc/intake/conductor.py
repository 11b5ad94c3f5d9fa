"""Asks feeds at their times: none while it is still being asked, each again soon after it has failed, and what was missed at once.

Feeds that listen are asked once, in a thread of their own, and again whenever that has come to an end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from ioc.catalogue.triggers import trigger
from ioc.errors import FeedUnavailable, IocError, StoreError
from ioc.intake import backfill_runner
from ioc.intake.appointment import Appointment
from ioc.intake.backfill_runner import Backfills
from ioc.intake.clockwatch import ClockWatch
from ioc.intake.due import is_answered, is_missed, is_owed
from ioc.intake.ingest import take_in
from ioc.intake.port import Occasion
from ioc.store.feeds import FeedState, Write, introduced, paused, tried, wanted
from ioc.store.source_notes import noted
from ioc.store.store import Store

# A feed that should end is waited for this long; then it is left alone, so that others are asked.
GRACE = timedelta(seconds=30)
# Feeds that are asked at the same time; the writer takes one batch after the other in any case.
AT_ONCE = 8
# After a failure a feed is asked again after this long, then after twice as long, and so on up to the longest.
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=10), timedelta(minutes=15)
# The watch of a feed keeps it from being asked twice at once, not the scheduler: it passes over a time for good while it has not yet
# heard that the asking before has ended, and it hears that a little late. Of more than a few that wait for a place none is missed.
_INSTANCES = 10
# That a feed is still well is written down this often for all together: a commit for each would keep a quiet machine busy.
NOTED = timedelta(seconds=5)
# A feed that has ended listening by itself, or is paused, is looked at again after this long.
QUIET = timedelta(seconds=1)


@dataclass
class _Watch:
    """What is going on with a feed: whether it is being asked, what ends that, and what ends waiting for the next time.

    ``over`` ends waiting for an asking; ``wanted`` is set from when a person has asked for it until that begins.
    """

    asked: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    wanted: threading.Event = field(default_factory=threading.Event)
    again: threading.Event = field(default_factory=threading.Event)


class Conductor:
    """Keeps all appointments of a deployment.

    Args:
        store: where records go, and where it is written how each feed does.
        appointments: the feeds.

    Attributes:
        backfills: asks feeds for days gone by.
    """

    def __init__(self, store: Store, appointments: Iterable[Appointment]) -> None:
        self._store = store
        self._appointments = {each.target.feed: each for each in appointments}
        self._stopping, self._begun = threading.Event(), False
        self._watches = {name: _Watch() for name in self._appointments}
        self._listening: list[threading.Thread] = []
        self._still_well: dict[str, datetime] = {}
        self._clock_watch = ClockWatch(store.clock, self._clock_set)
        self._scheduler = _Scheduler(
            executors={"default": ThreadPoolExecutor(AT_ONCE), backfill_runner.POOL: ThreadPoolExecutor(backfill_runner.AT_ONCE)},
            job_defaults={"coalesce": True, "max_instances": _INSTANCES, "misfire_grace_time": None},
            timezone=store.catalogue.zone,
        )
        self.backfills = Backfills(store, self._appointments, self._scheduler)

    @property
    def alive(self) -> bool:
        """Whether feeds are asked when they are due, or it has not begun to ask them yet, or no more."""
        return not self._begun or self._stopping.is_set() or bool(self._scheduler.running and self._scheduler._thread.is_alive())

    def start(self) -> None:
        """Begin; what was missed since it last ran is asked for at once."""
        now = self._store.clock.now()
        self._store.write(*(introduced(name, each.target.record, now) for name, each in self._appointments.items()))
        states = self._store.feed_states()
        for name, each in self._appointments.items():
            if each.schedule is None:
                self._listening.append(threading.Thread(target=self._listen, args=[name], name=f"feed-{name}", daemon=True))
                continue
            when, state = self._trigger(name, states[name], now), states[name]
            due = {"next_run_time": now} if state.failures or is_owed(each.schedule, self._store.catalogue, state, now) else {}
            self._scheduler.add_job(self._ask, when, [name], id=name, **due)
        self._scheduler.add_job(self._note_well, "interval", seconds=NOTED.total_seconds(), max_instances=1)
        self._scheduler.start()
        self._begun = True
        self._clock_watch.start()
        for thread in self._listening:
            thread.start()
        self.backfills.resume(states)

    def stop(self, seconds: float) -> None:
        """Tell feeds to come to their end, and wait for them at most this long."""
        end = time.monotonic() + seconds
        self._stopping.set()
        self._clock_watch.stop()
        self.backfills.stop()
        for watch in self._watches.values():
            watch.ending.set()
            watch.over.set()
            watch.again.set()
        if self._scheduler.running:
            waiting = threading.Thread(target=self._scheduler.shutdown, name="ending-feeds", daemon=True)
            waiting.start()
            waiting.join(seconds)
        for thread in self._listening:
            thread.join(max(0.0, end - time.monotonic()))
        for watch in self._watches.values():  # the last asking has ended when this can be had; there is no next one
            if watch.asked.acquire(timeout=max(0.0, end - time.monotonic())):
                watch.asked.release()
        self._note_well()

    def ask_now(self, name: str) -> None:
        """Ask a feed once, beside its schedule; a paused one too. A restart does not forget it.

        One that listens tries at once to connect again.
        """
        if self._appointments[name].schedule is None:
            self._watches[name].again.set()
            return
        self._store.write(wanted(name, self._store.clock.now()))
        self._watches[name].wanted.set()
        self._ask_also(name)

    def pause(self, name: str, *, yes: bool) -> None:
        """Ask a feed no more until it is let go on; what it has is waiting there, and what it has missed is then asked for at once."""
        self._store.write(paused(name, yes=yes))
        if self._appointments[name].schedule is None:
            watch = self._watches[name]
            (watch.ending if yes else watch.again).set()
        elif not yes:
            self._catch_up(name)

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
            self._catch_up(name)

    def _catch_up(self, name: str) -> None:
        """Ask a feed at once, if a time of its schedule has passed since it was last asked."""
        self._note_well()
        schedule, state = self._appointments[name].schedule, self._store.feed_state(name)
        if schedule and is_owed(schedule, self._store.catalogue, state, self._store.clock.now()):
            self._ask_also(name)

    def _ask_also(self, name: str) -> None:
        """Ask a feed as soon as may be, beside its schedule."""
        if not self._stopping.is_set():
            self._scheduler.add_job(self._ask, args=[name], id=f"{name} also", replace_existing=True)

    def _trigger(self, name: str, state: FeedState, now: datetime) -> BaseTrigger:
        """When a feed is asked of itself."""
        schedule, catalogue = self._appointments[name].schedule, self._store.catalogue
        assert schedule
        last = state.tried_at if state.tried_at and state.tried_at <= now else None  # what lies ahead is of a clock that was wrong
        return trigger(schedule, catalogue.civil_time, last)

    def _clock_set(self) -> None:
        """Wait anew for all that waits: the machine's clock is another one. What is due by it is asked for at once."""
        self._note_well()
        now, states = self._store.clock.now(), self._store.feed_states()
        for job in self._scheduler.get_jobs():
            at, schedule = now, job.id in states and self._appointments[job.id].schedule
            with suppress(JobLookupError):  # it was for one time, and that has come
                if schedule:
                    when = self._trigger(job.id, states[job.id], now)
                    at = now if is_owed(schedule, self._store.catalogue, states[job.id], now) else when.get_next_fire_time(None, now)
                    self._scheduler.modify_job(job.id, trigger=when, next_run_time=at)
                else:
                    self._scheduler.modify_job(job.id, next_run_time=at)

    def _listen(self, name: str) -> None:
        """Listen to a feed until the end; connect again, later each time, when that fails."""
        again = self._watches[name].again
        while not self._stopping.is_set():
            again.clear()
            message = self._listened(name)
            pause = _delay(self._store.feed_state(name).failures - 1) if message else QUIET
            again.wait(pause.total_seconds())

    def _listened(self, name: str) -> str | None:
        """Listen until that ends; what went wrong is written down, and returned."""
        watch = self._watches[name]
        if self._stopping.is_set() or not watch.asked.acquire(blocking=False):
            return None
        try:
            watch.ending = threading.Event()  # before the state is read: a pause that comes between the two is heard by it
            state = self._store.feed_state(name)
            if state.paused or self._stopping.is_set():
                return None
            message = self._take_in(name, state.position, watch.ending)
            self._note(name, self._store.clock.now(), message)
            return message
        finally:
            watch.asked.release()

    def _ask(self, name: str) -> None:
        """One asking, in a thread of its own: a feed that does not hear that it should end keeps no other waiting.

        If it is being asked already, that asking sees at its end what has been missed meanwhile.
        """
        watch, timeout = self._watches[name], self._appointments[name].timeout
        if self._stopping.is_set() or not watch.asked.acquire(blocking=False):
            return
        watch.ending, watch.over = ending, over = threading.Event(), threading.Event()
        threading.Thread(target=self._asking, args=[name, ending, over], name=f"feed-{name}", daemon=True).start()
        if over.wait(timeout.total_seconds()):
            return
        ending.set()
        if not over.wait(GRACE.total_seconds()):
            hangs = FeedUnavailable(
                "It took longer than {seconds:g} seconds and cannot be ended; it is asked again once it has ended.",
                seconds=timeout.total_seconds(),
            )
            self._note(name, self._store.clock.now(), hangs.kept())

    def _asking(self, name: str, ending: threading.Event, over: threading.Event) -> None:
        """Take in what a feed has, from where it last came to, and write down how that went."""
        watch, schedule, began = self._watches[name], self._appointments[name].schedule, self._store.clock.now()
        assert schedule
        message, failures = None, 0
        try:
            watch.wanted.clear()
            state = self._store.feed_state(name)
            state = replace(state, tried_at=self._still_well.get(name, state.tried_at))
            if self._stopping.is_set() or (state.paused and not state.wanted_at):
                return
            if is_answered(schedule, self._store.catalogue, state, began):
                return
            message, failures = self._take_in(name, state.position, ending), state.failures
            if self._stopping.is_set():
                return  # it was cut short: it still is to be asked
            self._note(name, began, message, state.wanted_at)
        finally:
            watch.asked.release()
            over.set()
        if watch.wanted.is_set() or is_missed(schedule, self._store.catalogue, began, self._store.clock.now()):
            self._ask_also(name)
        elif message is not None:
            self._again_soon(name, failures)

    def _take_in(self, name: str, position: str | None, ending: threading.Event) -> str | None:
        """What is wrong with a feed, as it is kept, or None when all that it had was taken in."""
        each = self._appointments[name]
        try:
            deliveries = each.feed.deliveries(self._occasion(name, position, ending))
            outcome = take_in(self._store, each.target, deliveries, again=False, stopping=ending)
        except IocError as error:
            return error.kept()
        except Exception as error:
            logging.getLogger(__name__).exception("Feed %s", name)
            return FeedUnavailable("The feed has failed: {fault}.", fault=type(error).__name__).kept()
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
            well=lambda: self._note(name, self._store.clock.now(), None),
            recall=lambda: self._store.notes(name),
            remember=lambda changes: self._store.write(noted(name, changes)),
        )

    def _note_well(self) -> None:
        """Write down when feeds were last asked that were well before and still are."""
        well, self._still_well = self._still_well, {}
        if well:
            self._keep(*(tried(name, at, None) for name, at in tuple(well.items())))

    def _note(self, name: str, began: datetime, message: str | None, answered: datetime | None = None) -> None:
        """Note how a feed is that was asked at a moment; that it is still well, a little later."""
        state = self._store.feed_state(name)
        if message is None and state.succeeded_at and not state.failures and not answered:
            self._still_well[name] = began
        else:
            self._still_well.pop(name, None)
            self._keep(tried(name, began, message, answered))

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


class _Scheduler(BackgroundScheduler):  # type: ignore[misc]  # APScheduler has no types
    """Ends in peace: its thread would fail on a time that came while it was being ended, which takes every time away by itself."""

    def remove_job(self, job_id: str, jobstore: str | None = None) -> None:
        """Take a time away; one that is gone is gone."""
        with suppress(JobLookupError):
            super().remove_job(job_id, jobstore)


def _delay(failures: int) -> timedelta:
    """How long after a failure a feed is asked again, when it had failed so often before."""
    doubled: timedelta = FIRST_RETRY * 2 ** min(failures, 10)
    return min(doubled, LONGEST_RETRY)
