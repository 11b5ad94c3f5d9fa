"""What the read side offers to callbacks, API and exports: the questions a screen may ask. Implemented in ``gather.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from ioc.access.viewer import Viewer
from ioc.catalogue.model import Text
from ioc.views.alerts import AlertsDesk
from ioc.views.changes import ChangedTargetsView, ChangesView
from ioc.views.explanation import ExplanationQuestion, ExplanationView
from ioc.views.feed import FeedsView, FeedView, SecretsView
from ioc.views.model import IndicatorView, MilestonesView, OverviewView
from ioc.views.panels.types import PlaylistView, ScreenView
from ioc.views.record import RecordView
from ioc.views.records import RecordsQuestion, RecordsView
from ioc.views.runs import LAST_RUNS, RunsQuestion
from ioc.views.search import SearchView
from ioc.views.unit import UnitView
from ioc.views.unusual import AnomaliesView
from ioc.views.walls import WallsView


@dataclass(frozen=True)
class IndicatorQuestion:
    """What is asked of one indicator; every part has a default, so that a bare address works.

    ``start`` and ``end`` are inclusive days; None is the last 24 months. ``beside``: what the trend is compared with, as
    ``last_year``, ``previous``, or a place as ``unit:vp``.
    """

    indicator: str
    period: str = "month"
    start: date | None = None
    end: date | None = None
    where: tuple[tuple[str, str], ...] = ()
    split: str | None = None
    beside: str | None = None


class Views(Protocol):
    """The read side. Each method answers at one data version, from the cache when that version was asked before.

    ``alerts`` tells what needs acting on; None where nothing is watched.
    """

    alerts: AlertsDesk | None

    def overview(self, viewer: Viewer, as_of: datetime | None = None) -> OverviewView:
        """Every target at a glance."""
        ...

    def milestones(self, viewer: Viewer, as_of: datetime | None = None) -> MilestonesView:
        """Every milestone with what was reported of it."""
        ...

    def indicator(self, viewer: Viewer, question: IndicatorQuestion, as_of: datetime | None = None) -> IndicatorView:
        """One indicator explained. Raises UnknownName or BadQuestion."""
        ...

    def changed_targets(self, viewer: Viewer, since: datetime) -> ChangedTargetsView:
        """Which targets show another value now than at a past moment."""
        ...

    def changes(self, viewer: Viewer, indicator: str, since: datetime) -> ChangesView:
        """One indicator by unit and month, as it was shown at a past moment and as it is now. Raises UnknownName or BadQuestion."""
        ...

    def explanation(self, viewer: Viewer, question: ExplanationQuestion, as_of: datetime | None = None) -> ExplanationView:
        """Why an indicator changed. Raises UnknownName or BadQuestion, also where nothing can be compared."""
        ...

    def anomalies(self, viewer: Viewer, indicator: str, as_of: datetime | None = None) -> AnomaliesView:
        """What is unusual about an indicator. Raises UnknownName."""
        ...

    def known_anomalies(self, viewer: Viewer, indicator: str, as_of: datetime | None = None) -> AnomaliesView | None:
        """The same if it has been told lately: it never takes time."""
        ...

    def screen(self, viewer: Viewer, screen: str, as_of: datetime | None = None) -> ScreenView:
        """One configured screen. Raises UnknownName."""
        ...

    def records(self, viewer: Viewer, question: RecordsQuestion, as_of: datetime | None = None) -> RecordsView:
        """Records in a list. Raises UnknownName or BadQuestion."""
        ...

    def record(self, viewer: Viewer, record: str, key: str, as_of: datetime | None = None) -> RecordView:
        """One record explained. Raises UnknownName."""
        ...

    def unit(self, viewer: Viewer, unit: str, as_of: datetime | None = None) -> UnitView:
        """One unit's scorecard. Raises UnknownName."""
        ...

    def search(self, viewer: Viewer, query: str) -> SearchView:
        """What a few words find."""
        ...

    def feeds(self, viewer: Viewer) -> FeedsView:
        """Every feed at a glance, as it is now."""
        ...

    def feed(self, viewer: Viewer, feed: str, asked: RunsQuestion = LAST_RUNS) -> FeedView:
        """One feed explained, as it is now. Raises UnknownName."""
        ...

    def secrets(self, viewer: Viewer) -> SecretsView:
        """How many records each feed has had refused for secrecy. Raises Refusal for whoever may not know."""
        ...

    def playlist(self, viewer: Viewer, playlist: str) -> PlaylistView:
        """What a wall shows in turn. Raises UnknownName."""
        ...

    def walls(self) -> WallsView:
        """The walls that are connected now."""
        ...

    def screens(self) -> Mapping[str, Text]:
        """The names of the configured screens, each of a template's too."""
        ...

    def playlists(self) -> Mapping[str, Text]:
        """The names of the configured playlists."""
        ...

    def version(self) -> int:
        """The newest data version."""
        ...

    def arranged(self) -> int:
        """A number that is another one when any screen is arranged anew."""
        ...

    def recounting(self) -> float | None:
        """The share of numbers that has been counted anew since declarations have changed, or None when all are."""
        ...

    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        ...

    def language(self) -> str:
        """The language of the first visit."""
        ...
