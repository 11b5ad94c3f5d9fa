"""Builds an exhibit of what is asked for: from the same views that pages show, at one data version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from ioc.access.policy import may_open
from ioc.access.viewer import Viewer
from ioc.catalogue.model import FieldType
from ioc.errors import BadQuestion, Refusal, UnknownName
from ioc.exports.exhibit import Column, Definition, Exhibit, Kind, Part, Source, Table
from ioc.exports.indicator_parts import parts_of, unusual_part, why_part
from ioc.exports.panels import part_of
from ioc.exports.subject import Page, Subject
from ioc.exports.tables import (
    course_chart,
    course_table,
    feeds_table,
    headline,
    milestones_table,
    notes_table,
    remarks,
    tiles_table,
)
from ioc.exports.unit_parts import unit_parts
from ioc.text import dates
from ioc.text.words import Words, words
from ioc.views.address import explanation_question, indicator_question
from ioc.views.explanation import ExplanationView
from ioc.views.gather import Gatherer
from ioc.views.model import OverviewView, Stamp, TileView
from ioc.views.notes import NotesQuestion, NotesView, beside, of_screen, of_unit
from ioc.views.provenance import Provenance, provenance
from ioc.views.record_rows import RecordRows
from ioc.views.records import records_from_words

_KINDS = {
    FieldType.INTEGER: Kind.NUMBER,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DAY,
    FieldType.TIMESTAMP: Kind.MOMENT,
}
LATE = frozenset({"late", "silent"})
# Places of a record's own numbers at most.
RECORD_PLACES = 4


@dataclass(frozen=True)
class _Found:
    """What a kind of page has found: what it is called and shows, of which indicators, and the view that it stands in."""

    stamp: Stamp
    title: str
    parts: tuple[Part, ...]
    view: object
    indicators: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    scope: str = ""
    period: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    reading: tuple[str, ...] = ()
    noted: NotesView | None = None


@dataclass(frozen=True)
class _Asked:
    views: Gatherer
    viewer: Viewer
    subject: Subject
    as_of: datetime | None
    at: datetime

    @property
    def words(self) -> Words:
        return words(self.viewer.language)


def exhibit_of(views: Gatherer, viewer: Viewer, subject: Subject, as_of: datetime | None = None) -> Exhibit:
    """The exhibit of a page or a part of one, as of now or a past moment, in the viewer's language and within the viewer's scope.

    Raises:
        Refusal: the viewer may not open the page.
        UnknownName, BadQuestion: there is no such page or part, or its question does not fit.
    """
    if not may_open(viewer, "GET", unquote(subject.path)):
        raise Refusal("access", 403)
    asked = _Asked(views, viewer, subject, as_of, as_of or views.store.clock.now())
    found = _PAGES[subject.page](asked)
    behind = provenance(views, found.indicators, as_of, viewer.language, found.records)
    stamp, said = found.stamp, asked.words
    return Exhibit(
        subject=subject,
        title=found.title,
        organisation=behind.organisation,
        language=viewer.language,
        zone=views.zone(),
        version=stamp.version,
        version_at=stamp.at,
        at=max(asked.at, stamp.at),
        as_of=as_of,
        simulated=stamp.simulated,
        parts=found.parts,
        scope=found.scope,
        period=found.period,
        filters=found.filters,
        reading=found.reading,
        notes=remarks(found.noted) if found.noted else (),
        data_at=behind.data_at,
        definitions=tuple(Definition(**vars(each)) for each in behind.meanings),
        sources=sources_of(behind, said),
        view=found.view,
        records=any(part.kind == "records" and part.tables for part in found.parts),
    )


def sources_of(behind: Provenance, said: Words) -> tuple[Source, ...]:
    """The feeds that numbers rest on."""
    return tuple(
        Source(
            each.feed.code, each.feed.label, each.last_arrival, said(f"status.{each.health}") if each.health else "", each.health in LATE
        )
        for each in behind.feeds
    )


def _overview(asked: _Asked) -> _Found:
    view, said = asked.views.overview(asked.viewer, asked.as_of), asked.words
    year = said("overview.year", year=view.year)
    if asked.subject.part:
        return _tile(asked, view, year)
    parts = [
        Part(f"group-{group.id}", "tiles", group.label, tables=(tiles_table(group.label, group.tiles, said),)) for group in view.groups
    ]
    if view.milestones:
        title = said("overview.milestones")
        parts.append(Part("milestones", "milestones", title, tables=(milestones_table(title, view.milestones, said),)))
    names = tuple(tile.indicator for group in view.groups for tile in group.tiles)
    return _Found(view.stamp, said("overview.title"), tuple(parts), view, names, period=year)


def _tile(asked: _Asked, view: OverviewView, year: str) -> _Found:
    """One indicator of the overview."""
    tiles = {f"tile-{tile.indicator}": tile for group in view.groups for tile in group.tiles}
    tile, said = _named(asked.subject.part, tiles), asked.words
    period = said("indicator.at_present") if tile.stock else year
    return _Found(view.stamp, tile.label, (_at_a_glance(tile, asked.subject.part, said),), tile, (tile.indicator,), period=period)


def _at_a_glance(tile: TileView, part: str, said: Words) -> Part:
    months = course_table(said("export.months"), tile.trend, "month", tile.unit, tile.precision, said)
    chart = course_chart(tile.label, tile.trend, "month", tile.unit, tile.precision, tile.goal, said)
    return Part(part, "number", tile.label, "", headline(tile, said), (), (tiles_table(tile.label, (tile,), said), months), chart)


def _screen(asked: _Asked) -> _Found:
    view = asked.views.screen(asked.viewer, asked.subject.name, asked.as_of)
    panels = {f"panel-{panel.frame.index}": panel for panel in view.panels}
    part = asked.subject.part
    shown = [_named(part, panels)] if part else [panel for panel in view.panels if panel.frame.kind != "clock"]
    parts = tuple(part_of(panel, asked.words) for panel in shown)
    names = tuple(name for panel in shown for name in panel.frame.on or ())
    title = parts[0].title if part else view.label
    scope = " · ".join(each for each in (view.label, view.scope) if each) if part else view.scope
    noted = None if part else _of_many(asked, of_screen(view, asked.views.store.catalogue, _today(asked)))
    told = _with_notes(parts, noted, view.label, asked.words)
    period = parts[0].note if part else ""
    return _Found(view.stamp, title, told, shown[0] if part else view, names, scope=scope, period=period, noted=noted)


def _indicator(asked: _Asked) -> _Found:
    subject, said = asked.subject, asked.words
    view = asked.views.indicator(asked.viewer, indicator_question(subject.name, subject), asked.as_of)
    parts = {part.id: part for part in parts_of(view, said)}
    noted = asked.views.noted(asked.viewer, beside(view, asked.views.store.catalogue), asked.as_of)
    if noted and noted.notes:
        parts["notes"] = _noted(noted, view.tile.label, said)
    drawn: object = view
    if subject.part == "unusual":
        parts["unusual"] = unusual_part(asked.views.anomalies(asked.viewer, subject.name, asked.as_of), view.tile, said)
    if subject.part == "why":
        parts["why"], drawn = _why(asked, view.tile.label)
    shown = (_named(subject.part, parts),) if subject.part else tuple(parts.values())
    days = said("records.span", start=dates.day(view.start), end=dates.day(view.end))
    if isinstance(drawn, ExplanationView):
        days = said("records.span", start=dates.day(drawn.after.span.start), end=dates.day(drawn.after.span.end))
    filters = tuple((each.dimension.label, each.code.label) for each in view.filters)
    found = (view.stamp, shown[0].title if subject.part else view.tile.label, shown, drawn, (subject.name,))
    return _Found(*found, period=days, filters=filters, reading=view.reading, noted=noted)


def _today(asked: _Asked) -> date:
    return (asked.as_of or asked.at).astimezone(asked.views.store.catalogue.zone).date()


def _of_many(asked: _Asked, question: NotesQuestion) -> NotesView | None:
    """What was noted on a page of many indicators, if anything."""
    found = asked.views.noted(asked.viewer, question, asked.as_of)
    return found if found and found.notes else None


def _with_notes(parts: tuple[Part, ...], noted: NotesView | None, label: str, said: Words) -> tuple[Part, ...]:
    return (*parts, _noted(noted, label, said)) if noted else parts


def _noted(noted: NotesView, label: str, said: Words) -> Part:
    """What people have noted on the days of an indicator's trend."""
    title = said("notes.title")
    return Part("notes", "notes", f"{label} – {title}", tables=(notes_table(title, noted, said),))


