"""Answers as plain JSON values: numbers as numbers, days and moments in ISO form, moments in the organisation's time zone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from ioc.catalogue.model import Catalogue
from ioc.goals.outlook import Ahead
from ioc.goals.path import Course
from ioc.indicators.drilldown import counting
from ioc.indicators.sample import Interval
from ioc.indicators.values import Value
from ioc.text.words import Words
from ioc.views.feed import Backfill, FeedsView, FeedTile, FeedView, KeptRun, Report
from ioc.views.model import FeedBehind, GoalView, OverviewView, Stamp, TileView
from ioc.views.runs import RunsView
from ioc.views.values import ValuesView

# Of a value that rests on a sample: the bounds of its interval, and whether there are few answers.
INTERVAL = ("low", "high", "small")


def number(value: Decimal | None) -> int | float | None:
    """A whole number as int, any other as float, nothing as null."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def moment(value: datetime | None, zone: ZoneInfo) -> str | None:
    """A moment in ISO form."""
    return value.astimezone(zone).isoformat() if value else None


def stamp(value: Stamp, zone: ZoneInfo) -> dict[str, Any]:
    """Which data an answer is of."""
    return {
        "version": value.version,
        "at": moment(value.at, zone),
        "as_of": moment(value.as_of, zone),
        "simulated": value.simulated,
    }


def day(value: date | None) -> str | None:
    """A day in ISO form."""
    return value.isoformat() if value else None


def one_value(value: Value, by: tuple[str, ...]) -> dict[str, Any]:
    """One value with its codes by dimension."""
    return {
        **dict(zip(by, value.codes, strict=True)),
        "from": day(value.span.start) if value.span else None,
        "to": day(value.span.end) if value.span else None,
        "numerator": number(value.numerator),
        "denominator": number(value.denominator),
        "value": number(value.value),
        "provisional": value.provisional,
        **({"hidden": True} if value.hidden else {}),
    }


def values(view: ValuesView, zone: ZoneInfo) -> dict[str, Any]:
    """Bare values with their question."""
    question = view.question
    first = question.start or min((each.span.start for each in view.values if each.span), default=None)
    return {
        "indicator": question.indicator,
        "by": list(question.by),
        "period": question.period,
        "from": day(first),
        "to": day(question.end),
        **stamp(view.stamp, zone),
        **oldest(view.oldest, zone),
        "breaks": [{"day": day(each.on), "source": {"vi": each.source.vi, "en": each.source.en}} for each in view.breaks],
        "values": [
            one_value(value, question.by) | (_interval(each) if view.intervals else {})
            for value, each in zip_longest(view.values, view.intervals)
        ],
    }


def oldest(feed: FeedBehind | None, zone: ZoneInfo) -> dict[str, Any]:
    """Of the feeds behind an indicator the one with the oldest data: when it last brought anything, and is expected to again."""
    return {
        "oldest_feed": feed.feed.code if feed else None,
        "oldest_data_at": moment(feed.last_arrival, zone) if feed else None,
        "oldest_expected_at": moment(feed.expected.at, zone) if feed and feed.expected else None,
    }


def _interval(value: Interval | None) -> dict[str, Any]:
    """Between which bounds a share of a sample lies."""
    return {"low": number(value.low), "high": number(value.high), "small": value.small} if value else dict.fromkeys(INTERVAL)


def goal(view: GoalView) -> dict[str, Any]:
    """A judged goal."""
    return {
        "id": view.id,
        "comparator": view.comparator,
        "target": number(view.target),
        "horizon": day(view.horizon),
        "source": view.source,
        "status": view.status.value,
        "gap": number(view.gap),
        "verdict": number(view.verdict),
        "met_at_horizon": view.met_at_horizon,
        "population": view.population or None,
        "reason": view.reason,
        "status_since": day(view.since),
        "path_value": number(view.asked),
        "path": course(view.course) if view.course else None,
        "forecast": outlook(view),
        "prospect": list(view.prospect),
    }


def course(value: Course) -> dict[str, Any]:
    """A goal's path: days with what is asked for by their end; between them straight, or level if stepped."""
    return {"stepped": value.stepped, "points": [{"day": day(on), "value": number(asked)} for on, asked in value.knots]}


