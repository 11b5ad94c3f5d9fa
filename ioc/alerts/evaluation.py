"""Looks, again and again, whether there is anything new to act on: after commits, and each minute for what becomes true by time alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ioc.access.viewer import Viewer
from ioc.alerts.built_in import of_feeds, of_milestones, of_targets
from ioc.alerts.ledger import AlertLedger
from ioc.alerts.lifecycle import Finding, Key, moves
from ioc.alerts.rules import of_rule, question_of
from ioc.catalogue.alerts import BUILT_IN, AlertSettings
from ioc.errors import IocError
from ioc.views.gather import Gatherer
from ioc.worker import Worker

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Looked:
    """What a look was at: the data version and the minute."""

    version: int
    minute: datetime


class Watchman(Worker):
    """Watches one deployment. A look is taken by one thread at a time, and reads the same answers, from the same cache, as pages do.

    Args:
        views: what is looked at.
        ledger: where alerts are kept.
        settings: the configured rules.
    """

    def __init__(self, views: Gatherer, ledger: AlertLedger, settings: AlertSettings) -> None:
        super().__init__("alerts", self._watch)
        self._views, self._ledger, self._settings = views, ledger, settings
        self._clock, self._catalogue = views.store.clock, views.store.catalogue
        self._looking = threading.Lock()
        self._last: Looked | None = None

    def look(self) -> None:
        """Look now, unless neither data nor minute have changed since. Raises StoreError."""
        with self._looking:
            now = self._clock.now()
            seen = Looked(self._views.version(), now.replace(second=0, microsecond=0))
            if seen != self._last:
                self._look(now, seen.version)
                self._last = seen

    def _watch(self, stopping: threading.Event) -> None:
        while not stopping.wait(self._settings.every.total_seconds()):
            try:
                self.look()
            except Exception:  # whatever it is, the next look is taken all the same
                log.exception("It could not be seen what needs acting on.")

    def _look(self, now: datetime, version: int) -> None:
        open_, viewer = self._ledger.open(), Viewer("alerts", self._views.language())
        found = [*self._built_in(viewer), *self._own(viewer, set(open_), now)]
        there = {each.key for each in found}

        def is_gone(key: Key) -> bool:
            """A rule that is configured no more, or by another dimension; of those without configuration, what is there no more."""
            name, about = key
            if name in BUILT_IN:
                return key not in there
            rule = self._settings.rules.get(name)
            return rule is None or about.partition("=")[0] != (rule.by or "")

        self._ledger.begin(now)
        self._ledger.write(moves(found, open_, self._ledger.waiting(), is_gone, now, version), now)

    def _built_in(self, viewer: Viewer) -> Iterator[Finding]:
        overview = self._views.overview(viewer)
        yield from of_targets(overview, self._catalogue)
        if self._catalogue.milestones:
            yield from of_milestones(self._views.milestones(viewer), self._catalogue)
        yield from of_feeds(self._views.feeds(viewer))

    def _own(self, viewer: Viewer, open_: set[Key], now: datetime) -> Iterator[Finding]:
        today = now.astimezone(self._catalogue.zone).date()
        for name, rule in self._settings.rules.items():
            try:
                view = self._views.values(viewer, question_of(rule, today))
                yield from of_rule(name, rule, view, open_, self._catalogue)
            except IocError as error:  # one rule that cannot be asked keeps no other from being looked at
                log.error("the alert rule %s cannot be looked at: %s", name, error)
