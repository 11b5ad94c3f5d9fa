"""Working time and the rule of Decision 766/QĐ-TTg against slow references that walk day by day and minute by minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.expression import parse
from ioc.catalogue.kinds import Kind
from ioc.catalogue.load import BUILT_IN, load
from ioc.store.dialect import COLUMN_TYPES, expression_sql, literal, record_expression

MOHA = load(BUILT_IN / "moha")
ZONE = "Asia/Ho_Chi_Minh"
DAYS = st.dates(date(2022, 6, 1), date(2029, 6, 1)) | st.dates(date(1, 1, 3), date(9999, 12, 1))
NEAR = st.datetimes(datetime(2025, 12, 20), datetime(2026, 12, 20)).map(lambda moment: moment.replace(microsecond=0))
CALENDARS = st.dictionaries(st.dates(date(2025, 12, 1), date(2027, 1, 31)), st.booleans(), max_size=40)
DAY = timedelta(days=1)


def is_working(special: Mapping[date, bool], day: date) -> bool:
    return special[day] if day in special else day.weekday() not in (5, 6)


def working_days(special: Mapping[date, bool], start: date, end: date) -> int:
    """Walks from the day after the first to the second."""
    if end < start:
        return -working_days(special, end, start)
    count, day = 0, start
    while day < end:
        day += DAY
        count += is_working(special, day)
    return count


def working_minutes(special: Mapping[date, bool], start: datetime, end: datetime) -> int:
    """Walks from minute to minute."""
    count, now = 0, start
    while now < end:
        count += is_working(special, now.date()) and (time(8) <= now.time() < time(12) or time(13) <= now.time() < time(17))
        now += timedelta(minutes=1)
    return count


def values(text: str, civil: CivilTime, rows: list[tuple[Any, ...]]) -> list[Any]:
    """What an expression over a, b, c gives for each row."""
    kinds = {name: Kind.TIMESTAMP if isinstance(given, datetime) else Kind.DATE for name, given in zip("abc", rows[0], strict=False)}
    listed = ", ".join(f"({', '.join(map(_sql, row))})" for row in rows)
    sql = f"SELECT {expression_sql(parse(text, kinds), civil, {})} FROM (VALUES {listed}) AS t({', '.join(kinds)})"
    return [found for (found,) in duckdb.sql(sql).fetchall()]


def _sql(given: Any) -> str:
    """Moments are kept in UTC; here they are meant in Viet Nam, which is seven hours ahead."""
    if isinstance(given, datetime):
        return f"TIMESTAMP '{given - timedelta(hours=7)}'"
    return literal(given) if not isinstance(given, Decimal) else f"CAST({given} AS DECIMAL(28, 6))"


@given(CALENDARS, st.lists(st.tuples(DAYS, st.integers(-800, 800)), min_size=1, max_size=30))
@settings(max_examples=20, deadline=None)
def test_working_days_are_those_that_one_counts(special: dict[date, bool], spans: list[tuple[date, int]]) -> None:
    pairs = [(start, date.fromordinal(max(1, start.toordinal() + ahead))) for start, ahead in spans]
    civil = CivilTime(ZONE, special)
    walked = [working_days(special, start, end) for start, end in pairs]
    assert values("working_days_between(a, b)", civil, pairs) == walked
    assert [civil.working_days(start + DAY, end) for start, end in pairs] == [max(count, 0) for count in walked]


@given(CALENDARS, st.lists(st.tuples(NEAR, st.integers(0, 20 * 1440)), min_size=1, max_size=10))
@settings(max_examples=10, deadline=None)
def test_working_hours_are_those_that_one_counts(special: dict[date, bool], spans: list[tuple[datetime, int]]) -> None:
    pairs = [(start.replace(second=0), start.replace(second=0) + timedelta(minutes=minutes)) for start, minutes in spans]
    found = values("ROUND(60 * working_hours_between(a, b), 4)", CivilTime(ZONE, special), pairs)
    assert found == [working_minutes(special, start, end) for start, end in pairs]


@given(CALENDARS, st.lists(st.tuples(NEAR, NEAR, NEAR), min_size=1, max_size=30))
@settings(max_examples=10, deadline=None)
def test_working_time_adds_up(special: dict[date, bool], triples: list[tuple[datetime, datetime, datetime]]) -> None:
    days = "working_days_between(date_of({}), date_of({}))"
    total = f"{days.format('a', 'b')} + {days.format('b', 'c')} = {days.format('a', 'c')}"
    hours = "ABS(working_hours_between(a, b) + working_hours_between(b, c) - working_hours_between(a, c)) < 0.00000001"
    assert all(values(f"{total} AND {hours}", CivilTime(ZONE, special), triples))


SPECIAL = {day: spec.kind == "worked" for day, spec in MOHA.calendar.items()}
DOSSIERS = st.fixed_dictionaries(
    {
        "received_at": NEAR,
        "due_at": st.none() | NEAR,
        "time_limit": st.integers(0, 30).map(Decimal),
        "time_unit": st.sampled_from(["day", "working_day", "month"]),
        "completed_at": st.none() | NEAR,
        "returned_at": st.none() | NEAR,
        "stopped_at": st.none() | NEAR,
        "status": st.sampled_from(["in_progress", "waiting_supplement"]),
        "supplement_requests": st.sampled_from([None, 0, 1, 2]),
        "asked": st.integers(0, 20),
        "waited": st.integers(0, 10),
    }
)


def in_time(dossier: dict[str, Any], period_end: date) -> bool:
    """The rule as the portal's description of its formulas tells it, step by step."""
    if (dossier["supplement_requests"] or 0) > 1:
        return False
    end = next((dossier[name] for name in ("completed_at", "returned_at", "stopped_at") if dossier[name]), None)
    if end is None and dossier["status"] == "waiting_supplement":
        end = dossier["supplement_requested_at"]
    is_open = end is None or end.date() > period_end
    waited = timedelta(0)
    if dossier["supplement_received_at"]:
        waited = dossier["supplement_received_at"] - dossier["supplement_requested_at"]
    if dossier["due_at"]:
        return period_end <= dossier["due_at"].date() + waited if is_open else end - dossier["due_at"] <= waited
    last, limit, start = period_end if is_open else end.date(), int(dossier["time_limit"]), dossier["received_at"].date()
    if dossier["time_unit"] == "working_day":
        asked, given = dossier["supplement_requested_at"].date(), dossier["supplement_received_at"]
        return working_days(SPECIAL, start, last) - (working_days(SPECIAL, asked, given.date()) if given else 0) <= limit
    if dossier["time_unit"] == "month":
        months = start.month - 1 + limit
        following = date(start.year + (months + 1) // 12, (months + 1) % 12 + 1, 1)
        term = min(date(following.year, following.month, 1) - DAY, _same_day(start, months))
    else:
        term = start + limit * DAY
    term += waited.days * DAY
    while not is_working(SPECIAL, term):
        term += DAY
    return last <= term


def _same_day(start: date, months: int) -> date:
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=start.year + months // 12, month=months % 12 + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=start.year + months // 12, month=months % 12 + 1)


@given(st.lists(DOSSIERS, min_size=1, max_size=40), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
@settings(max_examples=15, deadline=None)
def test_a_dossier_is_judged_as_the_rule_tells(drawn: list[dict[str, Any]], period_end: date) -> None:
    dossiers = [_dossier(dict(each)) for each in drawn]
    record = MOHA.records["dossier"]
    rows = ", ".join(f"({', '.join(_sql(dossier.get(name)) for name in record.fields)})" for dossier in dossiers)
    typed = ", ".join(f"CAST({name} AS {COLUMN_TYPES[field.type]}) AS {name}" for name, field in record.fields.items())
    rule = record_expression(MOHA.indicators["dossiers_on_time_766"].succeeds or "", record)
    sql = expression_sql(rule, MOHA.civil_time, {"period_end": period_end})
    found = duckdb.sql(f"SELECT {sql} FROM (SELECT {typed} FROM (VALUES {rows}) AS t({', '.join(record.fields)}))").fetchall()
    assert [judged for (judged,) in found] == [in_time(dossier, period_end) for dossier in dossiers]


def _dossier(drawn: dict[str, Any]) -> dict[str, Any]:
    asked, waited = drawn["received_at"] + drawn.pop("asked") * DAY, drawn.pop("waited")
    return drawn | {"supplement_requested_at": asked, "supplement_received_at": asked + waited * DAY if waited else None}
