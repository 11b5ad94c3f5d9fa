"""The expression language: what it takes, what it refuses and why, and that it means what it says."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.expression import BadExpression, parse
from ioc.catalogue.kinds import Kind
from ioc.store.cells import VALUE
from ioc.store.dialect import expression_sql

FIELDS = {
    "at": Kind.TIMESTAMP,
    "due": Kind.TIMESTAMP,
    "day": Kind.DATE,
    "unit": Kind.TEXT,
    "number": Kind.NUMBER,
    "ok": Kind.BOOLEAN,
    "nothing": Kind.NUMBER,
    "whole": Kind.NUMBER,
    "exact": Kind.NUMBER,
}
CIVIL = CivilTime("Asia/Ho_Chi_Minh", {date(2026, 11, 24): False, date(2026, 8, 22): True, date(2026, 8, 31): False})
ROW = (
    "SELECT TIMESTAMP '2026-11-22 20:00:00' AS at, TIMESTAMP '2026-11-24 08:00:00' AS due, DATE '2026-11-23' AS day, "
    "'phòng' AS unit, 3 AS number, TRUE AS ok, NULL::INTEGER AS nothing, "
    "7::BIGINT AS whole, 1.5::DECIMAL(28, 6) AS exact"
)


def value_of(text: str) -> Any:
    sql = expression_sql(parse(text, FIELDS), CIVIL, {"today": date(2026, 11, 24), "period_end": date(2026, 11, 30)})
    return duckdb.sql(f"SELECT {sql} FROM ({ROW})").fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("at <= due", True),
        ("date_of(at) = day", True),  # 20:00 in UTC is the next day in Vietnam
        ("date_of(at, 'UTC') = day", False),
        ("date_of(at, 'Europe/Amsterdam') < day", True),
        ("date_of(due) <= today", True),
        ("period_end > today", True),
        ("days_between(at, due)", 1.5),
        ("days_between(day, today)", 1),
        ("working_days_between(day, DATE '2026-11-25')", 1),  # Monday to Wednesday, but Tuesday is a holiday
        ("working_days_between(DATE '2026-11-25', day)", -1),
        ("working_days_between(DATE '2026-08-21', DATE '2026-08-24')", 2),  # Friday to Monday, and Saturday is worked
        ("working_days_between(DATE '2026-08-28', DATE '2026-09-01')", 1),  # Monday is off in exchange
        ("working_days_between(DATE '1999-12-31', DATE '2000-01-07')", 5),  # before all that the calendar says
        ("working_days_between(DATE '2031-01-03', DATE '2031-01-31')", 20),  # and after it
        ("working_days_between(day, CAST(unit AS DATE))", None),
        ("working_hours_between(at, due)", 8),  # from before Monday’s work to Tuesday, which is off
        ("working_hours_between(due, end_of(DATE '2026-11-25'))", 8),
        ("end_of(day) < due AND end_of(day) > at", True),
        ("days_between(at, end_of(day))", 0.875),
        ("plus_days(day, 30) = DATE '2026-12-23'", True),
        ("plus_days(day, -0.5) = DATE '2026-11-22'", True),
        ("plus_months(DATE '2026-01-31', 1) = DATE '2026-02-28'", True),
        ("plus_days(day, number * 999999999999) IS NULL", True),
        ("unit IN ('a', 'phòng') AND NOT ok", False),
        ("unit LIKE 'ph%'", True),
        ("number BETWEEN 1 AND 3", True),
        ("number / 2 > 1.4", True),
        ("nothing IS NULL", True),
        ("COALESCE(nothing, 7)", 7),
        ("CASE WHEN ok THEN number ELSE 0 END", 3),
        ("LEAST(number, 2) + GREATEST(number, 9)", 11),
        ("UPPER(TRIM(unit)) = 'PHÒNG'", True),
        ("LENGTH(unit)", 5),
        ("REPLACE(unit, 'òng', '') || '-' || CAST(number AS TEXT)", "ph-3"),
        ("CAST('2026-11-23' AS DATE) = day", True),
        ("nothing > 1 OR ok", True),
        ("unit NOT LIKE 'x%' AND NOT unit NOT LIKE 'ph%'", True),
        ("unit NOT IN ('a', 'b') AND number NOT BETWEEN 4 AND 9", True),
        ("whole * 999999999999999999 * 999999999999999999 > 0", None),  # beyond all range is nothing
        ("exact * exact * exact * 4 = 13.5", True),
        ("ROUND(exact, 0)", 2),
        ("ok IS TRUE AND NOT ok IS FALSE", True),
        ("CAST(unit AS INTEGER) > 1", None),  # what cannot be cast is nothing, for one record, and stops no other
        ("CAST(unit AS DATE) = day", None),
        ("number / 0 > 1", None),  # neither an error nor infinity
        ("number % nothing = 1", None),
        ("number / (number - 3) IS NULL", True),
        ("CAST('3.0' AS DECIMAL(4, 1)) = number", True),
        ("unit = 'it''s -- no comment'", False),
        ("DATE '2026-11-23' = day", True),
        ("days_between(at, NULL) IS NULL", True),
    ],
)
def test_means_what_it_says(text: str, meaning: Any) -> None:
    assert value_of(text) == meaning


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("at < today", "date_of"),
        ("CAST(at AS DATE) = day", "time zone"),
        ("date_of(at, 'Asia/Hanoi') = day", "not a time zone"),
        ("unit = NULL", "IS NULL"),
        ("number NOT IN (1, NULL)", "IS NULL"),
        ("number BETWEEN NULL AND 3", "IS NULL"),
        ("unit LIKE NULL", "IS NULL"),
        ("unit IN ()", "never true"),
        ("unit IS TRUE", "a condition is needed"),
        ("ok -- why", "holds a comment"),
        ("ok /* why */ AND ok", "holds a comment"),
        ("CAST('31/12/2026' AS DATE) = day", "is not a date"),
        ("DATE '2026-02-30' = day", "is not a date"),
        ("CAST('x' AS INTEGER) = 1", "is not a number"),
        ("CAST(number AS DATE) = day", "cannot be turned into a date"),
        ("CAST(number AS DECIMAL(99, 1)) = 1", "cannot be turned into"),
        ("CAST(unit AS VARCHAR(2)) = 'ph'", "cannot be turned into"),
        ("CAST('2026-01-01' AS TIMESTAMP) = at", "cannot be turned into"),
        ("number = 1e400", "out of range"),
        ("LENGTH(unit, 'x') > 1", "plain form"),
        ("ROUND(number, 2, 1) = 1", "plain form"),
        ("ROUND(number, whole) = 1", "rounds to “whole” places"),
        ("ROUND(number, 99) = 1", "0 to 9"),
        ("unit LIKE 'a' ESCAPE 'b'", "not part of the expression language"),
        ("TRIM(BOTH 'x' FROM unit) = 'a'", "plain form"),
        ("date_of(NULL) = day", "always nothing"),
        ("date_of(day) = day", "a moment is needed"),
        ("days_between(at, day) > 1", "do not go together"),
        ("working_days_between(at, due) > 1", "a date is needed"),
        ("working_hours_between(at, day) > 1", "a moment is needed"),
        ("working_days_between(day) > 1", "not part of the expression language"),
        ("workng_days_between(day, day) > 1", "Did you mean “working_days_between”"),
        ("plus_days(day, unit) = day", "a number is needed"),
        ("at > '2026-01-01'", "do not go together"),
        ("CASE number WHEN 3 THEN ok END", "CASE with an operand"),
        ("UNIT = 'a'", "Did you mean “unit”"),
        ("main.record.unit = 'a'", "another table"),
        ("unit = ANY(SELECT name FROM record)", "not part of the expression language"),
        ("ok UNION SELECT 1", "not part of the expression language"),
        ("at AT TIME ZONE 'UTC' = at", "not part of the expression language"),
        ("EXTRACT(year FROM at) = 2026", "not part of the expression language"),
        ("glob('/etc/*') = 'x'", "cannot be read"),
        ("? = 1", "not part of the expression language"),
        ("unit = 3", "do not go together"),
        ("ok AND unit", "a condition is needed"),
        ("unt = 'a'", "Did you mean “unit”"),
        ("todya = day", "Did you mean “today”"),
        ("unit IN (SELECT 1)", "another table"),
        ("(SELECT 1) = 1", "not part of the expression language"),
        ("EXISTS (SELECT 1)", "not part of the expression language"),
        ("other.unit = 'a'", "another table"),
        ("read_csv('/etc/passwd') = 1", "not part of the expression language"),
        ("getenv('HOME') = 'x'", "not part of the expression language"),
        ("regexp_matches(unit, 'a')", "not part of the expression language"),
        ("epoch(at) > 1", "not part of the expression language"),
        ("CURRENT_DATE > day", "not part of the expression language"),
        ("ok; DROP TABLE record", "not one expression"),
        ("ok AND", "cannot be read"),
        ("", "not one expression"),
        ("CAST(unit AS BLOB) = unit", "cannot be turned into"),
        ("number::JSON = 1", "cannot be turned into"),
        ("count(*) > 1", "not part of the expression language"),
        ("row_number() OVER () = 1", "not part of the expression language"),
    ],
)
def test_refuses_and_says_why(text: str, why: str) -> None:
    with pytest.raises(BadExpression, match=None) as refused:
        parse(text, FIELDS)
    assert why in str(refused.value)


EDGES = f"""
    SELECT * FROM ({ROW}) WHERE FALSE UNION ALL SELECT * FROM ({ROW})
    UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    UNION ALL SELECT TIMESTAMP '0001-01-02', TIMESTAMP '9999-12-30', DATE '9999-12-30', 'inf', 0, FALSE, 0, {2**63 - 1}, -{"9" * 22}
    UNION ALL SELECT TIMESTAMP '9999-12-30', TIMESTAMP '0001-01-02', DATE '0001-01-02', '', -1, FALSE, 0, -{2**63}, {"9" * 22}