def tile(view: TileView, zone: ZoneInfo) -> dict[str, Any]:
    """An indicator at a glance."""
    return {
        "indicator": view.indicator,
        "label": view.label,
        "owner": view.owner,
        "unit": view.unit.value,
        "from": day(view.span.start),
        "to": day(view.span.end),
        "value": number(view.value),
        "numerator": number(view.numerator),
        "denominator": number(view.denominator),
        "status": view.status.value,
        "goal": number(view.goal.target) if view.goal else None,
        "comparator": view.goal.comparator if view.goal else None,
        "horizon": day(view.goal.horizon) if view.goal else None,
        "gap": number(view.goal.gap) if view.goal else None,
        "path_value": number(view.goal.asked) if view.goal else None,
        "reason": view.goal.reason if view.goal else None,
        **_verdict(view),
        **_projected(view.goal),
        "change": number(view.change),
        "data_at": moment(view.data_at, zone),
        "stale": view.stale,
        "goals": [goal(each) for each in view.goals],
    }


def targets(view: OverviewView, zone: ZoneInfo) -> dict[str, Any]:
    """Every target, each with the feed that has the oldest data behind it."""
    shown = (each for group in view.groups for each in group.tiles)
    return {
        **stamp(view.stamp, zone),
        "targets": [tile(each, zone) | oldest(view.oldest.get(each.indicator), zone) for each in shown],
    }


def _projected(goal: GoalView | None) -> dict[str, Any]:
    """What is to be expected at the horizon of the goal in force, or in twelve months if it has passed, and when it is likely to be met."""
    found = goal.outlook if goal else None
    return {
        "projected": number(found.expected.value) if found else None,
        "projected_low": number(found.expected.low) if found else None,
        "projected_high": number(found.expected.high) if found else None,
        "projected_date": day(found.met_on) if found else None,
    }


def outlook(view: GoalView) -> dict[str, Any] | None:
    """What is to be expected of a goal; null where nothing can be said, and ``prospect`` tells why."""
    if view.outlook is None:
        return None
    needed = view.outlook.needed
    return {
        **ahead(view.outlook.expected),
        "met_on": day(view.outlook.met_on),
        "needed": {
            "from": day(needed.start),
            "to": day(needed.end),
            "total": needed.total,
            "a_month": needed.a_month,
            "of_a_month": needed.of,
            "expected_a_month": needed.now,
            "possible": needed.possible,
        }
        if needed
        else None,
    }


def ahead(value: Ahead) -> dict[str, Any]:
    """A value to come with its range."""
    return {"on": day(value.on), "value": number(value.value), "low": number(value.low), "high": number(value.high)}


def _verdict(view: TileView) -> dict[str, Any]:
    """What was found on the day of the last horizon that has passed."""
    past = [goal for goal in view.goals if goal.met_at_horizon is not None]
    last = past[-1] if past else None
    return {
        "verdict_on": day(last.horizon) if last else None,
        "verdict": number(last.verdict) if last else None,
        "met_at_horizon": last.met_at_horizon if last else None,
    }


def indicator(catalogue: Catalogue, name: str, language: str) -> dict[str, Any]:
    """An indicator's declaration, for people; ``record`` is the type of the records behind its number, null where it is made of others."""
    spec, counted = catalogue.indicators[name], counting(catalogue, name)
    return {
        "indicator": name,
        "label": spec.label.of(language),
        "definition": spec.definition.of(language),
        "formula": spec.formula.of(language),
        "source": spec.source.of(language),
        "owner": spec.owner,
        "unit": spec.unit.value,
        "measure": spec.measure.value,
        "direction": spec.direction,
        "dimensions": list(catalogue.dimensions_of(name)),
        "record": counted.record if counted else None,
        "target": spec.target,
    }


def feed(tile: FeedTile, zone: ZoneInfo, words: Words) -> dict[str, Any]:
    """A feed at a glance. How many records were refused for secrecy is told to nobody here."""
    event = tile.last_event
    return {
        "feed": tile.feed,
        "label": tile.label,
        "kind": tile.kind or None,
        "way": tile.way or None,
        "record": tile.record.code,
        "simulated": tile.simulated,
        "health": tile.health.value,
        "message": words.sentence(tile.message) if tile.message else None,
        "last_event": moment(event, zone) if isinstance(event, datetime) else day(event),
        "last_arrival": moment(tile.last_arrival, zone),
        "lag_seconds": {"p50": _seconds(tile.lag.median), "p95": _seconds(tile.lag.most)} if tile.lag else None,
        "next_run": moment(tile.next_run, zone),
        "expected_at": moment(tile.expected.at, zone) if tile.expected else None,
        "expected_by": tile.expected.basis.value if tile.expected else None,
        "expected_within_seconds": _seconds(tile.expected.within) if tile.expected else None,
        "runs": tile.runs,
        "accepted": tile.accepted,
        "duplicates": tile.duplicates,
        "rejected": tile.rejected,
        "skipped": tile.skipped,
        "findings_standing": tile.findings,
        "state": tile.last_state,
        "volume": [{"day": day(each.day), "accepted": each.accepted, "few": each.few} for each in tile.volume],
    }