def _why(asked: _Asked, label: str) -> tuple[Part, ExplanationView]:
    """What changed an indicator, as its page asks it."""
    view = asked.views.explanation(asked.viewer, explanation_question(asked.subject.name, asked.subject), asked.as_of)
    return why_part(view, label, asked.words), view


def _unit(asked: _Asked) -> _Found:
    view, said = asked.views.unit(asked.viewer, asked.subject.name, asked.as_of), asked.words
    parts = unit_parts(view.groups, said)
    groups = dict(zip((part.id for part in parts), view.groups, strict=True))
    if asked.subject.part:
        view = replace(view, groups=(_named(asked.subject.part, groups),))
        parts = tuple(part for part in parts if part.id == asked.subject.part)
    names = tuple(row.indicator for group in view.groups for row in group.rows)
    year = said("overview.year", year=view.year)
    title = f"{view.unit.label} – {parts[0].title}" if asked.subject.part else view.unit.label
    noted = None if asked.subject.part else _of_many(asked, of_unit(view, _today(asked)))
    parts = _with_notes(parts, noted, view.unit.label, said)
    return _Found(view.stamp, title, parts, view, names, period=year, noted=noted)


def _records(asked: _Asked) -> _Found:
    subject, said = asked.subject, asked.words
    given: dict[str, str] = {key: value for key, value in subject.query if key not in {"where", "page", "rows", "cursor"}}
    given["columns"] = ",".join(subject.all("columns"))
    question = records_from_words(subject.name, given, subject.all("where"))
    view = asked.views.records(asked.viewer, question, asked.as_of)
    filters = tuple((each.field.label, each.label) for each in view.filters)
    if removed := view.removed:
        days = {"on": dates.day(removed.on), "before": dates.day(removed.before), "rule": removed.rule}
        filters = ((said("records.removed_records"), said("records.removed", count=f"{removed.count:,}", **days)), *filters)
    period = ""
    names: tuple[str, ...] = ()
    if view.behind:
        start, end = view.behind.start, view.behind.end
        period = said("records.span", start=dates.day(start), end=dates.day(end)) if start else said("records.until", end=dates.day(end))
        names = (view.behind.indicator.code,)
        filters = (
            (said("export.column.indicator"), f"{view.behind.indicator.label}: {said(f'records.part.{view.behind.part}')}"),
            *filters,
        )
    columns: tuple[Column, ...]
    if view.group:
        columns = (Column("code", view.record.label), Column("count", said("records.records"), Kind.NUMBER))
        rows: Any = tuple((row.label or said("records.nothing"), Decimal(row.count)) for row in view.groups)
        count = len(rows)
    else:
        columns = tuple(
            Column(each.code, each.label, _KINDS.get(each.type, Kind.TEXT) if each.type else Kind.TEXT, places=RECORD_PLACES)
            for each in view.columns
        )
        codes = tuple(column.code for column in columns)
        rows, count = RecordRows(asked.views, asked.viewer, question, codes, max(asked.at, view.stamp.at)), view.total.count
    table = Table(view.record.label, columns, rows, count)
    part = Part("records", "records", view.record.label, tables=(table,))
    return _Found(view.stamp, view.record.label, (part,), view, names, (subject.name,), period=period, filters=filters)


