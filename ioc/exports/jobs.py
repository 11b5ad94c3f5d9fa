"""Exports that are being made: each in a thread, a few at once, seen and cancelled by whoever has asked for them."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote

from ioc.access.policy import may_open
from ioc.access.viewer import Viewer
from ioc.errors import IocError, Refusal
from ioc.exports.exporter import Exporter
from ioc.exports.order import DRAWN, Order
from ioc.exports.progress import Progress
from ioc.exports.register import Entry

log = logging.getLogger(__name__)
# So many are drawn, and so many written, at once: whoever wants a picture does not wait for somebody's million rows.
DRAWERS, WRITERS = 4, 2
# More are told to come back; what has ended is told for so long.
MOST = 64
TOLD_FOR = timedelta(minutes=30)
# So often what has been kept for long enough is let go of.
TIDIES_EVERY = timedelta(hours=6)


@dataclass(frozen=True)
class Job:
    """One export on its way. ``result`` is its entry, or why there is none."""

    id: str
    order: Order
    viewer: Viewer
    begun: datetime
    progress: Progress
    result: Future[Entry] = field(default_factory=Future)

    @property
    def is_over(self) -> bool:
        """Whether it has come to an end."""
        return self.result.done()

    def entry(self, seconds: float = 0) -> Entry | None:
        """What it came to; None while it is on its way. Raises IocError when it has failed."""
        try:
            return self.result.result(seconds)
        except NotYet:
            return None


class Jobs:
    """The exports that are on their way.

    Args:
        exporter: makes them.
        let_go: ends what they are drawn with.
    """

    def __init__(self, exporter: Exporter, let_go: Callable[[], None]) -> None:
        self.exporter, self._let_go = exporter, let_go
        self._pools: dict[bool, ThreadPoolExecutor] = {}
        self._guard = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._tidied: datetime | None = None

    def begin(self, order: Order, viewer: Viewer) -> Job:
        """Begin an export. Raises Refusal for what the viewer may not see or sign, and when too many are on their way."""
        if not may_open(viewer, "GET", unquote(order.subject.path)):
            raise Refusal("access", 403)
        if order.sign and not viewer.may("sign"):
            raise Refusal("sign", 403)
        now = self.exporter.clock.now()
        with self._guard:
            self._jobs = {id_: job for id_, job in self._jobs.items() if not job.is_over or now - job.begun < TOLD_FOR}
            if sum(not job.is_over for job in self._jobs.values()) >= MOST:
                raise Refusal("export_busy", 503)
            is_drawn = order.format in DRAWN
            if is_drawn not in self._pools:
                self._pools[is_drawn] = ThreadPoolExecutor(DRAWERS if is_drawn else WRITERS, "export")
            job = Job(secrets.token_urlsafe(12), order, viewer, now, Progress())
            self._jobs[job.id] = job
            self._pools[is_drawn].submit(self._run, job)
        return job

    def find(self, id_: str, viewer: Viewer) -> Job | None:
        """The job of whoever has begun it."""
        job = self._jobs.get(id_)
        return job if job and (job.viewer.name, job.viewer.scope) == (viewer.name, viewer.scope) else None

    def close(self) -> None:
        """End all."""
        with self._guard:
            pools, self._pools = self._pools, {}
            for job in self._jobs.values():
                job.progress.cancel()
        for pool in pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        self._let_go()

    def _run(self, job: Job) -> None:
        try:
            job.result.set_result(self.exporter.make(job.order, job.viewer, job.progress))
        except IocError as error:
            job.result.set_exception(error)
        except Exception as error:
            log.exception("the export of %s failed", job.order.subject)
            job.result.set_exception(Refusal("export_failed", 500, why=type(error).__name__))
        self._tidy(job.begun)

    def _tidy(self, now: datetime) -> None:
        with self._guard:
            if self._tidied and now - self._tidied < TIDIES_EVERY:
                return
            self._tidied = now
        try:
            self.exporter.tidy()
        except (IocError, OSError):
            log.exception("exports that have been kept for long enough could not be let go of")
