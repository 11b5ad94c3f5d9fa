"""One indicator over time against its goal: lines stretched to their room, words set over them at the size of all other words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from ioc.catalogue.model import Unit
from ioc.goals.path import Course
from ioc.text import dates
from ioc.text.numbers import short, with_unit
from ioc.views.model import GoalView, Point
from ioc.views.panels.types import PanelView, TrendPanel
from layouts import elements as h
from layouts.axis import marks
from layouts.figures import value_range
from layouts.markup import Markup
from layouts.panels.frame import empty, framed, only
from layouts.panels.leads import to_indicator
from layouts.runs import runs
from layouts.state import Context

SIDE = 1000
# Days that a period of each kind has at most.
_LONGEST = (("day", 1), ("week", 7), ("month", 31), ("quarter", 92), ("year", 366))
# What a column of the grid and the margins of a drawing are wide, and a letter of the newest value, which stands beside its point; in rem.
_COLUMN, _MARGINS, _LETTER, _GAP = 9.0, 8.0, 1.05, 1.4
# What a row of the grid and the heads are high, a letter of the goal's words wide and their line high; in rem.
_ROW, _HEADS, _SMALL, _LINE = 8.4, 6.0, 0.6, 1.7
# Places that are looked at on the way from one point to the next.
_BETWEEN = 6
# The newest value makes way for the goal's line when that is so near, in per cent of the height.
_NEAR = 9
MOST_DOTS = 62


def panel(view: PanelView, content: TrendPanel, context: Context) -> h.Element:
    """The panel."""
    if all(point.value is None for point in content.points):
        return framed(view, empty(context), context)
    plot = _Plot(view, content, context)
    return framed(view, plot.drawn(), context, note=_note(content, context), lead=_lead(view, content, context))


def _note(content: TrendPanel, context: Context) -> str:
    first, last = (dates.period(point.start, content.period, context.words) for point in (content.points[0], content.points[-1]))
    return context.words(f"panel.by_{content.period}", first=first, last=last)


def _lead(view: PanelView, content: TrendPanel, context: Context) -> str:
    days = (content.points[0].start, min(content.points[-1].end, context.today))
    return to_indicator(only(view), view.frame.where, context, days, content.period)


class _Plot:
    """One drawing: where days and values stand in it, in per cent from the left and from the top."""

    def __init__(self, view: PanelView, content: TrendPanel, context: Context) -> None:
        self.title, self.content, self.context = view.frame.title, content, context
        goal = content.goal
        self.target = None if goal is None else -goal.target if goal.comparator == "down" else goal.target
        self.course = goal.course if goal else None
        began = [value for _, value in self.course.knots[:1]] if self.course else []
        more = [*began, *(value for ends in content.band if ends for value in ends)]
        low, high = value_range((*content.points, *(Point(date.min, date.min, None, None, value) for value in more)), self.target)
        self.low, self.high = low, high
        self.first, self.last = content.points[0].start, content.points[-1].end
        self.newest = next(point for point in reversed(content.points) if point.value is not None)
        self.shown = short(self.newest.value, content.unit, context.words, content.precision, self.target)
        self.width, self.height = view.frame.size[0] * _COLUMN - _MARGINS, view.frame.size[1] * _ROW - _HEADS
        self.room = min((len(self.shown) * _LETTER + _GAP) / self.width, 0.4)

    def across(self, day: date, share: float = 0.0) -> float:
        """Where a day stands, or a share of the way to the end of the drawing after it."""
        days = max((self.last - self.first).days + 1, 1)
        return ((day - self.first).days + share) / days * (1 - self.room) * 100

    def middle(self, point: Point) -> float:
        """Where a point stands: in the middle of its period."""
        return self.across(point.start, ((point.end - point.start).days + 1) / 2)

    def down(self, value: Decimal | float) -> float:
        """Where a value stands."""
        return (self.high - float(value)) / (self.high - self.low) * 100

    def drawn(self) -> h.Element:
        """Lines below, words above."""
        content, context = self.content, self.context
        said = alt(self.title, content.points, content.period, content.unit, content.precision, content.goal, context)
        svg = h.svg(viewBox=f"0 0 {SIDE} {SIDE}", preserveAspectRatio="none", aria_hidden="true")[self._lines()]
        return h.div(".ioc-plot", role="img", aria_label=said)[svg, self._words()]

    def _lines(self) -> Iterator[h.Element]:
        for value in steps(self.low, self.high):
            yield h.path(".ioc-plot-grid", d=_level(self.down(value)))
        for point in self.content.points:
            if point.provisional and not self.content.band:
                left, right = self.across(point.start) * 10, self.across(point.end, 1) * 10
                yield h.path(".ioc-plot-open", d=f"M{left:.0f} 0H{right:.0f}V{SIDE}H{left:.0f}Z")
        if self.target is not None:
            yield h.path(".ioc-plot-goal", d=_level(self.down(self.target)))
        if any(self.content.band):
            yield h.path(".ioc-plot-band", d=self._band())
        if self.course:
            yield h.path(".ioc-plot-path", d=self._way(self.course))
        for point in self._broken():
            yield h.path(".ioc-plot-break", d=f"M{self.across(point.start) * 10:.0f} 0V{SIDE}")
        for path, is_open in runs(self.content.points, self._place):
            yield h.path(class_="ioc-plot-line ioc-plot-dashed" if is_open else "ioc-plot-line", d=path)

    def _place(self, _: int, point: Point) -> str:
        return f"{self.middle(point) * 10:.0f} {self.down(point.value or 0) * 10:.0f}"

    def _broken(self) -> list[Point]:
        """The first points of other formulas, to which no line leads."""
        return [point for point in self.content.points if point.new_formula]

    def _words(self) -> Iterator[h.Element]:
        content, words = self.content, self.context.words
        for value in steps(self.low, self.high):
            label = short(Decimal(str(value)), content.unit, words)
            yield h.span(".ioc-plot-y", style=f"top:{self.down(value):.2f}%", aria_hidden="true")[label]
        for index, lines in marks([point.start for point in content.points], content.period, words):
            left = self.middle(content.points[index])
            yield h.span(".ioc-plot-x", style=f"left:{left:.2f}%", aria_hidden="true")[(h.span[line] for line in lines)]
        if content.goal and self.target is not None:
            text = words("panel.goal_by", target=_goal(content, self.context), day=dates.day(content.goal.horizon))
            side, place = self._beside_the_goal(text)
            yield h.span(class_=f"ioc-plot-target{side}", style=place, aria_hidden="true")[text]
        for point in self._broken():
            yield h.span(".ioc-plot-formula", style=self._beside_a_break(point), aria_hidden="true")[words("indicator.new_formula")]
        if self.course and self.course.begins < self.last:
            begins = max(self.course.begins, self.first)
            place = f"left:{self.across(begins):.2f}%;top:{self.down(self.course.at(begins)):.2f}%"
            yield h.span(".ioc-plot-pathword", style=place, aria_hidden="true")[words("panel.path")]
        yield from self._dots()

    def _band(self) -> str:
        """What is between the lowest and the highest that is expected, from the last value that is known."""
        points = self.content.points
        known = [(point, ends) for point, ends in zip(points, self.content.band, strict=True) if ends]
        start = points[len(points) - len(known) - 1 :][:1] if len(known) < len(points) else ()
        origin = [(point, (point.value, point.value)) for point in start if point.value is not None]
        places = [(self.middle(point) * 10, self.down(low) * 10, self.down(high) * 10) for point, (low, high) in (*origin, *known)]
        there, back = [f"{x:.0f} {low:.0f}" for x, low, _ in places], [f"{x:.0f} {high:.0f}" for x, _, high in reversed(places)]
        return f"M{'L'.join([*there, *back])}Z"

    def _beside_the_goal(self, text: str) -> tuple[str, str]:
        """Where the goal is told: above its line or below, at its beginning or end, wherever the trend is out of the way."""
        level = self.down(self.target or 0)
        wide = min(100 * len(text) * _SMALL / self.width, 100.0)
        high = 100 * _LINE / self.height
        ends = (("", 0.0, ""), (" ioc-plot-right", max((1 - self.room) * 100 - wide, 0.0), f"right:{self.room * 100:.2f}%;"))
        sides = (("", level - high), (" ioc-plot-below", level))
        crossed = {
            (side + end, place): sum(left <= x <= left + wide and top <= y <= top + high for x, y in self._passed())
            for side, top in sides
            if 0 <= top <= 100 - high
            for end, left, place in ends
        }
        side, place = min(crossed, key=lambda each: crossed[each]) if crossed else ("", "")
        return side, f"{place}top:{level:.2f}%"

    def _beside_a_break(self, point: Point) -> str:
        """Where a break is told: after its line if there is room, else before it; above or below, wherever the trend is further away."""
        text = self.context.words("indicator.new_formula")
        left, wide = self.across(point.start), min(100 * len(text) * _SMALL / self.width, 100.0)
        across = f"left:{left:.2f}%" if left + wide <= 100 else f"right:{100 - left:.2f}%"
        near = [y for x, y in self._passed() if abs(x - left) <= wide]
        return f"{across};{'bottom' if near and sum(near) / len(near) < 50 else 'top'}:0"

    def _passed(self) -> Iterator[tuple[float, float]]:
        """Places along the trend, close together."""
        for one, other in pairwise(self.content.points):
            if one.value is not None and other.value is not None and not other.new_formula:
                for share in range(_BETWEEN):
                    value = float(one.value) + (float(other.value) - float(one.value)) * share / _BETWEEN
                    yield self.middle(one) + (self.middle(other) - self.middle(one)) * share / _BETWEEN, self.down(value)

    def _way(self, course: Course) -> str:
        """A course as a path: straight between its knots, or level until the next."""
        places = [(self.across(day) * 10, self.down(value) * 10) for day, value in course.knots]
        steps = [f"M{places[0][0]:.0f} {places[0][1]:.0f}"]
        for x, y in places[1:]:
            steps.append(f"H{x:.0f}V{y:.0f}" if course.stepped else f"L{x:.0f} {y:.0f}")
        return "".join(steps)

    def _dots(self) -> Iterator[h.Element]:
        content, words = self.content, self.context.words
        known = [point for point in content.points if point.value is not None]
        for point in known if len(known) <= MOST_DOTS else known[-1:]:
            shown = with_unit(point.value, content.unit, words, content.precision, self.target)
            said = f"{shown} · {dates.period(point.start, content.period, words)}"
            place = f"left:{self.middle(point):.2f}%;top:{self.down(point.value or 0):.2f}%"
            kind = "ioc-plot-dot ioc-plot-hollow" if point.provisional else "ioc-plot-dot"
            yield h.i(class_=kind, style=place, title=said)
        for point in known:
            if any(start <= point.end and end >= point.start for start, end in content.noted):
                place = f"left:{self.middle(point):.2f}%;top:{self.down(point.value or 0):.2f}%"
                yield h.i(".ioc-plot-note", style=place, aria_hidden="true")["▲"]
        yield self._newest()

    def _newest(self) -> h.Element:
        """The newest value beside its point; above or below the goal's line if that is near."""
        down = self.down(self.newest.value or 0)
        way = 0.0 if self.target is None else self.down(self.target) - down
        side = "" if self.target is None or abs(way) > _NEAR else " ioc-plot-over" if way >= 0 else " ioc-plot-under"
        place = f"left:{self.middle(self.newest):.2f}%;top:{down:.2f}%"
        return h.b(class_=f"ioc-plot-last{side}", style=place, aria_hidden="true")[self.shown]


