"""Answers what screens ask: implements ``Views`` over a store. Each answer is of one data version, and is cached under it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from ioc.access.policy import may_see_secrets
from ioc.access.scope import units_within
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Text
from ioc.config import Settings
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.explanation import Where
from ioc.indicators.values import Question, ask, check_question
from ioc.store.arrivals import beginning, lags, volumes
from ioc.store.audit import last_audit
from ioc.store.feeds import FeedState, feed_states, refused_each_day
from ioc.store.findings import standing
from ioc.store.freshness import feeds, freshness
from ioc.store.snapshot import Snapshot, at_version
from ioc.store.store import Store
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.explaining import explanation_view
from ioc.views.explanation import ExplanationQuestion, ExplanationView
from ioc.views.feed import DAYS, FeedsView, FeedView
from ioc.views.feeds import Facts, Feeds
from ioc.views.health import Health
from ioc.views.indicator import indicator_view, reading_of
from ioc.views.milestones import milestone_tiles
from ioc.views.model import FeedBehind, GroupView, IndicatorView, OverviewView, ScreenView, Stamp
from ioc.views.record import RecordView, record_view
from ioc.views.records import RecordsQuestion, RecordsView, check_records, records_view
from ioc.views.screen import panel_views
from ioc.views.tiles import indicators_on_overview, records_of, tally, tiles
from ioc.views.values import ValuesView

T = TypeVar("T")

# Over how many days it is told how late records arrive.
LAG_DAYS = 7


@dataclass(frozen=True)
class Moment:
    """A snapshot with the day and moment that it speaks of."""

    snapshot: Snapshot
    today: date
    now: datetime
    as_of: datetime | None

    def stamp(self, records: set[str]) -> Stamp:
        """What a view of these record types carries."""
        fresh = freshness(self.snapshot)
        simulated = any(fresh[record].simulated for record in records if record in fresh)
        return Stamp(self.snapshot.version, self.snapshot.committed_at, self.as_of, simulated)


class Gatherer:
    """The read side over one store.

    Args:
        store: where numbers come from.
        settings: the configured screens and language.
        cache: where answers are kept.
        ways: how the records of each feed come; ``asked`` unless it is said.
        spans: the feeds that can be asked for days gone by.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        cache: ViewCache,
        ways: Mapping[str, str] | None = None,
        spans: frozenset[str] = frozenset(),
    ) -> None:
        self.store = store
        self._language = settings.language
        self._screens = settings.screens
        self._feeds = Feeds(store.catalogue, settings.feeds, ways or {}, spans)
        self._cache = cache

    @contextmanager
    def moment(self, as_of: datetime | None = None) -> Iterator[Moment]:
        """The store as it is, or as it was known at a past moment."""
        now = (as_of or self.store.clock.now()).astimezone(UTC)
        with self.store.read(as_of) as snapshot:
            yield Moment(snapshot, now.astimezone(self.store.catalogue.zone).date(), now, as_of)

    def cached(self, viewer: Viewer, question: tuple[Hashable, ...], as_of: datetime | None, compute: Callable[[Moment], T]) -> T:
        """An answer from the cache, or computed now and kept under the version and day that it shows.

        What grows old by the clock alone (late feeds) is looked at anew each minute.
        """
        with self.moment(as_of) as moment:
            minute = moment.now.replace(second=0, microsecond=0) if as_of is None else moment.now
            key = (*question, viewer.scope, viewer.language, moment.snapshot.version, minute)
            return self._cache.get(key, lambda: compute(moment))

    def overview(self, viewer: Viewer, as_of: datetime | None = None) -> OverviewView:
        """Every target at a glance."""
        return self.cached(viewer, ("overview",), as_of, lambda moment: self._overview(viewer, moment))

    def _overview(self, viewer: Viewer, moment: Moment) -> OverviewView:
        catalogue = self.store.catalogue
        names = indicators_on_overview(catalogue)
        found = tiles(moment.snapshot, names, moment.today, moment.now, viewer.language)
        groups = []
        for key, label in catalogue.groups.items():
            mine = tuple(found[name] for name in names if catalogue.indicators[name].group == key)
            if mine:
                groups.append(GroupView(key, label.of(viewer.language), mine))
        return OverviewView(
            stamp=moment.stamp({record for name in names for record in records_of(catalogue, name)}),
            organisation=catalogue.organisation.name.of(viewer.language),
            year=moment.today.year,
            groups=tuple(groups),
            milestones=milestone_tiles(moment.snapshot, moment.today, viewer.language),
            tally=tally(list(found.values())),
        )

    def indicator(self, viewer: Viewer, question: IndicatorQuestion, as_of: datetime | None = None) -> IndicatorView:
        """One indicator explained. Raises UnknownName or BadQuestion."""
        if question.indicator not in self.store.catalogue.indicators:
            raise UnknownName("indicator", question.indicator, self.store.catalogue.indicators)

        def compute(moment: Moment) -> IndicatorView:
            stamp = moment.stamp(records_of(moment.snapshot.catalogue, question.indicator))
            feeds = self._behind(moment, question.indicator, viewer.language)
            return indicator_view(moment.snapshot, stamp, question, moment.today, moment.now, viewer.language, feeds)

        return self.cached(viewer, ("indicator", question), as_of, compute)

    def explanation(self, viewer: Viewer, question: ExplanationQuestion, as_of: datetime | None = None) -> ExplanationView:
        """Why an indicator changed. Raises UnknownName or BadQuestion, also where nothing can be compared."""
        if question.indicator not in self.store.catalogue.indicators:
            raise UnknownName("indicator", question.indicator, self.store.catalogue.indicators)

        def compute(moment: Moment) -> ExplanationView:
            stamp = moment.stamp(records_of(moment.snapshot.catalogue, question.indicator))
            return explanation_view(moment.snapshot, stamp, question, moment.today, viewer.language)

        return self.cached(viewer, ("explanation", question), as_of, compute)

    def reading(self, viewer: Viewer, indicator: str, where: Where, as_of: datetime | None = None) -> tuple[str, ...]:
        """An indicator, within filters, in two sentences. Raises UnknownName or BadQuestion."""

        def compute(moment: Moment) -> tuple[str, ...]:
            stamp = moment.stamp(records_of(moment.snapshot.catalogue, indicator))
            return reading_of(moment.snapshot, stamp, Question(indicator, where=where), moment.today, moment.now, viewer.language)

        return self.cached(viewer, ("reading", indicator, where), as_of, compute)

    def screen(self, viewer: Viewer, screen: str, as_of: datetime | None = None) -> ScreenView:
        """One configured screen. Raises UnknownName."""
        if screen not in self._screens:
            raise UnknownName("screen", screen, self._screens)
        settings = self._screens[screen]

        def compute(moment: Moment) -> ScreenView:
            panels = panel_views(moment.snapshot, settings.panels, moment.today, moment.now, viewer.language)
            records = {panel.record for panel in settings.panels if panel.record}
            for panel in settings.panels:
                records |= records_of(moment.snapshot.catalogue, panel.indicator) if panel.indicator else set()
            return ScreenView(moment.stamp(records), screen, settings.label.of(viewer.language), panels)

        return self.cached(viewer, ("screen", screen), as_of, compute)

    def records(self, viewer: Viewer, question: RecordsQuestion, as_of: datetime | None = None) -> RecordsView:
        """Records in a list. Raises UnknownName or BadQuestion."""
        check_records(self.store.catalogue, question)

        def compute(moment: Moment) -> RecordsView:
            if question.version is not None:
                moment = self._at_version(moment, question.version)
            scope = units_within(self.store.catalogue, viewer.scope)
            return records_view(moment.snapshot, moment.stamp({question.record}), question, scope, moment.today, viewer.language)

        return self.cached(viewer, ("records", question), as_of, compute)

    @staticmethod
    def _at_version(moment: Moment, version: int) -> Moment:
        older = at_version(moment.snapshot, version)
        if older is None:
            raise BadQuestion("cursor")
        return replace(moment, snapshot=older)

    def record(self, viewer: Viewer, record: str, key: str, as_of: datetime | None = None) -> RecordView:
        """One record explained. Raises UnknownName."""
        labels = {feed: label.of(viewer.language) for feed, label in self._feeds.labels.items()}
        scope = units_within(self.store.catalogue, viewer.scope)
        with self.moment(as_of) as moment:
            return record_view(moment.snapshot, moment.stamp({record}), record, key, scope, moment.today, viewer.language, labels)

    def values(self, viewer: Viewer, question: Question, as_of: datetime | None = None) -> ValuesView:
        """Bare values of one indicator. Raises UnknownName or BadQuestion."""
        check_question(self.store.catalogue, question)

        def compute(moment: Moment) -> ValuesView:
            stamp = moment.stamp(records_of(moment.snapshot.catalogue, question.indicator))
            oldest = next((each for each in self._behind(moment, question.indicator, viewer.language) if each.is_oldest), None)
            return ValuesView(stamp, question, tuple(ask(moment.snapshot, question, moment.today)), oldest)

        return self.cached(viewer, ("values", question), as_of, compute)

    def _behind(self, moment: Moment, indicator: str, language: str) -> tuple[FeedBehind, ...]:
        return self._feeds.behind(moment.snapshot, indicator, moment.now if moment.as_of is None else None, language)

    def feeds(self, viewer: Viewer) -> FeedsView:
        """Every feed at a glance, as it is now."""
        with self.moment() as moment:
            facts = self._facts(moment)
            tiles = tuple(self._feeds.tile(name, facts, viewer.language) for name in self._feeds.names(facts))
            found = [tile.health for tile in tiles]
            tally = tuple((health, found.count(health)) for health in Health if health in found)
            return FeedsView(moment.stamp({tile.record.code for tile in tiles}), tiles, tally, last_audit(moment.snapshot))

    def feed(self, viewer: Viewer, feed: str) -> FeedView:
        """One feed explained, as it is now. Raises UnknownName."""
        with self.moment() as moment:
            facts = self._facts(moment)
            self._feeds.check(feed, facts)
            tile = self._feeds.tile(feed, facts, viewer.language)
            stamp = moment.stamp({tile.record.code})
            page = self._feeds.page(moment.snapshot, stamp, tile, facts.states.get(feed, FeedState()), viewer.language)
            return replace(page, secret=tuple(refused_each_day(moment.snapshot, feed))) if may_see_secrets(viewer) else page

    def _facts(self, moment: Moment) -> Facts:
        """What is known of feeds. How they are may change without a commit, so that it is always looked at anew; days that are over
        never change (a commit at midnight may be a little late), and how late records arrive not within a minute."""
        snapshot, today = moment.snapshot, moment.today
        first, recent = (beginning(today - timedelta(days=days), snapshot) for days in (DAYS - 1, 1))
        past = self._cache.get(("volumes", first, recent), lambda: volumes(snapshot, first, recent))
        minute = moment.now.replace(second=0, microsecond=0)
        late = self._cache.get(("lags", minute), lambda: lags(snapshot, minute - timedelta(days=LAG_DAYS)))
        new = volumes(snapshot, recent, datetime.max.replace(tzinfo=UTC))
        each_day = {feed: {**past.get(feed, {}), **new.get(feed, {})} for feed in past.keys() | new.keys()}
        counts = {each.feed: each for each in feeds(snapshot)}
        return Facts(feed_states(snapshot.cursor), counts, each_day, late, standing(snapshot), today, moment.now)

    def screens(self) -> Mapping[str, Text]:
        """The names of the configured screens."""
        return {key: settings.label for key, settings in self._screens.items()}

    def version(self) -> int:
        """The newest data version."""
        return self.store.version()

    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return self.store.catalogue.zone

    def language(self) -> str:
        """The language of the first visit."""
        return self._language
