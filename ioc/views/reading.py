"""An indicator in two sentences: where it stands; how it has moved, why, and where it goes. The same figures give the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from ioc.goals.forecast import LEAST_MONTHS, Forecast
from ioc.goals.outlook import Outlook
from ioc.goals.smoothing import YEAR
from ioc.text import dates
from ioc.text.amounts import amount, moved, signed_amount, signed_number
from ioc.text.lines import shortened
from ioc.text.numbers import number, with_unit
from ioc.text.words import Words
from ioc.views.explanation import Break, Compared, Contribution, ExplanationView, Measured
from ioc.views.model import GoalView, TileView
from ioc.views.prospects import month_of

# So many contributions are told in words.
MOST_LINES = 3
# Names of groups within a group are cut to so many letters each.
MOST_LETTERS = 60


def reading(
    tile: TileView,
    explanation: ExplanationView | None,
    words: Words,
    today: date,
    zone: ZoneInfo,
    *,
    simulated: bool,
    filters: Sequence[str] = (),
) -> tuple[str, str]:
    """Two sentences about an indicator.

    Args:
        tile: its value and goal.
        explanation: its change on the last year; None where it has none, or it cannot be taken apart.
        words, today, zone: language, day and time zone of whoever reads.
        simulated: whether any record behind it was.
        filters: what the value is limited to, in words; goals are set for the whole only.
    """
    label = tile.label + (f" ({', '.join(filters)})" if filters else "")
    when = words("reading.at_present") if tile.stock else words("reading.so_far", year=today.year)
    notes = [words("reading.simulated")] if simulated else []
    if tile.stale and tile.data_at:
        notes.append(words("reading.stale", moment=dates.moment(tile.data_at, zone)))
    goal = "" if filters else _goal(tile, words, today)
    key = "reading.no_data" if tile.value is None else "reading.value"
    bound = tile.goal.target if tile.goal else None
    value = with_unit(tile.value, tile.unit, words, tile.precision, bound)
    said = words("reading.notes", notes=", ".join(notes)) if notes else ""
    ahead = "" if filters else _outlook(tile, words)
    return words(key, label=label, value=value, when=when, notes=said, goal=goal), _movement(tile, explanation, ahead, words)


def _goal(tile: TileView, words: Words, today: date) -> str:
    goal = tile.goal
    if goal is None:
        return words("reading.no_goal")
    bound = words(f"goal.said.{goal.comparator}", target=with_unit(goal.target, tile.unit, words, tile.precision))
    said = {"goal": bound, "day": dates.day(goal.horizon)}
    if tile.value is None:
        return words("reading.wanted", **said)
    asides = "; ".join(_asides(goal, tile, tile.value, words))
    return words(f"reading.{_stands(goal, today)}", **said, asides=words("reading.asides", asides=asides) if asides else "")


def _stands(goal: GoalView, today: date) -> str:
    """How it stands towards a goal; where the horizon has passed, now and on that day."""
    met = _is_met(goal)
    if goal.horizon >= today:
        return "met" if met else "not_met"
    if goal.met_at_horizon in {None, met}:
        return "met" if met else "missed"
    return "met_since" if met else "lost_since"


def _asides(goal: GoalView, tile: TileView, value: Decimal, words: Words) -> Iterator[str]:
    """The value on the day of a horizon that has passed, and how far off the goal it is now; of a rise or a fall, how much of it."""
    if goal.verdict is not None:
        yield words("reading.verdict", value=with_unit(goal.verdict, tile.unit, words, tile.precision, goal.target))
    off = value - (-goal.target if goal.comparator == "down" else goal.target)
    if not off:
        return
    side = "above" if off > 0 else "below"
    if goal.comparator in {"up", "down"}:
        side = "beyond" if _is_met(goal) else "short"
    distance = words(f"reading.{side}", amount=amount(off, tile.unit, words, tile.precision))
    yield distance if goal.verdict is None else words("reading.now", distance=distance)


def _is_met(goal: GoalView) -> bool:
    gap = goal.gap or Decimal(0)
    return gap == 0 or (gap > 0 and (goal.comparator != "=" or goal.target == 100))


def _outlook(tile: TileView, words: Words) -> str:
    """What is to be expected at the horizon, or in twelve months where none is ahead; or why that is not known."""
    look, goal = tile.ahead, tile.goal
    found = goal.outlook if goal else None
    if not look.adds:
        return words("reading.not_of_months")
    if look.months is None:
        return words("reading.too_little", least=LEAST_MONTHS, count=look.closed)
    if goal and not found:
        return words("reading.too_wide" if goal.is_wide else "reading.too_far")
    expected = found.expected if found else look.months.years[YEAR - 1]
    bound = goal.target if goal else None
    value, low, high = (with_unit(each, tile.unit, words, tile.precision, bound) for each in (expected.value, expected.low, expected.high))
    span = _range(low, high, look.forecast, words)
    verdict = _prospect(goal, found, words) if goal and found else ""
    return words("reading.outlook", value=value, day=dates.day(expected.on), range=span, verdict=verdict)


def _range(low: str, high: str, forecast: Forecast | None, words: Words) -> str:
    """From where to where; of a range that in back-tests has held less often than it is meant to, how often that was."""
    if low == high:
        return ""
    if forecast is None or not forecast.falls_short:
        return words("reading.range", low=low, high=high)
    return words("reading.range_short", low=low, high=high, held=forecast.held_months, tests=forecast.tests)


def _prospect(goal: GoalView, found: Outlook, words: Words) -> str:
    """Whether the goal is met by then, or when."""
    if _is_met(goal):
        return words("reading.goes_on" if found.holds else "reading.lost")
    if found.met_on is None:
        return words("reading.holds" if found.holds else "reading.unseen")
    if found.met_on > found.expected.on:
        return words("reading.holds") if found.holds else words("reading.late", month=month_of(found.met_on, words))
    return words("reading.in_time", month=month_of(found.met_on, words)) if found.holds else words("reading.fails")


def _movement(tile: TileView, explanation: ExplanationView | None, ahead: str, words: Words) -> str:
    if tile.value is None:
        return words("reading.no_data_hint")
    change = explanation.change if explanation else tile.change
    then = words("reading.last_year_stock" if tile.stock else "reading.last_year")
    if change is None:
        return words("reading.no_then", then=then, outlook=ahead)
    how = moved(change, tile.precision)
    if how == "same":
        return words("reading.same", then=then, outlook=ahead)
    cause = _cause(explanation, words) + _changed(explanation, words) if explanation else ""
    return words(f"reading.{how}", amount=amount(change, tile.unit, words, tile.precision), then=then, cause=cause, outlook=ahead)


def _cause(explanation: ExplanationView, words: Words) -> str:
    """The group that moved the whole most in the direction in which it went, if there are several groups."""
    same = [each for each in explanation.groups if each.effect * explanation.change > 0]
    if not same or len(explanation.groups) < 2 or not same[0].codes:
        return ""
    key = "cause" if 2 * same[0].effect / explanation.change >= 1 else "largest"
    return words(f"reading.{key}", group=same[0].codes[0].label, amount=_signed(same[0].effect, explanation, words))


def _changed(explanation: ExplanationView, words: Words) -> str:
    """That the two values are not of the same formula."""
    days = ", ".join(dates.day(each.on) for each in explanation.breaks)
    return words("reading.other_formula", day=days) if days else ""


def told(view: ExplanationView, words: Words) -> tuple[str, ...]:
    """The weightiest contributions, a sentence each."""
    lines = [_line(each, view, words) for each in view.groups[:MOST_LINES] if each.codes and each.effect]
    return tuple(lines) or (words("explanation.nothing"),)


def _line(each: Contribution, view: ExplanationView, words: Words) -> str:
    drivers = ", ".join(_driver(driver, view, words) for driver in each.drivers)
    return words(
        "explanation.line",
        group=each.codes[0].label,
        amount=_signed(each.effect, view, words),
        because=_because(each, view, words),
        drivers=words("explanation.drivers", drivers=drivers) if drivers else "",
    )


def _driver(each: Contribution, view: ExplanationView, words: Words) -> str:
    group = " – ".join(shortened(code.label, MOST_LETTERS) for code in each.codes[1:])
    return words("explanation.driver", group=group, amount=signed_number(each.effect, words, view.precision))


def _because(each: Contribution, view: ExplanationView, words: Words) -> str:
    """What happened in a group: it is new or gone, or its own rate or its share has moved, whichever weighs more."""
    if each.before.value is None and each.after.value is None:
        return ""
    was, now = (not _is_empty(side, view) for side in (each.before, each.after))
    if was != now:
        return words("explanation.new" if now else "explanation.gone")
    if abs(each.rate) >= abs(each.mix):
        before, after = each.before.value, each.after.value
        texts = [with_unit(value, view.unit, words, view.precision) for value in (before, after)]
        kind = "rate"
    else:
        before, after = each.before.share, each.after.share
        texts = [with_unit(value, "percent", words, 1) for value in (before, after)]
        kind = "share"
    if before is None or after is None or texts[0] == texts[1]:
        return ""
    return words(f"explanation.{kind}_{'up' if after > before else 'down'}", was=texts[0], now=texts[1])


def _is_empty(side: Measured, view: ExplanationView) -> bool:
    return not (side.numerator if view.additive else side.denominator)


def _signed(value: Decimal, view: ExplanationView, words: Words) -> str:
    return signed_amount(value, view.unit, words, view.precision)


def summary(view: ExplanationView, words: Words) -> tuple[str, ...]:
    """What is compared, whether by the same formula, and how much of the change is rate and mix."""
    was, now = (with_unit(each.value, view.unit, words, view.precision) for each in (view.before, view.after))
    before, after, change = side(view.before, view), side(view.after, view), _signed(view.change, view, words)
    kind = "compared" if view.change else "compared_same"
    first = words(f"explanation.{kind}", before=before, after=after, was=was, now=now, change=change)
    warned = (first, *(_warned(each, words) for each in view.breaks))
    if view.additive or len(view.groups) < 2 or not (view.rate or view.mix):
        return warned
    kind = "made_of" if view.unit == "percent" else "made_of_values"
    return (*warned, words(f"explanation.{kind}", rate=_signed(view.rate, view, words), mix=_signed(view.mix, view, words)))


def _warned(each: Break, words: Words) -> str:
    parts = words("explanation.break_parts", parts=", ".join(each.parts)) if each.parts else ""
    return words("explanation.break", day=dates.day(each.on), source=each.source, parts=parts)


def side(compared: Compared, view: ExplanationView) -> str:
    """What a side of a change covers: its filters and days; of what stands at a moment, the last of them."""
    first, last = dates.day(compared.span.start), dates.day(compared.span.end)
    return ", ".join([*(each.label for each in compared.filters), last if view.stock else f"{first} – {last}"])


def count_of_rest(count: int, words: Words) -> str:
    """How many contributions are not told one by one."""
    return words(f"explanation.rest.{'one' if count == 1 else 'other'}", count=number(Decimal(count), words.language))
