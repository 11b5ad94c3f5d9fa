"""What is to be expected of a goal, in sentences: its value, when it will be met, what that needs, how far to trust it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ioc.catalogue.model import Goal, Indicator, Measure
from ioc.goals.forecast import LEAST_MONTHS, MEANT, Forecast
from ioc.goals.outlook import Needed, Outlook
from ioc.goals.smoothing import Method
from ioc.text import dates
from ioc.text.numbers import number, with_unit
from ioc.text.words import Words
from ioc.views.outlooks import Look


def prospect(outlook: Outlook | None, look: Look, goal: Goal, spec: Indicator, words: Words, *, past: bool, met: bool) -> tuple[str, ...]:
    """The sentences, the weightiest first; with too little history, or too far away, the one that says so.

    Args:
        outlook, look: what is to be expected, and from which months.
        goal, spec: of what.
        words: the language.
        past, met: whether the horizon has passed, and whether the goal is met now.
    """
    if not look.adds:
        return (words("outlook.not_of_months"),)
    if look.forecast is None:
        return (words("outlook.too_little", least=LEAST_MONTHS, count=look.closed),)
    if outlook is None:
        return (words("outlook.too_far"),)
    ahead = outlook.expected
    value, low, high = (with_unit(each, spec.unit, words, spec.precision, goal.bound) for each in (ahead.value, ahead.low, ahead.high))
    if outlook.is_wide:
        sentences = [words("outlook.too_wide", day=dates.day(ahead.on), low=low, high=high, count=look.closed)]
    else:
        sentences = [words("outlook.expected", day=dates.day(ahead.on), value=value, low=low, high=high)]
        sentences.append(_when(outlook, goal, words, past=past, met=met))
    if outlook.needed:
        sentences.append(_need(outlook.needed, goal, spec, words, forecast=not outlook.is_wide))
    return (*sentences, _trust(look.forecast, words))


def _when(outlook: Outlook, goal: Goal, words: Words, *, past: bool, met: bool) -> str:
    if met:
        return words("outlook.goes_on" if outlook.holds else "outlook.lost")
    if outlook.met_on is None:
        return words("outlook.never")
    in_time = "in_time" if outlook.holds else "in_time_lost"
    key = "yet" if past else in_time if outlook.met_on <= goal.horizon else "late"
    return words(f"outlook.{key}", month=month_of(outlook.met_on, words))


def _need(needed: Needed, goal: Goal, spec: Indicator, words: Words, *, forecast: bool) -> str:
    """What meeting the goal takes; ``forecast``: beside what is to be expected, where that is worth telling."""
    figures = {"total": needed.total, "a": needed.a_month, "of": needed.of, "now": needed.now}
    count = {key: number(None if each is None else Decimal(each), words.language) for key, each in figures.items()}
    months = {"start": month_of(needed.start, words), "end": month_of(needed.end, words)}
    if needed.of is None:
        kind = ("fewer" if goal.wants_less else "more") if spec.measure is Measure.CHANGE else "standing"
        return words(f"outlook.need_{kind}" if needed.total else "outlook.need_nothing", **count, **months)
    count["now"] = words("outlook.need_now", now=count["now"]) if forecast else ""
    if goal.wants_less:
        return words("outlook.need_at_most", **count, **months)
    key = "need_too_much" if not needed.possible else "need_all" if needed.a_month == needed.of else "need"
    return words(f"outlook.{key}", **count, **months)


def month_of(day: date, words: Words) -> str:
    """The month of a day within a sentence."""
    name = dates.period(day.replace(day=1), "month", words)
    return words("outlook.month", month=day.month, year=day.year, name=name)


def _trust(forecast: Forecast, words: Words) -> str:
    if forecast.method is Method.NO_CHANGE or forecast.error is None:
        chosen = words("outlook.unchanged")
    else:
        season = words("outlook.season") if forecast.method.seasonal else ""
        chosen = words("outlook.trust", season=season, error=number(Decimal(str(round(forecast.error, 2))), words.language, 2))
    return f"{chosen} {range_held(forecast, words)}"


def range_held(forecast: Forecast, words: Words) -> str:
    """How often the range has held in back-tests, in a sentence; and, where that is so, that it is less often than it should."""
    meant = words("unit.percent", value=number(Decimal(round(100 * MEANT)), words.language))
    key = "outlook.held_short" if forecast.falls_short else "outlook.held"
    return words(key, held=forecast.held_months, tests=forecast.tests, meant=meant)
