"""Asks feeds at their times: none while it is still being asked, each again soon after it has failed, and what was missed at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from ioc.catalogue.schedule import Schedule
from ioc.errors import IocError
from ioc.intake.ingest import Target, take_in
from ioc.intake.port import Feed, Occasion
from ioc.intake.triggers import is_due, trigger
from ioc.store.feeds import introduced, paused, tried
from ioc.store.store import Store

# Feeds that are asked at the same time; the writer takes one batch after the other in any case.
AT_ONCE = 8
# After a failure a feed is asked again after this long, then after twice as long, and so on up to the longest.
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=10), timedelta(minutes=15)


@dataclass(frozen=True)
class Appointment:
    """A feed that is asked of itself.

    Attributes:
        target: where what it delivers goes.
        feed: the source.
        schedule: when it is asked.
        timeout: how long it may take; then it is told to stop, and goes on the next time.
    """

    target: Target
    feed: Feed
    schedule: Schedule
    timeout: timedelta


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
        self._asked = {name: threading.Lock() for name in self._appointments}
        self._endings: dict[str, threading.Event] = {}
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(AT_ONCE)},
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
            last = states[name].tried_at
            when = trigger(each.schedule, catalogue.calendar, catalogue.zone, last)
            due = {"next_run_time": now} if is_due(each.schedule, catalogue.calendar, catalogue.zone, last, now) else {}
            self._scheduler.add_job(self._ask, when, [name], id=name, **due)
        self._scheduler.start()

    def stop(self, seconds: float) -> None:
        """Tell feeds to come to their end, and wait for them at most this long."""
        self._stopping.set()
        for ending in tuple(self._endings.values()):
            ending.set()
        if self._scheduler.running:
            waiting = threading.Thread(target=self._scheduler.shutdown, name="ending-feeds", daemon=True)
            waiting.start()
            waiting.join(seconds)

    def ask_now(self, name: str) -> None:
        """Ask a feed once, beside its schedule; a paused one too."""
        self._scheduler.add_job(self._ask, args=[name], kwargs={"although_paused": True}, id=f"{name} now", replace_existing=True)

    def pause(self, name: str, *, yes: bool) -> None:
        """Ask a feed no more until it is let go on; what it has is waiting there."""
        self._store.write(paused(name, yes=yes))

    def _ask(self, name: str, *, although_paused: bool = False) -> None:
        """One asking, from where the feed last came to; how it went is written down."""
        if self._stopping.is_set() or not self._asked[name].acquire(blocking=False):
            return
        try:
            state = self._store.feed_states()[name]
            if state.paused and not although_paused:
                return
            message = self._take_in(name, state.position)
            self._store.write(tried(name, self._store.clock.now(), message))
        finally:
            self._asked[name].release()
        if message is not None:
            self._again_soon(name, state.failures)

    def _take_in(self, name: str, position: str | None) -> str | None:
        """What is wrong with a feed in a sentence, or None when all that it had was taken in."""
        each = self._appointments[name]
        ending = self._endings[name] = threading.Event()
        watch = threading.Timer(each.timeout.total_seconds(), ending.set)
        watch.daemon = True
        watch.start()
        try:
            deliveries = each.feed.deliveries(Occasion(position, ending))
            outcome = take_in(self._store, each.target, deliveries, again=False, stopping=ending)
        except IocError as error:
            return str(error)
        except Exception as error:
            logging.getLogger(__name__).exception("Feed %s", name)
            return f"The feed has failed: {type(error).__name__}."
        finally:
            watch.cancel()
            del self._endings[name]
        if ending.is_set() and not self._stopping.is_set():
            return f"It took longer than {each.timeout}; it goes on from where it has come to."
        return outcome.faults[0] if outcome.faults else None

    def _again_soon(self, name: str, failures: int) -> None:
        delay = min(FIRST_RETRY * 2 ** min(failures, 10), LONGEST_RETRY)
        if not self._stopping.is_set():
            at = self._store.clock.now() + delay
            self._scheduler.add_job(self._ask, "date", [name], run_date=at, id=f"{name} again", replace_existing=True)
