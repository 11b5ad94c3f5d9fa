"""Sends exports at their times, tries again after a failure, and makes up for what was missed while the program stood still."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from ioc.access.viewer import Viewer
from ioc.catalogue.deliveries import DeliverySettings, MailSettings
from ioc.catalogue.triggers import due_after, is_due, trigger
from ioc.errors import IocError, UnknownName
from ioc.exports.collect import exhibit_of
from ioc.exports.deliveries import folder, mail, webhook
from ioc.exports.deliveries.journal import BEGUN, FAILED, HELD, SENT, Journal, Sending
from ioc.exports.deliveries.parcel import DeliveryFault, Parcel
from ioc.exports.exporter import Exporter
from ioc.exports.order import order_of
from ioc.exports.register import Entry
from ioc.exports.reports.binder import Binder
from ioc.exports.signing.office import beside_of
from ioc.exports.subject import Page, Subject, subject_of
from ioc.text import dates
from ioc.text.words import words

log = logging.getLogger(__name__)
# A report that its author has fixed goes out in place of a new one, unless it is older than this.
FRESH = timedelta(days=7)


@dataclass(frozen=True)
class Due:
    """A schedule as it is told: when it is next due, and its newest attempt."""

    name: str
    settings: DeliverySettings
    next_at: datetime | None
    last: Sending | None


class Courier:
    """Sends for one deployment.

    Args:
        schedules: by name.
        server: that mail goes through.
        base: the folder that relative paths start from.
        reveal: reads a secret that may be in a file.
    """

    def __init__(
        self,
        schedules: Mapping[str, DeliverySettings],
        exporter: Exporter,
        binder: Binder,
        journal: Journal,
        server: MailSettings | None,
        base: Path,
        reveal: Callable[[str], str],
    ) -> None:
        self._schedules, self._exporter, self.binder, self.journal = schedules, exporter, binder, journal
        self._server, self._base, self._reveal = server, base, reveal
        self._clock, self._views = exporter.clock, exporter.views
        self._turn = Lock()  # one after the other: what is sent at night needs no haste
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Begin to send at the times of the schedules; what was missed goes out now."""
        catalogue, now = self._views.store.catalogue, self._clock.now()
        zone = catalogue.zone
        self._scheduler = BackgroundScheduler(timezone=zone, executors={"default": ThreadPoolExecutor(2)})
        for name, settings in self._schedules.items():
            last = self.journal.last(name)
            when = trigger(settings.schedule, catalogue.civil_time, last.due_at if last else None)
            self._scheduler.add_job(self._at_its_time, when, [name], id=name, misfire_grace_time=None, coalesce=True, max_instances=1)
            if last and (last.state == BEGUN or is_due(settings.schedule, catalogue.civil_time, last.due_at, now)):
                self._soon(name, now, 1)
        self._scheduler.start()

    def stop(self) -> None:
        """Send nothing more. What is on its way may finish; what is cut off is sent again at the next start."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def due(self) -> list[Due]:
        """Every schedule."""
        return [Due(name, settings, self._next(name, settings), self.journal.last(name)) for name, settings in self._schedules.items()]

    def run_now(self, name: str, by: str) -> None:
        """Send now, in the background. Raises UnknownName."""
        if name not in self._schedules:
            raise UnknownName("schedule", name, self._schedules)
        if self._scheduler:
            self._soon(name, self._clock.now(), 1, by)

    def deliver(self, name: str, due: datetime, attempt: int = 1, by: str = "") -> str:
        """Make what a schedule sends, and send it; tells what came of it. What has failed is tried again later."""
        settings = self._schedules[name]
        with self._turn:
            id_ = self.journal.begin(name, due, self._clock.now(), attempt, by)
            made: list[Entry] = []
            try:
                state, fault = self._sent(name, settings, made), ""
            except IocError as error:
                state, fault = FAILED, error.kept()
            except Exception as error:
                log.exception("the schedule %s failed", name)
                state, fault = FAILED, IocError("{kind}: {fault}", kind=type(error).__name__, fault=error).kept()
            if state == HELD:
                fault = DeliveryFault(
                    "Data are late, so nothing was sent: {late}.",
                    "See /feeds; with stale: true it goes out all the same.",
                    late=self._late(settings),
                ).kept()
            self.journal.end(id_, self._clock.now(), state, tuple(each.code for each in made), fault)
        if state != SENT and attempt <= len(settings.retries):
            self._soon(name, due, attempt + 1, by, settings.retries[attempt - 1].total_seconds())
        return state

    def _sent(self, name: str, settings: DeliverySettings, made: list[Entry]) -> str:
        viewer = Viewer(name, settings.language)
        if not settings.stale and self._late(settings):
            return HELD
        subject = self._as_fixed(name, self._subject(settings))
        for form in settings.formats:
            given = {"format": form} | ({"sign": "1"} if settings.sign else {})
            made.append(self._exporter.make(order_of(subject, given, None, settings.language), viewer))
        parcel = self._parcel(settings, made)
        if settings.folder:
            folder.put(parcel, self._base / settings.folder)
        if settings.webhook:
            webhook.post(parcel, settings.webhook, self._reveal)
        if settings.mail:
            if self._server is None:
                raise DeliveryFault("No mail server is configured.", "Write mail with host and sender in config.yaml.")
            mail.send(parcel, settings.mail, self._server, self._reveal, self._clock.now())
        return SENT

    def _as_fixed(self, name: str, subject: Subject) -> Subject:
        """A report as its author has fixed it since it was last sent; any other subject as it is."""
        if subject.page is not Page.REPORT or subject.get("draft"):
            return subject
        report = subject.name or next(iter(self.binder.reports), "")
        sent = next((each.begun_at for each in self.journal.all(name) if each.state == SENT), None)
        since = max(filter(None, (sent, self._clock.now() - FRESH)))
        draft = self.binder.drafts.fixed(report, since)
        return replace(subject, query=(*subject.query, ("draft", str(draft.id)))) if draft else subject

    def _parcel(self, settings: DeliverySettings, made: list[Entry]) -> Parcel:
        said, zone = words(settings.language), self._views.zone()
        files = [file for entry in made if (file := self._exporter.file(entry))]
        files += [beside for file in files if (beside := beside_of(file)).is_file()]
        lines = [made[0].title, said("schedules.as_of", moment=dates.moment(made[0].at, zone), version=made[0].version)]
        lines += [said("app.simulated")] if made[0].simulated else []
        lines += [said("schedules.late", feeds=late)] if (late := self._late(settings)) else []
        lines += [f"{entry.file}: {self._exporter.address()}/verify/{entry.code}" for entry in made]
        return Parcel(settings.label.of(settings.language), "\n".join(lines) + "\n", files)

    def _late(self, settings: DeliverySettings) -> str:
        """The feeds behind an export that are late, in words; empty for none."""
        subject, viewer = self._subject(settings), Viewer("", settings.language)
        if subject.page is Page.REPORT:
            return "; ".join(self.binder.report(subject, viewer).late)
        found = exhibit_of(self._views, viewer, subject).sources
        return "; ".join(f"{each.label} – {each.health}" for each in found if each.late)

    def _subject(self, settings: DeliverySettings) -> Subject:
        return subject_of(settings.show, self._views.screens(), self._views.store.catalogue.indicators)

    def _at_its_time(self, name: str) -> None:
        self.deliver(name, self._clock.now())

    def _soon(self, name: str, due: datetime, attempt: int, by: str = "", seconds: float = 0) -> None:
        if self._scheduler:
            at = datetime.fromtimestamp(self._scheduler_now() + seconds, self._views.zone())
            self._scheduler.add_job(partial(self.deliver, name, due, attempt, by), "date", run_date=at, misfire_grace_time=None)

    def _scheduler_now(self) -> float:
        return self._clock.now().timestamp()

    def _next(self, name: str, settings: DeliverySettings) -> datetime | None:
        catalogue = self._views.store.catalogue
        return due_after(settings.schedule, catalogue.civil_time, self._clock.now())
