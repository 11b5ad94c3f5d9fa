"""Of a rule only what applies to a record is told, and it holds exactly when the rule does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import duckdb
import pytest

from ioc.catalogue.branches import choices
from ioc.catalogue.clauses import clauses
from ioc.catalogue.expression import parse
from ioc.catalogue.kinds import Kind
from tests.catalogue.test_clauses import FIELDS, spoken

KINDS = {"a": Kind.NUMBER, "b": Kind.NUMBER, "x": Kind.BOOLEAN, "y": Kind.BOOLEAN}
RULES = (
    "CASE WHEN x THEN a > 1 ELSE FALSE END",
    "CASE WHEN x THEN FALSE WHEN y THEN a > 1 AND b > 1 ELSE b > 1 END",
    "CASE WHEN x THEN TRUE WHEN a > 1 THEN y END",
    "CASE WHEN COALESCE(a, 0) > 1 THEN FALSE WHEN b IS NOT NULL THEN CASE WHEN x THEN y ELSE b > 1 END ELSE NOT y END",
    "COALESCE(a, b) > 1 AND y",
    "COALESCE(a, CASE WHEN x THEN b END, 2) - CASE WHEN COALESCE(y, FALSE) THEN 1 ELSE 0 END > 1",
    "NOT (CASE WHEN x THEN a ELSE b END = 2) OR y",
    "(CASE WHEN x OR y THEN a END) IS NOT NULL",
    "CASE WHEN x THEN b END > 1",
    "CASE WHEN x THEN NULL ELSE a END > 1 OR y",
    "CASE WHEN x THEN FALSE END",
    "CASE WHEN x THEN a > 1 WHEN y THEN b > 1 ELSE FALSE END",
    "NOT COALESCE(x AND y, FALSE)",
    "NOT COALESCE(x, y, TRUE)",
    "COALESCE(a - b, 0) * 2 > -1 AND -(CASE WHEN x THEN -a ELSE b END) < 1",
    "a - CASE WHEN x THEN b - a ELSE 1 END > 0",
    "COALESCE(CASE WHEN a > 1 THEN x ELSE y AND x END, FALSE)",
    "COALESCE(x, TRUE) AND COALESCE(CASE WHEN y THEN FALSE END, x, FALSE)",
    "(CASE WHEN x THEN NOT y ELSE x END) IS NULL OR a > 1",
)


@pytest.mark.parametrize(
    ("rule", "holding", "wanted"),
    [
        ("CASE WHEN online THEN done_at <= due_at ELSE FALSE END", ["online"], ["[online]", "[done_at] ≤ [due_at]"]),
        ("CASE WHEN online THEN done_at <= due_at ELSE FALSE END", [], ["[online]"]),
        ("CASE WHEN asked > 1 THEN FALSE WHEN online THEN TRUE ELSE done_at <= due_at END", ["asked > 1"], ["<not> [asked] > '1'"]),
        ("CASE WHEN asked > 1 THEN FALSE WHEN online THEN TRUE ELSE done_at <= due_at END", [], ["[done_at] ≤ [due_at]"]),
        ("date_of(COALESCE(done_at, due_at)) < today", ["(due_at) IS NOT NULL"], ["<date_of> [due_at] < <today>"]),
        ("COALESCE(online, FALSE)", [], ["[online]"]),
        ("COALESCE(online, TRUE)", ["(TRUE) IS NOT NULL"], []),
        ("COALESCE(CASE WHEN asked > 1 THEN FALSE ELSE online END, FALSE)", ["asked > 1"], ["<not> [asked] > '1'"]),
        ("CASE WHEN online THEN TRUE WHEN asked > 1 THEN TRUE ELSE FALSE END", [], ["[online] <or> ( [asked] > '1' )"]),
        ("date_of(CASE WHEN online THEN (done_at) ELSE due_at END) < today", ["online"], ["<date_of> [done_at] < <today>"]),
    ],
)
def test_only_what_applies_is_told(rule: str, holding: list[str], wanted: list[str]) -> None:
    assert spoken(clauses(rule, FIELDS, dict.fromkeys(holding, True))) == wanted


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("rule", RULES)
def test_what_is_told_holds_when_the_rule_does(rule: str, engine: duckdb.DuckDBPyConnection) -> None:
    for values in product((None, 1, 2), (None, 1, 2), (None, True, False), (None, True, False)):
        record = dict(zip(KINDS, values, strict=True))
        asked = tuple(choices(parse(rule, KINDS).tree))
        told = [each.expression for each in clauses(rule, KINDS, truths(engine, record, asked))]
        assert all(parse(each, KINDS) for each in told), "it is a condition itself"
        assert all(truths(engine, record, told).values()) is (truths(engine, record, [rule])[rule] is True), (record, told)


def truths(
    engine: duckdb.DuckDBPyConnection, record: Mapping[str, object], conditions: list[str] | tuple[str, ...]
) -> dict[str, bool | None]:
    """Whether each condition holds for a record, by DuckDB."""
    if not conditions:
        return {}
    types = {"a": "INT", "b": "INT", "x": "BOOLEAN", "y": "BOOLEAN"}
    row = ", ".join(f"CAST(${field} AS {types[field]}) AS {field}" for field in record)
    (found,) = engine.execute(f"SELECT {', '.join(conditions)} FROM (SELECT {row})", dict(record)).fetchall()
    return dict(zip(conditions, found, strict=True))
