"""The expression language: what it takes, what it refuses and why, and that it means what it says."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.catalogue.expression import BadExpression, Kind, parse
from ioc.store.dialect import expression_sql

FIELDS = {
    "at": Kind.TIMESTAMP,
    "due": Kind.TIMESTAMP,
    "day": Kind.DATE,
    "unit": Kind.TEXT,
    "number": Kind.NUMBER,
    "ok": Kind.BOOLEAN,
    "nothing": Kind.NUMBER,
}
ROW = (
    "SELECT TIMESTAMP '2026-11-22 20:00:00' AS at, TIMESTAMP '2026-11-24 08:00:00' AS due, DATE '2026-11-23' AS day, "
    "'phòng' AS unit, 3 AS number, TRUE AS ok, NULL::INTEGER AS nothing"
)


def value_of(text: str) -> Any:
    sql = expression_sql(parse(text, FIELDS), "Asia/Ho_Chi_Minh", {"today": date(2026, 11, 24), "period_end": date(2026, 11, 30)})
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


words = st.sampled_from(
    ["at", "due", "unit", "number", "ok", "=", "<", "AND", "OR", "NOT", "(", ")", ",", "'a'", "1", "SELECT",
     "FROM", "record", "IN", "IS",
     "NULL",
     "date_of", "today", "CASE", "WHEN", "THEN", "END", "read_text", "'/etc/passwd'", ";", "*", "CAST", "AS", "DATE", ".", "--", "/*", "@"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(words, min_size=1, max_size=9).map(" ".join))
def test_whatever_is_accepted_speaks_of_one_row_only(text: str) -> None:
    try:
        expression = parse(text, FIELDS)
    except BadExpression:
        return
    sql = expression_sql(expression, "Asia/Ho_Chi_Minh", {"today": date(2026, 11, 24)})
    assert len(duckdb.sql(f"SELECT {sql} FROM ({ROW})").fetchall()) == 1
    assert expression.names <= set(FIELDS)
