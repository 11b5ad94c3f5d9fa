"""Conditions taken apart for a reader."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ioc.catalogue.clauses import Clause, clauses
from ioc.catalogue.kinds import Kind

FIELDS = {"done_at": Kind.TIMESTAMP, "due_at": Kind.TIMESTAMP, "status": Kind.TEXT, "online": Kind.BOOLEAN, "asked": Kind.NUMBER}


def spoken(told: Iterable[Clause]) -> list[str]:
    """Each clause as one line: fields in square brackets, words in angle ones, values in quotes."""
    marks = {"field": "[{}]", "word": "<{}>", "value": "'{}'", "text": "{}"}
    return [" ".join(marks[token.kind].format(token.text) for token in clause.tokens) for clause in told]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("TRUE", []),
        ("online", ["[online]"]),
        ("NOT online", ["[online] <is_false>"]),
        ("done_at IS NOT NULL AND (status <> 'withdrawn')", ["[done_at] <known>", "[status] <differs> 'withdrawn'"]),
        ("asked - 1 IS NOT NULL AND (asked / 2) IS NULL", ["[asked] − '1' <has_result>", "[asked] ÷ '2' <no_result>"]),
        ("(CAST(asked AS DOUBLE)) IS NOT NULL", ["[asked] <known>"]),
        ("(1 - 0) IS NOT NULL AND online", ["[online]"]),
        ("done_at IS NULL OR online", ["[done_at] <unknown> <or> [online]"]),
        ("status IN ('a', 'b')", ["[status] <one_of> 'a' , 'b'"]),
        ("status NOT IN ('a')", ["[status] <none_of> 'a'"]),
        ("COALESCE(asked, 0) <= 1", ["[asked] ≤ '1'"]),
        ("date_of(due_at) < today", ["<date_of> [due_at] < <today>"]),
        ("days_between(due_at, done_at) <= asked", ["<days_between> [due_at] <to> [done_at] ≤ [asked]"]),
        ("working_hours_between(due_at, end_of(today)) < 8", ["<working_hours_between> [due_at] <to> <end_of> <today> < '8'"]),
        (
            "plus_days(today, -1) = plus_months(date_of(due_at), asked)",
            ["<today> − '1' <days> <equals> <date_of> [due_at] + [asked] <months>"],
        ),
        ("date_of(due_at) >= DATE '2026-01-01'", ["<date_of> [due_at] ≥ '2026-01-01'"]),
        ("asked BETWEEN 1 AND 3", ["[asked] <from> '1' <to> '3'"]),
        (
            "CASE WHEN online THEN done_at <= due_at ELSE FALSE END",
            ["<if> [online] <then> [done_at] ≤ [due_at] ; <else> <no>"],
        ),
    ],
)
def test_clauses(text: str, wanted: list[str]) -> None:
    assert spoken(clauses(text, FIELDS)) == wanted


def test_a_value_knows_the_field_whose_code_it_is() -> None:
    (clause,) = clauses("status IN ('a', 'b')", FIELDS)
    assert [token.field for token in clause.tokens if token.kind == "value"] == ["status", "status"]