def _milestones(asked: _Asked) -> _Found:
    view, said = asked.views.milestones(asked.viewer, asked.as_of), asked.words
    title = said("milestones.title")
    parts = [Part("milestones", "milestones", title, tables=(milestones_table(title, view.milestones, said),))]
    if view.companions:
        beside = said("milestones.beside")
        parts.append(Part("companions", "tiles", beside, tables=(tiles_table(beside, tuple(view.companions.values()), said),)))
    return _Found(view.stamp, title, tuple(parts), view, tuple(view.companions), ("milestone",))


def _feeds(asked: _Asked) -> _Found:
    if asked.as_of:
        raise BadQuestion("no_past")
    view, said = asked.views.feeds(asked.viewer), asked.words
    title = said("feeds.title")
    part = Part("feeds", "feeds", title, tables=(feeds_table(title, view.feeds, said),))
    return _Found(view.stamp, title, (part,), view, records=tuple({tile.record.code for tile in view.feeds}))


def _named(part: str, known: Mapping[str, Any]) -> Any:
    if part not in known:
        raise UnknownName("export", part, known)
    return known[part]


_PAGES: Mapping[Page, Callable[[_Asked], _Found]] = {
    Page.OVERVIEW: _overview,
    Page.SCREEN: _screen,
    Page.INDICATOR: _indicator,
    Page.UNIT: _unit,
    Page.RECORDS: _records,
    Page.MILESTONES: _milestones,
    Page.FEEDS: _feeds,
}
