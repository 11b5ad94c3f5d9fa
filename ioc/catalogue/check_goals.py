"""Cross-checks of goals: with the indicator that each is set on, within its path, and with the other goals on the same indicator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from ioc.catalogue.model import Catalogue, Goal, Indicator, Measure, Unit
from ioc.catalogue.source import Finding, Location
from ioc.errors import Said

MONTHS = 12


def check_goals(catalogue: Catalogue) -> Iterator[Finding]:
    """Every fault of goals; one on an indicator that does not exist is told elsewhere."""
    for name, goal in catalogue.goals.items():
        spec = catalogue.indicators.get(goal.indicator)
        yield from _path(("goals", name), goal)
        if spec is not None:
            yield from _fits(("goals", name), goal, spec)
    for (name, goal), (other, second) in combinations(catalogue.goals.items(), 2):
        if goal.indicator == second.indicator and goal.horizon == second.horizon and _contradict(goal, second):
            yield (
                ("goals", other),
                Said(
                    "“{other}” and “{name}” cannot both be met: {one} and {two} on the same day.",
                    other=other,
                    name=name,
                    one=_said(second),
                    two=_said(goal),
                ),
                Said("Mend the bound, the comparator or the horizon of one."),
            )


def _fits(path: Location, goal: Goal, spec: Indicator) -> Iterator[Finding]:
    """Whether the goal speaks of what its indicator is."""
    change = spec.measure is Measure.CHANGE
    if goal.comparator in {"up", "down"} and not change:
        hint = Said("Use “>=”, “<=” or “=”, or set the goal on an indicator of measure “change”.")
        yield (
            (*path, "comparator"),
            Said(
                "“{comparator}” is for a change, but “{indicator}” is a {measure}.",
                comparator=goal.comparator,
                indicator=goal.indicator,
                measure=spec.measure,
            ),
            hint,
        )
    if spec.measure is Measure.RATIO and spec.unit is Unit.PERCENT and not 0 <= goal.value <= 100:
        yield (
            (*path, "value"),
            Said("“{indicator}” is a share of 0 to 100 per cent: {value} cannot be its goal.", indicator=goal.indicator, value=goal.value),
            Said(),
        )
    better = spec.direction == "down"
    if goal.comparator != "=" and goal.wants_less != better:
        found = Said("smaller") if goal.wants_less else Said("larger")
        hint = Said("Turn the comparator round, or mend “direction” of the indicator.")
        yield (
            (*path, "comparator"),
            Said("The goal wants {found} values, but of “{indicator}” the other way is better.", found=found, indicator=goal.indicator),
            hint,
        )


def _path(path: Location, goal: Goal) -> Iterator[Finding]:
    """Whether the path can be gone."""
    if goal.begins >= goal.horizon:
        yield (*path, "since"), Said("The path begins on or after its horizon."), Said("“since” is the day from whose value the path runs.")
        return
    way, here = goal.path, (*path, "path")
    if way.points and way.shape == "seasonal":
        yield (*here, "points"), Said("“points” does not belong to a seasonal path."), Said("Give “months”, or another shape.")
    if (way.shape == "seasonal") != bool(way.months):
        yield (*here, "months"), Said("“months” goes with “shape: seasonal”, and only with it."), Said()
    elif way.months and (len(way.months) != MONTHS or not _goes(goal)):
        hint = Said("Give twelve weights, January first; at least one month of the path must have one above 0.")
        yield (*here, "months"), Said("“months” holds {count} weights, with which the goal is never come to.", count=len(way.months)), hint
    asked = [*([way.start] if way.start is not None else []), *(way.points[day] for day in sorted(way.points)), goal.bound]
    for day in way.points:
        if not goal.begins < day < goal.horizon:
            yield (
                (*here, "points", str(day)),
                Said("{day} does not lie between {begins} and the horizon {horizon}.", day=day, begins=goal.begins, horizon=goal.horizon),
                Said(),
            )
    if asked != sorted(asked, reverse=goal.wants_less):
        yield here, Said("The path goes back on its way to the goal."), Said("Each point must ask for at least what the one before does.")


def _goes(goal: Goal) -> bool:
    """Whether any month of a seasonal path goes any way."""
    days = (goal.horizon - goal.begins).days
    return any(goal.path.months[(goal.begins + timedelta(days=day)).month - 1] for day in range(1, min(days, 366) + 1))


def _contradict(one: Goal, other: Goal) -> bool:
    """Whether no value meets both."""
    (low, high), (least, most) = _allowed(one), _allowed(other)
    return max(low, least) > min(high, most)


def _allowed(goal: Goal) -> tuple[Decimal, Decimal]:
    low = Decimal("-Infinity") if goal.wants_less else goal.bound
    exact = goal.comparator == "=" and goal.bound != 100
    return low, goal.bound if goal.wants_less or exact else Decimal("Infinity")


def _said(goal: Goal) -> str:
    return f"{goal.comparator} {goal.value}"
