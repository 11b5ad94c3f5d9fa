"""Bare values, as the command line and the API hand them out: the question, its answer, and which data it is of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ioc.catalogue.model import Catalogue, Indicator, Text
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.sample import Interval, interval
from ioc.indicators.values import Question, Value, ask
from ioc.store.snapshot import Snapshot
from ioc.views.goals import year_to
from ioc.views.model import FeedBehind, Stamp
from ioc.views.tiles import is_stock


@dataclass(frozen=True)
class Break:
    """A day from which on another formula is in force, and what it rests on: values before and after do not compare."""

    on: date
    source: Text


def breaks(spec: Indicator, start: date | None, end: date) -> tuple[Break, ...]:
    """Where the formula of an indicator changes within inclusive days."""
    found = (Break(since, version.source) for since, version in spec.formulas[1:] if since)
    return tuple(each for each in found if (start is None or start < each.on) and each.on <= end)


@dataclass(frozen=True)
class ValuesView:
    """The values of one indicator; of one that rests on a sample, each with its interval.

    ``oldest`` is the feed that it rests on whose data are the oldest, in a view of the present.
    """

    stamp: Stamp
    question: Question
    values: tuple[Value, ...]
    intervals: tuple[Interval | None, ...] = ()
    breaks: tuple[Break, ...] = ()
    oldest: FeedBehind | None = None


def values_view(snapshot: Snapshot, stamp: Stamp, question: Question, today: date, oldest: FeedBehind | None) -> ValuesView:
    """See ``ValuesView``. Raises UnknownName or BadQuestion."""
    question, end = with_days(snapshot.catalogue, question, today), question.end or today
    values = tuple(ask(snapshot, question, today))
    spec = snapshot.catalogue.indicators[question.indicator]
    intervals = tuple(interval(spec, value) for value in values) if spec.sample else ()
    return ValuesView(stamp, question, values, intervals, breaks(spec, question.start, end), oldest)


def with_days(catalogue: Catalogue, question: Question, today: date) -> Question:
    """A question with the days that it is of, where it names none: those of the overview, so that the same number comes out.

    That is the year so far, up to ``end``; of what stands at a moment, the day itself. Of a series, all days since the first record.
    """
    end = question.end or today
    if question.start or question.period:
        return replace(question, end=end)
    return replace(question, start=end if is_stock(catalogue, question.indicator) else year_to(end).start, end=end)


def question_from_words(
    catalogue: Catalogue,
    indicator: str,
    *,
    by: str | None = None,
    period: str | None = None,
    start: str | None = None,
    end: str | None = None,
    where: tuple[str, ...] = (),
) -> Question:
    """A question as a person or program writes it.

    Args:
        by: dimensions, separated by commas.
        start, end: days as 2026-11-23 or 23/11/2026.
        where: ``dimension=code`` or ``dimension:code`` each; several codes of one dimension are alternatives.

    Raises:
        UnknownName, BadQuestion: what is wrong, and the nearest name or the form that is understood.
    """
    if indicator not in catalogue.indicators:
        raise UnknownName("indicator", indicator, catalogue.indicators)
    filters: dict[str, list[str]] = {}
    for text in where:
        dimension, code = filter_from_words(text)
        filters.setdefault(dimension, []).append(code)
    return Question(
        indicator,
        by=tuple(part.strip() for part in (by or "").split(",") if part.strip()),
        period=period or None,
        start=day_from_words(start),
        end=day_from_words(end),
        where=tuple((dimension, tuple(codes)) for dimension, codes in filters.items()),
    )


def filter_from_words(text: str) -> tuple[str, str]:
    """A name and what it must be, as ``unit=vp``, or ``unit:vp`` as addresses of pages have it. Raises BadQuestion."""
    name, *code = (part.strip() for part in re.split("[=:]", text, maxsplit=1))
    if not name or not code:
        raise BadQuestion("filter", text=text)
    return name, code[0]


def day_from_words(text: str | None) -> date | None:
    """A day written as 2026-11-23 or 23/11/2026. Raises BadQuestion."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise BadQuestion("day", text=text)


def past_from_words(text: str | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The past moment that is asked for; of today, at most now, for no more of it is known. Raises BadQuestion for a day to come."""
    moment = moment_from_words(text, zone)
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    if moment and moment >= tomorrow:
        raise BadQuestion("future", moment=moment)
    return moment and min(moment, now)


def moment_from_words(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A moment written in ISO form, or a day (its end); without offset it is in the organisation's time zone. Raises BadQuestion."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+", 1) if text.count(" ") == 1 and "T" in text else text)
    except ValueError:
        day = day_from_words(text)
        moment = datetime(day.year, day.month, day.day) if day else datetime.max
    if len(text) <= 10:
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