def _seconds(value: timedelta) -> float:
    return round(value.total_seconds(), 3)


def feeds(view: FeedsView, zone: ZoneInfo, words: Words) -> dict[str, Any]:
    """Every feed, and the last time that all numbers were recomputed from the records."""
    return {**stamp(view.stamp, zone), "feeds": [feed(each, zone, words) for each in view.feeds], "audit": _audit(view.audit, zone)}


def _audit(report: Report | None, zone: ZoneInfo) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "at": moment(report.finished_at, zone),
        "version": report.version,
        "compared": report.compared,
        "differing": report.differing,
        "named": [asdict(each) | {"at": dict(each.at)} for each in report.named],
    }


def feed_page(view: FeedView, zone: ZoneInfo, words: Words) -> dict[str, Any]:
    """A feed with its last runs, what lies in quarantine, what rests on it, and what may be done to it now."""
    return {
        **feed(view.tile, zone, words),
        "last_runs": [run(each, zone, words) for each in view.runs.runs],
        "findings": [
            {
                "kind": each.kind,
                "column": each.column or None,
                "usual": each.usual,
                "found": each.found,
                "held": each.held,
                "first_at": moment(each.first_at, zone),
                "last_at": moment(each.last_at, zone),
                "ended_at": moment(each.ended_at, zone),
            }
            for each in view.findings
        ],
        "quarantine": _groups(view),
        "quarantined": view.quarantined,
        "replayable": view.replayable,
        "indicators": [each.code for each in view.indicators],
        "actions": list(view.actions),
        "backfill": _backfill(view.backfill, words),
    }


def runs(view: RunsView, zone: ZoneInfo, words: Words) -> dict[str, Any]:
    """A feed's runs in a list, the newest first; ``before`` is what the next older ones are asked for by."""
    page = view.page
    return {
        **stamp(view.stamp, zone),
        "feed": view.feed,
        "total": view.total,
        "newer": page.newer,
        "before": page.older,
        "runs": [run(each, zone, words) for each in page.runs],
    }


def one_run(view: FeedView, zone: ZoneInfo, words: Words) -> dict[str, Any]:
    """One run of a feed with what of it lies in quarantine."""
    assert view.run
    return {**stamp(view.stamp, zone), "feed": view.tile.feed, **run(view.run, zone, words), "quarantine": _groups(view)}


def run(value: KeptRun, zone: ZoneInfo, words: Words) -> dict[str, Any]:
    """One run of a feed. ``rejected`` tells how many rows were at fault, ``quarantined`` how many of them still lie there."""
    return {
        "run": value.run,
        "name": value.name,
        "again": value.again,
        "started_at": moment(value.started_at, zone),
        "finished_at": moment(value.finished_at, zone),
        "state": value.state,
        "message": words.sentence(value.message) if value.message else None,
        "accepted": value.accepted,
        "duplicates": value.duplicates,
        "rejected": value.rejected,
        "skipped": value.skipped,
        "quarantined": value.quarantined,
    }


def _groups(view: FeedView) -> list[dict[str, Any]]:
    return [
        {
            "reason": group.reason,
            "field": group.field or None,
            "rows": group.count,
            "samples": [{"name": each.name, "row": each.row, "found": each.found} for each in group.samples],
        }
        for group in view.groups
    ]


def _backfill(value: Backfill | None, words: Words) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "from": day(value.first),
        "to": day(value.last),
        "days": value.days,
        "days_done": value.done,
        "records": value.records + value.part,
        "state": value.state.value,
        "message": words.sentence(value.message) if value.message else None,
    }


def problem(status: int, title: str, detail: str = "") -> dict[str, Any]:
    """A problem document, as RFC 9457 has it."""
    return {"type": "about:blank", "title": title, "status": status} | ({"detail": detail} if detail else {})
