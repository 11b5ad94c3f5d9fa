"""Answers what screens ask: implements ``Views`` over a store. Each answer is of one data version, and is cached under it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from ioc.access.scope import units_within
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Text
from ioc.catalogue.screens import PanelSettings, Screens
from ioc.config import Settings
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.explanation import Where
from ioc.indicators.values import Question, check_question
from ioc.notes import Notes
from ioc.screens.shelf import Shelf
from ioc.store.audit import last_audit
from ioc.store.commits import beginning_of_all
from ioc.store.feeds import FeedState
from ioc.store.runs import runs
from ioc.store.snapshot import touched
from ioc.store.store import Store
from ioc.views.alerts import AlertsDesk
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache, hourly
from ioc.views.changes import ChangedTargetsView, ChangesView, changed_targets, changes_view
from ioc.views.explaining import explanation_view
from ioc.views.explanation import ExplanationQuestion, ExplanationView
from ioc.views.feed import FeedsView, FeedView, SecretsView
from ioc.views.feed_facts import facts_of, secrets_view, standing_of
from ioc.views.feeds import Feeds
from ioc.views.forecast import ForecastView, forecast_view
from ioc.views.glances import Glances
from ioc.views.health import health_tally
from ioc.views.indicator import indicator_view, reading_of
from ioc.views.milestones import RECORD, milestones_view
from ioc.views.model import FeedBehind, IndicatorView, MilestonesView, OverviewView, Stamp
from ioc.views.moment import Moment, older, seen_by
from ioc.views.notes import NotesQuestion, NotesView, noted
from ioc.views.overview import overview_view
from ioc.views.panels.asked import Asked
from ioc.views.panels.types import PanelView, PlaylistView, ScreenView
from ioc.views.record import RecordView, record_view
from ioc.views.records import RecordsQuestion, RecordsView, check_records, records_view
from ioc.views.runs import LAST_RUNS, RunsQuestion, RunsView
from ioc.views.score import ScoreView
from ioc.views.scoring import score_view
from ioc.views.screen import names_asked, panel_view, playlist_view, records_behind, screen_labels, screen_named, screen_view, told_or_why
from ioc.views.search import SearchView, entries, search_view
from ioc.views.tiles import records_of
from ioc.views.unit import UnitView, unit_view
from ioc.views.unusual import AnomaliesView, anomalies_view
from ioc.views.values import ValuesView, values_view
from ioc.views.walls import WallsView

T = TypeVar("T")


class Gatherer:
    """The read side over one store.

    Args:
        store: where numbers come from.
        settings: the configured screens and language.
        cache: where answers are kept.
        ways: how the records of each feed come; ``asked`` unless it is said.
        spans: the feeds that can be asked for days gone by.
        walls: tells which walls are connected.
        shelf: the screens as they are arranged now; without it, those of ``settings``.
        notes: what people have written on figures; without it, nothing.
        alerts: what needs acting on; without it, nothing is watched.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        cache: ViewCache,
        ways: Mapping[str, str] | None = None,
        spans: frozenset[str] = frozenset(),
        walls: Callable[[], WallsView] | None = None,
        shelf: Shelf | None = None,
        notes: Notes | None = None,
        alerts: AlertsDesk | None = None,
    ) -> None:
        self.store, self.alerts = store, alerts
        self._language = settings.language
        self._settings, self._shelf, self._notes = settings, shelf, notes
        self._playlists = shelf.rotations.playlists if shelf else lambda: settings.playlists
        self._feeds = Feeds(store.catalogue, settings.feeds, ways or {}, spans)
        self._cache = cache
        self._walls = walls or (lambda: WallsView((), ""))

    @property
    def _screens(self) -> Screens:
        return self._shelf.screens() if self._shelf else self._settings.screens

    @contextmanager
    def moment(self, as_of: datetime | None = None, viewer: Viewer | None = None) -> Iterator[Moment]:
        """The store as it is, or was known at a past moment, as a viewer may see it. Raises BadQuestion before anything was known."""
        now = (as_of or self.store.clock.now()).astimezone(UTC)
        with self.store.read(as_of) as snapshot:
            if as_of and not snapshot.version and (first := beginning_of_all(snapshot.cursor)):
                raise BadQuestion("before_all", first=first.astimezone(snapshot.catalogue.zone))
            yield Moment(seen_by(snapshot, viewer, self.store.catalogue), now.astimezone(snapshot.catalogue.zone).date(), now, as_of)

    def cached(self, viewer: Viewer, question: tuple[Hashable, ...], as_of: datetime | None, compute: Callable[[Moment], T]) -> T:
        """An answer from the cache, or computed now and kept under the version and day that it shows.

        What grows old by the clock alone (late feeds) is looked at anew each minute.
        """
        with self.moment(as_of, viewer) as moment:
            key = (*question, viewer.scope, viewer.language, moment.snapshot.version, moment.minute, as_of)
            return self._cache.get(key, lambda: compute(moment), brief=question[0] == "screen")

    def _records(self, moment: Moment, indicator: str) -> set[str]:
        """The record types behind an indicator, as it was declared at a moment. Raises UnknownName, or BadQuestion if it was not yet."""
        known = moment.snapshot.catalogue
        if indicator in known.indicators:
            return records_of(known, indicator)
        if indicator in self.store.catalogue.indicators:
            raise BadQuestion("not_then", name=indicator, moment=moment.now.astimezone(known.zone))
        raise UnknownName("indicator", indicator, known.indicators)

    def overview(self, viewer: Viewer, as_of: datetime | None = None) -> OverviewView:
        """Every target at a glance."""

        def compute(moment: Moment) -> OverviewView:
            stands = None if moment.as_of else standing_of(moment, self._cache)
            oldest = partial(self._feeds.oldest, stands, language=viewer.language) if stands else None
            return overview_view(moment, viewer.language, oldest)

        return self.cached(viewer, ("overview",), as_of, compute)

    def milestones(self, viewer: Viewer, as_of: datetime | None = None) -> MilestonesView:
        """Every milestone with what was reported of it, and the figures of its companions."""
        catalogue = self.store.catalogue
        companions = {name for milestone in catalogue.milestones.values() for name in milestone.companions}
        records = {RECORD, *(record for name in companions for record in records_of(catalogue, name))}

        def compute(moment: Moment) -> MilestonesView:
            return milestones_view(moment.snapshot, moment.stamp(records), moment.today, moment.now, viewer.language)

        return self.cached(viewer, ("milestones",), as_of, compute)

    def indicator(self, viewer: Viewer, question: IndicatorQuestion, as_of: datetime | None = None) -> IndicatorView:
        """One indicator explained. Raises UnknownName or BadQuestion."""

        def compute(moment: Moment) -> IndicatorView:
            stamp = moment.stamp(self._records(moment, question.indicator))
            feeds = self.behind(moment, question.indicator, viewer.language)
            return indicator_view(moment.snapshot, stamp, question, moment.today, moment.now, viewer.language, feeds)

        return self.cached(viewer, ("indicator", question), as_of, compute)

    def forecast(self, viewer: Viewer, indicator: str, as_of: datetime | None = None) -> ForecastView:
        """One indicator looked ahead. Raises UnknownName."""
        if indicator not in self.store.catalogue.indicators:
            raise UnknownName("indicator", indicator, self.store.catalogue.indicators)

        def compute(moment: Moment) -> ForecastView:
            stamp = moment.stamp(records_of(moment.snapshot.catalogue, indicator))
            return forecast_view(moment.snapshot, stamp, indicator, moment.today, moment.now, viewer.language)

        return self.cached(viewer, ("forecast", indicator), as_of, compute)

    def changed_targets(self, viewer: Viewer, since: datetime) -> ChangedTargetsView:
        """Which targets show another value now than at a past moment."""
        return changed_targets(self.overview(viewer, since), self.overview(viewer), since)

    def changes(self, viewer: Viewer, indicator: str, since: datetime) -> ChangesView:
        """One indicator by unit and month, then and now. Raises UnknownName or BadQuestion."""

        def compute(now: Moment) -> ChangesView:
            with self.moment(since, viewer) as then:
                self._records(then, indicator)
                return changes_view(then, now, indicator, now.stamp(self._records(now, indicator)), viewer.language)

        return self.cached(viewer, ("changes", indicator, since), None, compute)

    def explanation(self, viewer: Viewer, question: ExplanationQuestion, as_of: datetime | None = None) -> ExplanationView:
        """Why an indicator changed. Raises UnknownName or BadQuestion, also where nothing can be compared."""

        def compute(moment: Moment) -> ExplanationView:
            stamp = moment.stamp(self._records(moment, question.indicator))
            return explanation_view(moment.snapshot, stamp, question, moment.today, viewer.language)

        return self.cached(viewer, ("explanation", question), as_of, compute)

    def anomalies(self, viewer: Viewer, indicator: str, as_of: datetime | None = None) -> AnomaliesView:
        """What is unusual about an indicator. It speaks of days that are over, and is looked at anew each hour. Raises UnknownName."""
        if indicator not in self.store.catalogue.indicators:
            raise UnknownName("indicator", indicator, self.store.catalogue.indicators)
        with self.moment(as_of, viewer) as moment:

            def compute() -> AnomaliesView:
                stamp = moment.stamp(records_of(moment.snapshot.catalogue, indicator))
                return anomalies_view(moment.snapshot, stamp, indicator, moment.today, moment.now, viewer.language)

            return self._cache.get(hourly(viewer, indicator, moment.now if as_of is None else as_of, as_of), compute)

    def known_anomalies(self, viewer: Viewer, indicator: str, as_of: datetime | None = None) -> AnomaliesView | None:
        """The same if it has been told within the last two hours: it never takes time."""
        now = as_of or self.store.clock.now()
        keys = (hourly(viewer, indicator, now - timedelta(hours=hours), as_of) for hours in (0, 1))
        return next((found for key in keys if (found := self._cache.known(key))), None)

    def reading(self, viewer: Viewer, indicator: str, where: Where, as_of: datetime | None = None) -> tuple[str, ...]:
        """An indicator, within filters, in two sentences. Raises UnknownName or BadQuestion."""

        def compute(moment: Moment) -> tuple[str, ...]:
            stamp = moment.stamp(self._records(moment, indicator))
            return reading_of(moment.snapshot, stamp, Question(indicator, where=where), moment.today, moment.now, viewer.language)

        return self.cached(viewer, ("reading", indicator, where), as_of, compute)

    def noted(self, viewer: Viewer, asked: NotesQuestion, as_of: datetime | None = None) -> NotesView | None:
        """What was noted on an indicator; None where no notes are kept. Raises UnknownName."""
        return noted(self._notes, self.store.catalogue, viewer, asked, as_of) if self._notes else None

    def screen(self, viewer: Viewer, screen: str, as_of: datetime | None = None) -> ScreenView:
        """One configured screen. Each panel is computed once for a state of its own records. Raises UnknownName."""
        catalogue = self.store.catalogue
        settings, code = screen_named(screen, self._screens, catalogue)

        def compute(moment: Moment) -> ScreenView:
            versions, limit = touched(moment.snapshot), {settings.template: code} if settings.template else {}
            names = names_asked(settings.panels, moment.snapshot.catalogue)
            glances = Glances(moment.snapshot, moment.today, moment.now, viewer.language, names)
            panels = (self.panel(viewer, moment, at, each, limit, versions, glances) for at, each in enumerate(settings.panels))
            stamp = moment.stamp(set().union(*(records_behind(panel, catalogue) or () for panel in settings.panels)))
            return screen_view(screen, self._screens, stamp, tuple(panels), catalogue, viewer.language)

        return self.cached(viewer, ("screen", screen, self.arranged(), viewer.may("records")), as_of, compute)

    def records(self, viewer: Viewer, question: RecordsQuestion, as_of: datetime | None = None) -> RecordsView:
        """Records in a list. Raises UnknownName or BadQuestion."""
        check_records(self.store.catalogue, question)

        def compute(moment: Moment) -> RecordsView:
            if question.version is not None:
                moment = older(moment, question.version)
            scope = units_within(self.store.catalogue, viewer.scope)
            return records_view(moment.snapshot, moment.stamp({question.record}), question, scope, moment.today, viewer.language)

        return self.cached(viewer, ("records", question), as_of, compute)

    def unit(self, viewer: Viewer, unit: str, as_of: datetime | None = None) -> UnitView:
        """One unit's scorecard. Raises UnknownName."""
        if unit not in self.store.catalogue.units:
            raise UnknownName("unit", unit, self.store.catalogue.units)

        def compute(moment: Moment) -> UnitView:
            return unit_view(moment.snapshot, moment.stamp(set(self.store.catalogue.records)), unit, moment.today, viewer.language)

        return self.cached(viewer, ("unit", unit), as_of, compute)

    def search(self, viewer: Viewer, query: str) -> SearchView:
        """What a few words find."""
        known = self._cache.get(
            ("entries", viewer.language, self.arranged()),
            lambda: entries(self.store.catalogue, self.screens(), self._feeds.labels, viewer.language),
        )
        scope = units_within(self.store.catalogue, viewer.scope)
        with self.moment() as moment:
            return search_view(moment.snapshot, moment.stamp(set()), query, known, scope, viewer.language)

    def record(self, viewer: Viewer, record: str, key: str, as_of: datetime | None = None) -> RecordView:
        """One record explained. Raises UnknownName."""
        labels = {feed: label.of(viewer.language) for feed, label in self._feeds.labels.items()}
        scope = units_within(self.store.catalogue, viewer.scope)
        with self.moment(as_of) as moment:
            return record_view(moment.snapshot, moment.stamp({record}), record, key, scope, moment.today, viewer.language, labels)

    def panel(
        self,
        viewer: Viewer,
        moment: Moment,
        index: int,
        panel: PanelSettings,
        limit: Mapping[str, str],
        versions: Mapping[str, int],
        glances: Glances | None = None,
    ) -> PanelView:
        """One panel, kept under the newest version of the records that it rests on, not of all; ``glances`` it shares with others."""
        where = tuple((dimension, (code,)) for dimension, code in {**panel.where, **limit}.items())
        behind = records_behind(panel, self.store.catalogue)
        version = moment.snapshot.version if behind is None else max((versions.get(record, 0) for record in behind), default=0)
        asked = Asked(moment.snapshot, panel, where, moment.today, moment.now, viewer.language, glances, viewer.may("records"))
        aged = moment.minute if behind is None else moment.lateness(behind)
        key = ("panel", index, panel, where, viewer.scope, viewer.language, version, moment.today, moment.as_of, aged, asked.reads_records)

        def known() -> PanelView:
            return self._cache.get(key, lambda: panel_view(asked, index, lambda: self._feeds_at(viewer, moment)), brief=True)

        return told_or_why(asked, index, self.store.catalogue, known)

    def playlist(self, viewer: Viewer, playlist: str) -> PlaylistView:
        """What a wall shows in turn. Raises UnknownName."""
        known = self._playlists()
        if playlist not in known:
            raise UnknownName("playlist", playlist, known)
        return playlist_view(playlist, known[playlist], self._screens, self.store.catalogue, viewer.language)

    def values(self, viewer: Viewer, question: Question, as_of: datetime | None = None) -> ValuesView:
        """Bare values of one indicator. Raises UnknownName or BadQuestion."""

        def compute(moment: Moment) -> ValuesView:
            stamp = moment.stamp(self._records(moment, question.indicator))
            oldest = next((each for each in self.behind(moment, question.indicator, viewer.language) if each.is_oldest), None)
            return values_view(moment.snapshot, stamp, question, moment.today, oldest)

        return self.cached(viewer, ("values", question), as_of, compute)

    def score(self, viewer: Viewer, question: Question, as_of: datetime | None = None) -> tuple[Stamp, ScoreView | None]:
        """A composite as the tree of its parts, beside what was published. Raises UnknownName or BadQuestion."""

        def compute(moment: Moment) -> tuple[Stamp, ScoreView | None]:
            stamp = moment.stamp(self._records(moment, question.indicator))
            check_question(moment.snapshot.catalogue, question)
            return stamp, score_view(moment.snapshot, question, moment.today, viewer.language)

        return self.cached(viewer, ("score", question), as_of, compute)

    def behind(self, moment: Moment, indicator: str, language: str) -> tuple[FeedBehind, ...]:
        """The feeds that an indicator rests on, the one with the oldest data first."""
        return self._feeds.behind(standing_of(moment, self._cache), indicator, language, past=moment.as_of is not None)

    def feeds(self, viewer: Viewer) -> FeedsView:
        """Every feed at a glance, as it is now."""
        with self.moment() as moment:
            return self._feeds_at(viewer, moment)

    def _feeds_at(self, viewer: Viewer, moment: Moment) -> FeedsView:
        facts = facts_of(moment, self._cache)
        tiles = tuple(self._feeds.tile(name, facts, viewer.language) for name in self._feeds.names(facts))
        data = moment.stamp({tile.record.code for tile in tiles})
        return FeedsView(data, tiles, health_tally(tile.health for tile in tiles), last_audit(moment.snapshot))

    def runs(self, viewer: Viewer, feed: str, asked: RunsQuestion) -> RunsView:
        """A feed's runs, as they are now. Raises UnknownName."""
        with self.moment() as moment:
            stands = standing_of(moment, self._cache)
            self._feeds.check(feed, stands)
            counts = stands.counts.get(feed)
            page = runs(moment.snapshot, feed, asked.rows, asked.before)
            return RunsView(moment.stamp({counts.record} if counts else set()), feed, page, counts.runs if counts else 0)

    def feed(self, viewer: Viewer, feed: str, asked: RunsQuestion = LAST_RUNS) -> FeedView:
        """One feed explained, as it is now. Raises UnknownName."""
        with self.moment() as moment:
            facts = facts_of(moment, self._cache)
            self._feeds.check(feed, facts)
            tile = self._feeds.tile(feed, facts, viewer.language)
            stamp = moment.stamp({tile.record.code})
            return self._feeds.page(moment.snapshot, stamp, tile, facts.states.get(feed, FeedState()), viewer, asked)

    def secrets(self, viewer: Viewer) -> SecretsView:
        """How many records each feed has had refused for secrecy. Raises Refusal for whoever may not know."""
        with self.moment() as moment:
            return secrets_view(viewer, moment, standing_of(moment, self._cache))

    def walls(self) -> WallsView:
        """The walls that are connected now, and those that were of late."""
        return self._walls()

    def screens(self) -> Mapping[str, Text]:
        """The names of the configured screens, each of a template's too."""
        return screen_labels(self._screens, self.store.catalogue)

    def playlists(self) -> Mapping[str, Text]:
        """The names of the configured playlists."""
        return {key: settings.label for key, settings in self._playlists().items()}

    def version(self) -> int:
        """The newest data version."""
        return self.store.version()

    def arranged(self) -> int:
        """A number that is another one when any screen is arranged anew."""
        return self._shelf.revision if self._shelf else 0

    def recounting(self) -> float | None:
        """The share of numbers that has been counted anew since declarations have changed, or None when all are."""
        return self.store.recounting

    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return self.store.catalogue.zone

    def language(self) -> str:
        """The language of the first visit."""
        return self._language