"""


@cache
def alone() -> duckdb.DuckDBPyConnection:
    """An engine that reaches nothing outside itself."""
    return duckdb.connect(config={"enable_external_access": False, "threads": 1})


def runs(text: str) -> bool:
    """Whether a text is accepted; if so it must run on every record, and speak of one record's fields only."""
    try:
        expression = parse(text, FIELDS)
    except BadExpression:
        return False
    sql = expression_sql(expression, CIVIL, {"today": date(2026, 11, 24), "period_end": date(2026, 11, 30)})
    assert len(alone().execute(f"SELECT {sql} FROM ({EDGES})").fetchall()) == 4
    if expression.kind is Kind.NUMBER:
        alone().execute(f"SELECT sum(TRY_CAST({sql} AS {VALUE})) FROM ({EDGES})").fetchall()
    assert expression.names <= set(FIELDS)
    assert parse(expression.text, FIELDS).text == expression.text
    return True


numbers = st.sampled_from(
    [
        "number",
        "nothing",
        "whole",
        "exact",
        "0.000000001",
        "999999999999999999",
        "ABS(whole)",
        "-whole",
        "ROUND(exact, 3)",
        "CAST(unit AS DOUBLE)",
        "CAST(exact AS BIGINT)",
        "CAST(exact AS DECIMAL(27, 9))",
        "0",
        "-1.5",
        "CAST(unit AS INTEGER)",
        "days_between(at, due)",
        "LENGTH(unit)",
    ]
)
texts = st.sampled_from(["unit", "'a'", "''", "'it''s'", "UPPER(unit)", "CAST(day AS TEXT)", "CAST(number AS TEXT)"])
days = st.sampled_from(["day", "today", "period_end", "date_of(at)", "date_of(due, 'UTC')", "DATE '2026-02-28'", "CAST(unit AS DATE)"])
sums = st.recursive(
    numbers, lambda inner: st.tuples(inner, st.sampled_from("+-*/%"), inner).map(lambda parts: f"({' '.join(parts)})"), max_leaves=9
)
signs = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
compared = st.one_of(*(st.tuples(kind, signs, kind).map(" ".join) for kind in (sums, texts, days, st.sampled_from(["at", "due"]))))
conditions = st.recursive(
    compared
    | st.sampled_from(
        [
            "ok",
            "unit LIKE 'a%'",
            "nothing IS NULL",
            "number BETWEEN 1 AND nothing",
            "unit NOT IN ('a', 'b')",
            "unit NOT LIKE '%a'",
            "whole NOT BETWEEN exact AND 1.5",
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda text: f"NOT ({text})"),
        inner.map(lambda text: f"({text}) IS NOT TRUE"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"CASE WHEN {parts[0]} THEN {parts[1]} ELSE {parts[2]} END"),
        st.tuples(inner, inner).map(lambda parts: f"COALESCE({parts[0]}, {parts[1]})"),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(conditions)
def test_every_sensible_condition_is_accepted_and_can_be_computed_for_any_record(text: str) -> None:
    assert runs(text)


@settings(max_examples=150, deadline=None)
@given(sums)
def test_a_number_can_be_computed_and_added_for_any_record(text: str) -> None:
    assert runs(text)


words = st.sampled_from(
    ["at", "due", "day", "unit", "number", "ok", "nothing", "=", "<", "AND", "OR", "NOT", "(", ")", ",", "'a'", "1", "0", "SELECT",
     "FROM", "record", "IN", "IS", "TRUE", "NULL", "LIKE", "BETWEEN", "/", "%", "+", "-", "||", "::", "[", "]", "{", "}", "$1", "?", "->",
     "date_of", "days_between", "today", "period_end", "CASE", "WHEN", "THEN", "ELSE", "END", "read_text", "read_csv", "'/etc/passwd'",
     ";", "*", "CAST", "AS", "DATE", "INTEGER", "TEXT", ".", "--", "/*", "*/", "@", "COPY", "ATTACH", "PRAGMA", "LEAST", "COALESCE",
     "ROUND", "ABS", "TRIM", "LENGTH", "NULLIF", "OVER", "FILTER", "EXISTS", "UNION", "COLLATE", "ESCAPE", "INTERVAL", "1e999", "'"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(words, min_size=1, max_size=9).map(" ".join) | st.text(max_size=30))
def test_whatever_is_accepted_speaks_of_one_row_only(text: str) -> None:
    runs(text)


def test_the_size_of_a_type_is_a_plain_number() -> None:
    assert runs("CAST(exact AS DECIMAL(27, 9)) = number") and not runs("CAST(exact AS DECIMAL(DATE 27, 9)) = number")


@settings(max_examples=150, deadline=None)
@given(conditions, st.integers(0, 200), words | st.text(max_size=4))
def test_a_sensible_condition_with_something_put_into_it_is_safe(text: str, place: int, put_in: str) -> None:
    at = place % (len(text) + 1)
    runs(f"{text[:at]} {put_in} {text[at:]}")
