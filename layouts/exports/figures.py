"""What an exhibit shows, drawn as on screen, sized for the sheet that it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from ioc.exports.exhibit import Exhibit
from ioc.views.course_ahead import course_ahead
from ioc.views.explanation import ExplanationView
from ioc.views.feed import FeedsView
from ioc.views.model import IndicatorView, MilestonesView, OverviewView, Point, TileView
from ioc.views.panels.types import (
    Content,
    FeedsPanel,
    Frame,
    MilestonesPanel,
    NumberPanel,
    PanelView,
    RankingPanel,
    ScorePanel,
    ScreenView,
    TrendPanel,
)
from ioc.views.unit import UnitView
from layouts import elements as h
from layouts.exports.tables import MOST_SENTENCES, listed
from layouts.panels.grid import drawn, grid
from layouts.panels.milestone import summary
from layouts.panels.multiples import multiples
from layouts.panels.tile import tile
from layouts.screens.unit import scorecard
from layouts.state import Context
from layouts.waterfall import waterfall

# Columns of the grid (of twelve) and rows that a drawing has for itself on a sheet of its own, or beside another.
WHOLE, BESIDE, BESIDE_ONE = (7, 4), (7, 3), (5, 4)
# How many rem a sheet is wide: for one figure, for several, for a whole screen.
ALONE, SEVERAL, SCREEN = 70.0, 94.0, 132.0


def figure(exhibit: Exhibit, context: Context) -> tuple[h.Element, float]:
    """The drawing, and how many rem wide the sheet is for it: the more it shows, the smaller its letters."""
    view = exhibit.view
    if isinstance(view, ScreenView):
        return h.div(".ioc-x-whole")[grid(view, context)], SCREEN
    if isinstance(view, OverviewView):
        return _board(view, context), SCREEN
    if isinstance(view, PanelView):
        return _alone(view, context), ALONE
    if isinstance(view, TileView):
        return _beside(_of_tile(view, context), context), ALONE
    if isinstance(view, IndicatorView):
        return _indicator(view, exhibit, context)
    return _of_page(view, exhibit, context)


def _of_page(view: object, exhibit: Exhibit, context: Context) -> tuple[h.Element, float]:
    """What a page lists."""
    if isinstance(view, UnitView):
        size = SCREEN if len(view.groups) > 1 else SEVERAL
        return h.div(".ioc-scorecard")[(scorecard(group, view, context) for group in view.groups)], size
    if isinstance(view, ExplanationView):
        said = exhibit.parts[0].sentences[:MOST_SENTENCES]
        words = h.div(".ioc-x-words")[(h.p[each] for each in said)]
        return h.div(".ioc-x-listed")[words, h.div(".ioc-panel.ioc-panel-why")[waterfall(view, context)]], ALONE
    if isinstance(view, MilestonesView):
        return _one(_panel("milestones", exhibit.title, MilestonesPanel(view.milestones, context.today), None), context), SEVERAL
    if isinstance(view, FeedsView):
        return _one(_panel("feeds", exhibit.title, FeedsPanel(view.feeds), None), context), SEVERAL
    return listed(exhibit, context), SEVERAL


def _alone(view: PanelView, context: Context) -> h.Element:
    """A panel of a screen; a number with its course beside it."""
    if isinstance(view.content, NumberPanel):
        return _beside([view, _course_of(view.content.tile, context)], context)
    return _one(replace(view, frame=replace(view.frame, size=WHOLE)), context)


def _board(view: OverviewView, context: Context) -> h.Element:
    groups = (
        h.section(".ioc-group", style=f"--tiles:{len(group.tiles)}")[
            h.h2(".ioc-group-label")[group.label], (tile(each, context) for each in group.tiles)
        ]
        for group in view.groups
    )
    at_a_glance = None
    if view.milestones:
        label = h.h2(".ioc-group-label")[context.words("overview.milestones")]
        at_a_glance = h.section(".ioc-group.ioc-group-summary", style="--tiles:3")[label, summary(view.milestones, context)]
    return h.div(".ioc-board")[groups, at_a_glance]


def _indicator(view: IndicatorView, exhibit: Exhibit, context: Context) -> tuple[h.Element, float]:
    shown = {each.id for each in exhibit.parts} - {"notes"}
    if not shown:
        return listed(exhibit, context), SEVERAL
    if shown == {"multiples"}:
        return h.div(".ioc-x-many")[multiples(view, context)], ALONE
    if alone := _further(view, exhibit, context) if len(shown) == 1 else None:
        return _one(alone, context), ALONE
    panels = {part: panel for part, panel in _of_indicator(view, exhibit, context).items() if part in shown}
    if len(panels) == 1:
        (panel,) = panels.values()
        return _one(replace(panel, frame=replace(panel.frame, size=WHOLE)), context), ALONE
    return _beside(list(panels.values()), context), SEVERAL


def _of_indicator(view: IndicatorView, exhibit: Exhibit, context: Context) -> dict[str, PanelView]:
    shown, words = view.tile, context.words
    limited = bool(view.filters) or view.chosen
    goal = None if limited else shown.goal
    noted = tuple((each.start, each.end) for each in exhibit.notes)
    course = TrendPanel(shown.unit, shown.precision, view.period, view.trend, goal, noted=noted)
    found = {
        "value": _number(replace(shown, goal=goal), context),
        "trend": _panel("trend", words("indicator.trend"), course, shown.data_at, shown.stale),
    }
    if view.split:
        split = RankingPanel(view.split.dimension, view.split.label, shown.unit, shown.precision, view.split.rows, goal)
        title = words("indicator.split", dimension=view.split.label)
        ranking = _panel("ranking", title, split, shown.data_at, shown.stale)
        found["split"] = replace(ranking, frame=replace(ranking.frame, span=(view.start, view.end)))
    return found


def _further(view: IndicatorView, exhibit: Exhibit, context: Context) -> PanelView | None:
    """What lies ahead, or the tree of a score, alone on its sheet."""
    tile, found, part = view.tile, None, exhibit.parts[0].id
    if part == "outlook" and (course := course_ahead(tile)):
        done = [Point(on.replace(day=1), on, None, None, value) for on, value in course.done]
        ahead = [Point(each.on.replace(day=1), each.on, None, None, each.value, True) for each in course.ahead]
        band = (*(None for _ in done), *((each.low, each.high) for each in course.ahead))
        content = TrendPanel(tile.unit, tile.precision, "month", (*done, *ahead), course.goals[-1], band)
        found = _panel("trend", context.words("outlook.title"), content, tile.data_at, tile.stale)
        found = replace(found, frame=replace(found.frame, scope=exhibit.parts[0].note))
    elif part == "score" and view.score:
        found = _panel("score", context.words("score.title"), ScorePanel(view.score.tree), tile.data_at, tile.stale)
    return replace(found, frame=replace(found.frame, size=WHOLE)) if found else None


def _of_tile(view: TileView, context: Context) -> list[PanelView]:
    return [_number(view, context), _course_of(view, context)]


def _number(view: TileView, context: Context) -> PanelView:
    """The number of an indicator: of a stock as it stands, else of this year so far."""
    panel = _panel("number", view.label, NumberPanel(view), view.data_at, view.stale)
    span = None if view.stock else (date(context.today.year, 1, 1), context.today)
    return replace(panel, frame=replace(panel.frame, span=span))


def _course_of(view: TileView, context: Context) -> PanelView:
    course = TrendPanel(view.unit, view.precision, "month", view.trend, view.goal)
    panel = _panel("trend", context.words("indicator.trend"), course, view.data_at, view.stale)
    return replace(panel, frame=replace(panel.frame, size=BESIDE_ONE))


def _panel(kind: str, title: str, content: Content, data_at: datetime | None, stale: bool = False) -> PanelView:
    return PanelView(Frame(0, kind, BESIDE, title, "", None, (), data_at, stale), content)


def _one(view: PanelView, context: Context) -> h.Element:
    return h.div(".ioc-x-one")[_cell(view, context)]


def _beside(panels: Sequence[PanelView], context: Context) -> h.Element:
    return h.div(class_="ioc-x-two ioc-x-three" if len(panels) > 2 else "ioc-x-two")[(_cell(view, context) for view in panels)]


def _cell(view: PanelView, context: Context) -> h.Element:
    columns, rows = view.frame.size
    return h.div(".ioc-cell", style=f"--w:{columns};--h:{rows}")[drawn(view, context)]
