"""Every fault of a question has its sentences in every language."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime
from pathlib import Path

import pytest

from ioc.catalogue.clauses import clauses
from ioc.catalogue.expression import OUR_FUNCTIONS
from ioc.catalogue.kinds import Kind
from ioc.errors import BadQuestion, Refusal, UnknownName
from ioc.store.database import cannot_write
from ioc.text.words import LANGUAGES, words
from tests.house.tree import read, sources

VALUES = {
    "text": "x",
    "known": "x",
    "feed": "x",
    "record": "x",
    "field": "x",
    "other": "x",
    "value": "x",
    "name": "x",
    "indicator": "x",
    "moment": datetime(2026, 3, 1),
    "first": datetime(2026, 3, 1),
    "count": 2,
    "most": 1,
    "start": date(2026, 3, 1),
    "end": date(2026, 2, 1),
}


def raised(name: str) -> set[str]:
    """The first argument of every fault of a class that the product raises."""
    return {found for path in sources() for found in re.findall(rf'raise {name}\(\s*"(\w+)"', read(path))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_can_be_told(language: str) -> None:
    faults, kinds = raised("BadQuestion"), raised("UnknownName")
    assert len(faults) >= 7 and {"indicator", "period", "dimension", "screen", "feed"} <= kinds
    for fault in faults:
        assert all(words(language).told(BadQuestion(fault, **VALUES)))
    for kind in kinds:
        assert "“x”" in words(language).told(UnknownName(kind, "x", ["a", "b"]))[0]


def called(name: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every fault of a class that the product makes where its name is written, and what it is told with."""
    calls = (node for path in sources() for node in ast.walk(ast.parse(read(path))) if isinstance(node, ast.Call))
    mine = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name and call.args)
    return [
        (call.args[0].value, tuple(key.arg for key in call.keywords if key.arg))
        for call in mine
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    ]


@pytest.mark.parametrize("kind", [BadQuestion, Refusal])
def test_no_answer_holds_a_place_that_nothing_fills(kind: type[BadQuestion | Refusal]) -> None:
    faults = called(kind.__name__)
    assert len(faults) > 20
    for fault, names in faults:
        values = {name: VALUES.get(name, 2) for name in names if name != "status"}
        for language in LANGUAGES:
            said = " ".join(words(language).told(kind(fault, **values)))
            assert not re.search(r"\{\w+\}|\{\w*:", said) or "{folder" in said, (fault, said)


def test_the_nearest_names_are_offered_else_all_if_they_are_few() -> None:
    told = words("en").told
    assert told(UnknownName("period", "moth", ["day", "month"]))[1] == "Did you mean “month”?"
    assert told(UnknownName("period", "x", ["month", "day"]))[1] == "Known: “day”, “month”."
    many = told(UnknownName("period", "x", map(str, range(100, 200))))[1]
    made = told(UnknownName("export", "zzz", [*(f"a:{n}" for n in range(20)), "online_rate"]))[1]
    assert made.startswith("Known: “online_rate”, “a:0”"), "what a template makes for each unit comes last"
    assert many.startswith("Known: “100”, “101”, ") and many.endswith("“111”, …."), "the first of many"


def test_a_fault_of_the_store_is_told_in_both_languages() -> None:
    error = cannot_write(Path("ioc.duckdb"), OSError("No space left on device"))
    assert words("en").told(error) == (
        "The store ioc.duckdb cannot be written: No space left on device",
        "Free space on the disk; nothing was changed.",
    )
    assert words("vi").told(error) == (
        "Không ghi được vào kho ioc.duckdb: No space left on device",
        "Hãy giải phóng dung lượng ổ đĩa; chưa có gì thay đổi.",
    )
    assert words("vi").sentence(error.kept()).startswith("Không ghi được"), "also once it was kept"


@pytest.mark.parametrize("function", OUR_FUNCTIONS)
def test_every_function_of_a_condition_can_be_told(function: str) -> None:
    """The page of a record says why an indicator counts it, whatever its conditions are made of."""
    fields = {"DATE": "day", "TIMESTAMP": "moment", "NUMBER": "number"}
    kinds, given = OUR_FUNCTIONS[function]
    called = f"{function}({', '.join(fields[kind[0].name] for kind in kinds)})"
    (clause,) = clauses(f"{called} = {fields[given.name]}", {each: Kind[kind] for kind, each in fields.items()})
    for language in LANGUAGES:
        assert all(words(language)(f"expression.{token.text}") for token in clause.tokens if token.kind == "word")
