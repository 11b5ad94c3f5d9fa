"""A configured screen: what each of its panels shows, and of which data."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from ioc.catalogue.model import Catalogue, Text
from ioc.catalogue.screens import COLUMNS, PanelSettings, PlaylistSettings, ScreenSettings, Turn
from ioc.errors import BadQuestion, UnknownName
from ioc.store.freshness import freshness
from ioc.text.words import words
from ioc.views.feed import FeedsView
from ioc.views.labels import code_labels_of
from ioc.views.milestones import RECORD as MILESTONES
from ioc.views.model import Stamp
from ioc.views.panels import at_a_glance, listed, over_time, split
from ioc.views.panels.asked import Asked
from ioc.views.panels.types import Content, FeedsPanel, Frame, PanelView, PlaylistView, ScreenView, TurnView, UntoldPanel
from ioc.views.tiles import indicators_on_overview, is_stock, records_of

log = logging.getLogger(__name__)

KINDS: Mapping[str, Callable[[Asked], Content]] = {
    "number": at_a_glance.number,
    "trend": over_time.trend,
    "ranking": split.ranking,
    "heatmap": over_time.heatmap,
    "map": split.map_,
    "bullet": at_a_glance.bullet,
    "milestones": listed.milestones,
    "funnel": at_a_glance.funnel,
    "score": at_a_glance.score,
    "alerts": at_a_glance.alerts,
    "clock": listed.clock,
    "text": listed.text,
    "records": listed.records,
}
# Kinds whose values are of a span of time; the others show what stands, or say their times themselves.
_SPANNING = {"number", "ranking", "map", "bullet", "funnel", "score"}


def screen_named(name: str, screens: Mapping[str, ScreenSettings], catalogue: Catalogue) -> tuple[ScreenSettings, str]:
    """The settings behind a screen's name, and for a template's screen (``screen:code``) the code. Raises UnknownName."""
    base, _, code = name.partition(":")
    settings = screens.get(base)
    if settings is None or bool(code) != bool(settings.template):
        raise UnknownName("screen", name, screen_labels(screens, catalogue))
    if code and code not in catalogue.units:
        raise UnknownName("screen", name, screen_labels(screens, catalogue))
    return settings, code


def fingerprint(settings: ScreenSettings) -> str:
    """Stands for how a screen is arranged."""
    return sha256(settings.model_dump_json().encode()).hexdigest()[:12]


def screen_view(
    name: str, screens: Mapping[str, ScreenSettings], stamp: Stamp, panels: tuple[PanelView, ...], catalogue: Catalogue, language: str
) -> ScreenView:
    """A screen of panels that have been made."""
    settings, code = screen_named(name, screens, catalogue)
    return ScreenView(
        stamp=stamp,
        id=name,
        arranged=fingerprint(settings),
        label=screen_label(name, screens, catalogue, language),
        scope=settings.label.of(language) if code else "",
        organisation=catalogue.organisation.name.of(language),
        panels=panels,
    )


def screen_labels(screens: Mapping[str, ScreenSettings], catalogue: Catalogue) -> dict[str, Text]:
    """What every screen is called, by name; of a template there is one for each unit."""
    found: dict[str, Text] = {}
    for name, settings in screens.items():
        if settings.template:
            found |= {f"{name}:{code}": catalogue.units[code].label for code in template_codes(catalogue)}
        else:
            found[name] = settings.label
    return found


def template_codes(catalogue: Catalogue) -> list[str]:
    """The units that a template has a screen for: all but the organisation itself."""
    return [code for code in catalogue.units if code != catalogue.organisation.root]


def playlist_view(
    name: str, settings: PlaylistSettings, screens: Mapping[str, ScreenSettings], catalogue: Catalogue, language: str
) -> PlaylistView:
    """A playlist with every turn spelled out; a turn whose screen, or unit, is gone is left out."""
    turns = tuple(
        TurnView(screen, screen_label(screen, screens, catalogue, language), (turn.dwell or settings.dwell).total_seconds())
        for turn in settings.screens
        for screen in _screens_of(turn, screens, catalogue)
    )
    night = (settings.night.start, settings.night.end, settings.night.brightness) if settings.night else None
    return PlaylistView(name, settings.label.of(language), catalogue.organisation.name.of(language), turns, night)


def _screens_of(turn: Turn, screens: Mapping[str, ScreenSettings], catalogue: Catalogue) -> list[str]:
    settings = screens.get(turn.screen)
    if settings is None:
        return []
    if not settings.template:
        return [turn.screen]
    codes = [turn.of] if turn.of else template_codes(catalogue)
    return [f"{turn.screen}:{code}" for code in codes if code in catalogue.units]


def screen_label(name: str, screens: Mapping[str, ScreenSettings], catalogue: Catalogue, language: str) -> str:
    """A screen's name in words; a template's screen is called after its unit."""
    settings, code = screen_named(name, screens, catalogue)
    return catalogue.units[code].label.of(language) if code else settings.label.of(language)


def records_behind(panel: PanelSettings, catalogue: Catalogue) -> set[str] | None:
    """The record types that a panel rests on; None where it may be any."""
    if panel.kind in {"clock", "text"}:
        return set()
    if panel.kind == "feeds":
        return None
    if panel.kind == "records":
        return {panel.record or ""}
    if panel.kind == "milestones":
        return {MILESTONES}
    names = [name for name in (panel.indicator, *panel.indicators) if name]
    if panel.group:
        names += [name for name, spec in catalogue.indicators.items() if spec.target and spec.group == panel.group]
    if panel.kind == "alerts" and not names:
        names += indicators_on_overview(catalogue)
    return {record for name in names for record in records_of(catalogue, name)}


def names_asked(panels: Sequence[PanelSettings], catalogue: Catalogue) -> tuple[str, ...]:
    """The indicators that panels show at a glance."""
    found = dict.fromkeys(name for panel in panels for name in (panel.indicator, *panel.indicators) if name)
    groups = {panel.group for panel in panels if panel.group}
    found |= dict.fromkeys(name for name, spec in catalogue.indicators.items() if spec.target and spec.group in groups)
    if any(panel.kind == "alerts" and not (panel.indicator or panel.indicators or panel.group) for panel in panels):
        found |= dict.fromkeys(indicators_on_overview(catalogue))
    return tuple(found)


def panel_view(asked: Asked, index: int, feeds: Callable[[], FeedsView]) -> PanelView:
    """One panel, ready to draw; its settings have been checked."""
    content = FeedsPanel(feeds().feeds) if asked.panel.kind == "feeds" else KINDS[asked.panel.kind](asked)
    return PanelView(_frame(asked, index), content)


def told_or_why(asked: Asked, index: int, present: Catalogue, make: Callable[[], PanelView]) -> PanelView:
    """A panel, or in its place a sentence that says why there is none; the others stay as they are.

    What it is about was not declared yet at a past moment, or this program has a fault, which the log tells.
    """
    try:
        _check_declared(asked, present)
        return make()
    except BadQuestion as error:
        why = words(asked.language).told(error)[0]
    except Exception:
        log.exception("panel %d (%s) could not be made", index, asked.panel.kind)
        why = words(asked.language)("panel.failed")
    return PanelView(_frame(replace(asked, snapshot=replace(asked.snapshot, catalogue=present)), index), UntoldPanel(why))


def _check_declared(asked: Asked, present: Catalogue) -> None:
    """See that what a panel is about was declared at the moment asked for. Raises BadQuestion."""
    panel, then = asked.panel, asked.catalogue
    if then is present:
        return
    labels = {name: spec.label for name, spec in (present.indicators | present.records).items()} | dict(present.groups)
    for name in (panel.indicator, *panel.indicators, panel.record, panel.group):
        if name and not any(name in known for known in (then.indicators, then.records, then.groups)):
            raise BadQuestion("not_then", name=labels[name].of(asked.language), moment=asked.now.astimezone(then.zone))


def _frame(asked: Asked, index: int) -> Frame:
    """What surrounds a panel."""
    panel = asked.panel
    names = asked.indicators() or (indicators_on_overview(asked.catalogue) if panel.kind == "alerts" else ())
    behind = records_behind(panel, asked.catalogue)
    fresh = freshness(asked.snapshot)
    mine = [fresh[record] for record in behind or () if record in fresh]
    limits = [timedelta(hours=asked.catalogue.indicators[name].max_age_hours) for name in names]
    stale = bool(limits) and any(asked.now - each.last_arrival > max(limits) for each in mine)
    return Frame(
        index=index,
        kind=panel.kind,
        size=(min(panel.span[0], COLUMNS), panel.span[1]),
        title=panel.title.of(asked.language) if panel.title else _title(asked),
        scope=_scope(asked.catalogue, behind or set(), asked.panel.where, asked.language),
        span=(asked.start, asked.today) if panel.kind in _SPANNING and not all(is_stock(asked.catalogue, name) for name in names) else None,
        on=names if names else () if behind == set() else None,
        data_at=min((each.last_event for each in mine if each.last_event), default=None),
        stale=stale,
        where=tuple((dimension, code) for dimension, codes in asked.where for code in codes),
    )


def _title(asked: Asked) -> str:
    """What a panel without a title of its own is called; empty where the words of its kind say it."""
    panel, catalogue = asked.panel, asked.catalogue
    if panel.indicator:
        return catalogue.indicators[panel.indicator].label.of(asked.language)
    if panel.group:
        return catalogue.groups[panel.group].of(asked.language)
    return catalogue.records[panel.record].label.of(asked.language) if panel.record else ""


def _scope(catalogue: Catalogue, records: set[str], where: Mapping[str, str], language: str) -> str:
    """What a panel alone is limited to; the code of a template's screen stands above the whole screen."""
    labels = {dimension: code_labels_of(catalogue, sorted(records), dimension, language) for dimension in where}
    return ", ".join(labels[dimension].get(code, code) for dimension, code in where.items())
