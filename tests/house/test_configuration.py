"""What is wrong with catalogue and configuration is told in Vietnamese too: every sentence has its translation, with the same filling."""

from __future__ import annotations

import ast
import errno
import os
from collections.abc import Collection, Iterator
from typing import Any, cast

import yaml
from pydantic_core import PydanticKnownError

from data_sources.demo.story import Story
from data_sources.registry import KINDS
from ioc.catalogue.kinds import Kind
from ioc.catalogue.model import Catalogue
from ioc.catalogue.source import PROBLEMS
from ioc.config import Settings
from tests.house.test_faults import places
from tests.house.tree import ROOT, read, sources

SAYING = (
    "IocError",
    "BadExpression",
    "OpenDoor",
    "PortTaken",
    "StoreError",
    "StoreDamaged",
    "StoreInUse",
    "BackupFault",
    "Damaged",
    "Busy",
)
# Of each call that makes a sentence, how many of its first arguments are patterns.
SPEAKING = {"Said": 1, "joined": 1} | dict.fromkeys(SAYING, 2)
# What the system says of a file or an address.
OF_SYSTEM = (errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOSPC, errno.EADDRINUSE, errno.EADDRNOTAVAIL)


def spoken() -> Iterator[str]:
    """The patterns that the code may say."""
    yield from Kind  # what an expression gives is named as it is
    for call in calls(SPEAKING):
        for part in call.args[: SPEAKING[called(call)]]:
            yield from _patterns(part)


def calls(names: Collection[str]) -> Iterator[ast.Call]:
    """Every call of one of these names in the product."""
    for path in sources():
        text = read(path)
        if any(f"{name}(" in text for name in names):
            yield from (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and called(node) in names)


def called(call: ast.Call) -> str:
    """The name that is called; empty if it is more than a name."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _patterns(part: ast.expr) -> Iterator[str]:
    """The texts of an argument, be it a choice between two; those of a call within it are found by themselves."""
    assert not isinstance(part, ast.JoinedStr), f"a pattern is filled by name: {ast.unparse(part)}"
    if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
        yield part.value
    elif isinstance(part, ast.IfExp):
        yield from (*_patterns(part.body), *_patterns(part.orelse))


def translated(file: str) -> dict[str, str]:
    """The sentences of a file, by the English ones."""
    found: dict[str, str] = yaml.safe_load((ROOT / "ioc/text" / file).read_text(encoding="utf-8"))
    return found


# What pydantic may find wrong with values of a kind; of the kinds that hold others, with what holds them.
FOUND = {
    "any": "",
    "bool": "bool_type bool_parsing",
    "date": "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact",
    "datetime": "datetime_type datetime_parsing datetime_from_date_parsing",
    "decimal": "decimal_type decimal_parsing finite_number greater_than greater_than_equal less_than less_than_equal",
    "dict": "dict_type too_short too_long",
    "enum": "enum",
    "float": "float_type float_parsing finite_number greater_than greater_than_equal less_than less_than_equal",
    "frozenset": "frozen_set_type set_item_not_hashable",
    "int": "int_type int_parsing int_parsing_size int_from_float greater_than greater_than_equal less_than less_than_equal",
    "is-instance": "is_instance_of",
    "literal": "literal_error",
    "model": "model_type",
    "str": "string_type string_unicode string_too_short string_too_long string_pattern_mismatch",
    "tagged-union": "union_tag_invalid union_tag_not_found model_attributes_type",
    "time": "time_type time_parsing",
    "timedelta": "time_delta_type time_delta_parsing greater_than greater_than_equal less_than less_than_equal",
    "tuple": "tuple_type too_short too_long",
}
# What only holds others; keys that are missing or not known are told in words of ours, and so is what a function of ours finds.
HOLDING = {"default", "definition-ref", "definitions", "function-after", "function-before", "function-plain", "function-wrap"} | {
    *("json-or-python", "lax-or-strict", "model-field", "model-fields", "no-info", "nullable", "union", "with-info")
}
CONTEXT: dict[str, Any] = {
    **dict.fromkeys(("gt", "ge", "lt", "le", "min_length", "max_length", "actual_length"), 1),
    **dict.fromkeys(("expected", "pattern", "field_type", "error", "class_name", "class", "discriminator", "tag", "expected_tags"), "x"),
}


def patterns_of(kind: str) -> Iterator[str]:
    """The patterns of what may be wrong with a kind of value, as ``explain`` tells them."""
    for fault in FOUND[kind].split():
        template = PydanticKnownError(cast("Any", fault), CONTEXT).message_template
        yield template[:1].lower() + template[1:]


def kinds() -> set[str]:
    """The kinds of values that a catalogue, a config.yaml and the story of the demonstration may hold."""
    found, seen = set[str](), set[int]()

    def look(schema: object) -> None:
        if id(schema) in seen:
            return
        seen.add(id(schema))
        if isinstance(schema, dict):
            found.update({schema["type"]} if isinstance(schema.get("type"), str) else ())
            for key, value in schema.items():
                if key not in {"metadata", "serialization"}:
                    look(value)
        elif isinstance(schema, list | tuple):
            for each in schema:
                look(each)

    for model in (Settings, Catalogue, Story, *(kind.options for kind in KINDS.values())):
        look(model.__pydantic_core_schema__)
    return found - HOLDING


def test_every_fault_of_catalogue_and_configuration_is_told_in_vietnamese() -> None:
    assert kinds() == set(FOUND), "what pydantic says of a kind of value has its sentence too"
    known, shared = translated("configuration.yaml"), translated("faults.yaml")
    theirs = {pattern for kind in FOUND for pattern in patterns_of(kind)}
    ours = {*spoken(), *PROBLEMS, *map(os.strerror, OF_SYSTEM)}
    assert known.keys() & shared.keys() == set(), "told twice"
    assert (ours | theirs) - known.keys() - shared.keys() == set(), "not translated"
    assert known.keys() - ours - theirs == set(), "said by nobody"
    assert {english for english in ours & known.keys() if places(english) != places(known[english])} == set()
    assert {english for english in theirs if not places(known[english]) <= places(english)} == set()


def test_what_a_check_of_a_model_says_knows_its_pattern() -> None:
    plain = {ast.unparse(part) for call in calls({"ValueError"}) for part in call.args if not isinstance(part, ast.Call)}
    assert plain == {"'another issuer'"}, "of these, none is raised while a configuration is read"
