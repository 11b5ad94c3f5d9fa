"""Every feed at a glance, and one explained: how it is, how new, how much came, what was refused and why, what rests on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial

from ioc.access.policy import may_see_refused_rows
from ioc.access.viewer import Viewer
from ioc.catalogue.mapping import Mapping as FieldMapping
from ioc.catalogue.mapping import identity
from ioc.catalogue.model import Catalogue, FieldType, Text
from ioc.catalogue.triggers import due_after
from ioc.config import FeedSettings
from ioc.errors import FeedUnavailable, UnknownName
from ioc.store.backfill import BackfillState
from ioc.store.feeds import FeedState
from ioc.store.findings import findings
from ioc.store.freshness import FeedCounts
from ioc.store.runs import Group, groups, in_quarantine, one_run, runs
from ioc.store.snapshot import Snapshot
from ioc.views.feed import DAYS, FeedTile, FeedView, Mapped, MappingView, ReasonGroup
from ioc.views.feed_facts import Facts, Standing
from ioc.views.health import Expectation, Health, judge
from ioc.views.model import Choice, FeedBehind, Stamp
from ioc.views.next_arrival import Basis, NextArrival, by_rhythm
from ioc.views.runs import RunsQuestion
from ioc.views.tiles import records_of
from ioc.views.volume import day_volumes

MOST_FINDINGS = 20
# How a last run ended that says of a feed which nobody asks that something is wrong with it.
_FAULTS = frozenset({"rejected", "unavailable", "failed"})


class Feeds:
    """What a deployment's configuration says of its feeds.

    Args:
        catalogue: what their records are.
        settings: the configured feeds.
        ways: how the records of each come: ``asked``, ``listening``, ``brought`` or ``typed``.
        spans: those that can be asked for days gone by.
    """

    def __init__(
        self, catalogue: Catalogue, settings: Mapping[str, FeedSettings], ways: Mapping[str, str], spans: frozenset[str] = frozenset()
    ) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._ways = ways
        self._spans = spans
        self._allowed = _allowed_ages(catalogue)
        self.labels: Mapping[str, Text] = {name: feed.label or Text(vi=name, en=name) for name, feed in settings.items()}

    def names(self, facts: Standing) -> list[str]:
        """The configured feeds in their order, then all others that have ever delivered."""
        return [*self._settings, *sorted(facts.counts.keys() - self._settings.keys())]

    def check(self, feed: str, facts: Standing) -> None:
        """Raises UnknownName when there is no such feed, and never was."""
        known = self.names(facts)
        if feed not in known:
            raise UnknownName("feed", feed, known)

    def tile(self, feed: str, facts: Facts, language: str) -> FeedTile:
        """One feed at a glance."""
        settings, counts = self._settings.get(feed), facts.counts.get(feed)
        state = facts.states.get(feed, FeedState())
        record = settings.record if settings else counts.record if counts else ""
        spec = self._catalogue.records.get(record)
        fault = (_full(facts) if settings else None) or state.message or self._last_fault(feed, counts)
        volume = facts.volumes.get(feed, {})
        days = [facts.today - timedelta(days=ago) for ago in reversed(range(DAYS))]
        event: datetime | date | None = state.last_event
        if spec and state.last_event and spec.fields[spec.event].type is FieldType.DATE:
            event = state.last_event.date()
        return FeedTile(
            feed=feed,
            label=self.labels[feed].of(language) if settings else spec.label.of(language) if spec else feed,
            kind=settings.kind if settings else "",
            way=self._ways.get(feed, "asked") if settings else "",
            record=Choice(record, spec.label.of(language) if spec else record),
            simulated=bool((settings and settings.simulated) or (counts and counts.simulated)),
            health=judge(state, fault, self._expectation(feed, record), facts.now),
            message=fault,
            last_event=event,
            last_arrival=state.last_arrival,
            lag=facts.lags.get(feed),
            next_run=self._next_run(feed, state, facts.now),
            expected=self._expected(feed, record, facts),
            volume=day_volumes(days, volume, self._catalogue),
            runs=counts.runs if counts else 0,
            accepted=counts.accepted if counts else 0,
            duplicates=counts.duplicates if counts else 0,
            rejected=counts.rejected if counts else 0,
            skipped=counts.skipped if counts else 0,
            findings=facts.findings.get(feed, 0),
            last_state=counts.last_state if counts else None,
        )

    def behind(self, stands: Standing, indicator: str, language: str, *, past: bool = False) -> tuple[FeedBehind, ...]:
        """The feeds that an indicator rests on and that have delivered, the one with the oldest data first; one that is not
        configured is called after its records. In a view of the past, how they are is not told."""
        mine = records_of(self._catalogue, indicator)
        found = sorted(
            ((stands.states[each.feed].last_arrival, each) for each in stands.counts.values() if each.record in mine),
            key=lambda pair: (pair[0] is None, pair[0], pair[1].feed),
        )
        behind: list[FeedBehind] = []
        for arrival, counts in found:
            feed, state = counts.feed, stands.states[counts.feed]
            name = Choice(feed, self.labels.get(feed, self._catalogue.records[counts.record].label).of(language))
            if past:
                behind.append(FeedBehind(name))
                continue
            fault = state.message or self._last_fault(feed, counts)
            health = judge(state, fault, self._expectation(feed, counts.record), stands.now)
            is_oldest = arrival is not None and not behind
            behind.append(FeedBehind(name, arrival, health, is_oldest, self._expected(feed, counts.record, stands)))
        return tuple(behind)

    def oldest(self, stands: Standing, indicator: str, language: str) -> FeedBehind | None:
        """The feed with the oldest data that an indicator rests on."""
        return next((each for each in self.behind(stands, indicator, language) if each.is_oldest), None)

    def page(self, snapshot: Snapshot, stamp: Stamp, tile: FeedTile, state: FeedState, viewer: Viewer, asked: RunsQuestion) -> FeedView:
        """One feed explained, to some without what stood in refused rows. Raises UnknownName for a run that it never had."""
        language, shown = viewer.language, may_see_refused_rows(viewer)
        run = one_run(snapshot, tile.feed, asked.run) if asked.run is not None else None
        if run is None and asked.run is not None:
            raise UnknownName("run", str(asked.run), ())
        settings = self._settings.get(tile.feed)
        quarantined, replayable = in_quarantine(snapshot, tile.feed)
        indicators = self._catalogue.indicators.items()
        return FeedView(
            stamp=stamp,
            tile=tile,
            schedule=settings.schedule if settings else None,
            timeout=settings.timeout if settings and settings.schedule else None,
            fresh=self._fresh(tile.feed, tile.record.code),
            findings=tuple(findings(snapshot, tile.feed)[:MOST_FINDINGS]),
            runs=runs(snapshot, tile.feed, asked.rows, asked.before),
            groups=tuple(self._group(each, tile.record.code, language, shown) for each in groups(snapshot, tile.feed, asked.run)),
            quarantined=quarantined,
            replayable=replayable,
            mapping=self._mapping(settings, language) if settings else None,
            indicators=tuple(
                Choice(name, spec.label.of(language)) for name, spec in indicators if tile.record.code in records_of(self._catalogue, name)
            ),
            actions=self._actions(tile, state, replayable),
            backfill=state.backfill,
            run=run,
        )

    def _last_fault(self, feed: str, counts: FeedCounts | None) -> str | None:
        """What was wrong with the last delivery, where nothing else is noted of the feed: it is not asked, or not for that one again."""
        if counts is None or counts.last_state not in _FAULTS:
            return None
        is_asked = feed in self._settings and self._settings[feed].schedule
        if is_asked and not (counts.last_once and counts.last_state == "rejected"):
            return None
        return counts.last_message or counts.last_state

    def _expectation(self, feed: str, record: str) -> Expectation:
        settings = self._settings.get(feed)
        fresh = self._fresh(feed, record)
        if settings is None or settings.schedule is None:
            return Expectation(fresh)
        following = partial(due_after, settings.schedule, self._catalogue.civil_time)
        return Expectation(fresh, settings.timeout, following)

    def _fresh(self, feed: str, record: str) -> timedelta | None:
        """How old a feed's last arrival may be: as configured, or until the first indicator that rests on it counts as stale."""
        settings = self._settings.get(feed)
        if settings and settings.fresh:
            return settings.fresh
        return self._allowed.get(record)

    def _next_run(self, feed: str, state: FeedState, now: datetime) -> datetime | None:
        """When a feed is asked next by its schedule; what has been missed is asked at once."""
        settings = self._settings.get(feed)
        if settings is None or settings.schedule is None or state.paused:
            return None
        found = due_after(settings.schedule, self._catalogue.civil_time, state.tried_at or now)
        return max(found, now) if found else None

    def _expected(self, feed: str, record: str, stands: Standing) -> NextArrival | None:
        """When a feed is expected to bring something next; one that is paused is not, nor one that is configured no more."""
        settings, counts, state = self._settings.get(feed), stands.counts.get(feed), stands.states.get(feed, FeedState())
        if state.paused or (settings is None and not (counts and counts.simulated)):
            return None
        if settings and settings.schedule:
            following = self._next_run(feed, state, stands.now)
            return NextArrival(following, Basis.SCHEDULE, settings.schedule.jitter) if following else None
        return by_rhythm(state.last_arrival, stands.pauses.get(feed), self._fresh(feed, record), stands.now)

    def _actions(self, tile: FeedTile, state: FeedState, replayable: int) -> tuple[str, ...]:
        settings = self._settings.get(tile.feed)
        if settings is None:
            return ()
        can_pause = settings.schedule is not None or tile.way in {"listening", "brought"}
        found = ["run"] if settings.schedule is not None or (tile.health is Health.FAILING and tile.way == "listening") else []
        found += (["resume"] if state.paused else ["pause"]) if can_pause else []
        if tile.feed in self._spans and settings.schedule is not None:
            is_running = state.backfill is not None and state.backfill.state is BackfillState.RUNNING
            found.append("cancel" if is_running else "backfill")
        return tuple(found + (["replay"] if replayable else []))

    def _group(self, group: Group, record: str, language: str, shown: bool) -> ReasonGroup:
        spec = self._catalogue.records.get(record)
        field = spec.fields.get(group.field or "") if spec else None
        rule = spec.rules.get(group.reason.removeprefix("rule:")) if spec else None
        label = field.label.of(language) if field else group.field or ""
        return ReasonGroup(label, group.reason, rule.text.of(language) if rule else "", group.count, group.samples if shown else ())

    def _mapping(self, settings: FeedSettings, language: str) -> MappingView | None:
        spec = self._catalogue.records[settings.record]
        mapping = settings.mapping or identity(spec)
        return MappingView(
            fields=tuple(self._mapped(name, mapping, settings.record, language) for name in spec.fields if name in mapping.fields),
            unmapped=tuple(field.label.of(language) for name, field in spec.fields.items() if name not in mapping.fields),
            keep=mapping.keep,
            deleted=mapping.deleted,
            secrecy=mapping.secrecy.column if mapping.secrecy else None,
            open=mapping.secrecy.open if mapping.secrecy else (),
        )

    def _mapped(self, name: str, mapping: FieldMapping, record: str, language: str) -> Mapped:
        spec, field = self._catalogue.records[record].fields[name], mapping.fields[name]
        codes = self._catalogue.code_list(spec.codes) if spec.codes else {}

        def told(code: str) -> str:
            return codes[code].of(language) if code in codes else code

        def pairs(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
            return tuple((source, told(target)) for source, target in values.items())

        origin = "expr" if field.expr is not None else "value" if field.value is not None else "column"
        source = field.expr if field.expr is not None else told(str(field.value)) if field.value is not None else field.column
        formats = (field.format,) if isinstance(field.format, str) else field.format or ()
        return Mapped(
            field=Choice(name, spec.label.of(language)),
            origin=origin,
            source=source or "",
            values=pairs(field.values or {}),
            otherwise=told(field.otherwise) if field.otherwise is not None else None,
            before=tuple((day, pairs(values)) for day, values in sorted(field.before.items())),
            formats=formats,
        )


def _full(facts: Facts) -> str | None:
    """What is wrong with every feed when nothing can be written, as it would be kept if it could."""
    if facts.fault is None:
        return None
    hint = "Free space on the disk; feeds go on by themselves then."
    if "read-only" in facts.fault.lower():  # a disk that the system takes for faulty; only what is mounted anew can be written to again
        hint = "Have the disk looked at and mounted anew, then start the program again."
    return FeedUnavailable("The store cannot be written: {fault}.", hint, fault=facts.fault).kept()


def _allowed_ages(catalogue: Catalogue) -> dict[str, timedelta]:
    """By record type, the age at which the first indicator that rests on it counts as stale."""
    found: dict[str, timedelta] = {}
    for name, spec in catalogue.indicators.items():
        age = timedelta(hours=spec.max_age_hours)
        found |= {record: min(age, found.get(record, age)) for record in records_of(catalogue, name)}
    return found