def _goal(content: TrendPanel, context: Context) -> str:
    goal = content.goal
    assert goal is not None
    return context.words(f"goal.{goal.comparator}", target=with_unit(goal.target, content.unit, context.words, content.precision))


def _level(at: float) -> str:
    return f"M0 {at * 10:.0f}H{SIDE}"


def steps(low: float, high: float) -> list[float]:
    """Three or four round values between the ends of a scale."""
    span = (high - low) or 1.0
    rough = span / 3.2
    ten = 10.0 ** len(str(int(rough))) / 10 if rough >= 1 else 0.1
    step = next((ten * each for each in (1, 2, 2.5, 5, 10) if ten * each >= rough), ten * 10)
    first = int(low // step) + 1
    return [round(number * step, 6) for number in range(first, int(high // step) + 1)]


def period_of(points: Sequence[Point]) -> str:
    """The kind of period that the points are of, told by their length."""
    days = max((point.end - point.start).days + 1 for point in points)
    return next((kind for kind, longest in _LONGEST if days <= longest), "year")


def alt(title: str, points: Sequence[Point], kind: str, unit: Unit, precision: int, goal: GoalView | None, context: Context) -> str:
    """The chart in words: the first value, the latest, the goal."""
    words = context.words
    known = [point for point in points if point.value is not None]
    first, last = (
        f"{with_unit(point.value, unit, words, precision)} ({dates.period(point.start, kind, words)})" for point in (known[0], known[-1])
    )
    line = words("indicator.goal_line", target=with_unit(goal.target, unit, words, precision)) + "." if goal else ""
    changed = [dates.period(point.start, kind, words) for point in points if point.new_formula]
    breaks = words("panel.alt_formula", periods=", ".join(changed)) if changed else ""
    return " ".join(filter(None, (words("panel.alt", title=title, first=first, last=last, goal=line).strip(), breaks)))


def nothing(context: Context) -> Markup:
    """What stands in place of a chart without a single value."""
    return Markup(context.words("indicator.empty"), tag="p", className="ioc-empty")
