"""The reference of the catalogue names every key that its models have, and no other."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from ioc.catalogue.alerts import AlertSettings
from ioc.catalogue.contract import Contract
from ioc.catalogue.mapping import Mapping
from ioc.catalogue.model import Catalogue, Measure, Text
from tests.house.tree import read

REFERENCES = ("docs/reference/catalogue.md", "docs/reference/screens.md", "docs/reference/alerts.md")


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    """A model and all that stand in it, words left out."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind is not Text:
            yield kind
            for field in kind.model_fields.values():
                yield from models_in(field.annotation)
    for argument in typing.get_args(kind):
        yield from models_in(argument)


MODELS = {model.__name__: model for root in (Catalogue, Mapping, Contract, AlertSettings) for model in models_in(root)}


def section(name: str) -> str:
    """What stands under a heading."""
    found = re.search(rf"^## {name}$(.*?)(?=^## |\Z)", "\n".join(map(read, REFERENCES)), re.MULTILINE | re.DOTALL)
    assert found, f"no reference has no section “{name}”"
    return found[1]


@pytest.mark.parametrize("name", MODELS)
def test_every_key_is_told(name: str) -> None:
    table = re.search(r"^\| key \| meaning \|\n\|---\|---\|\n((?:\|.*\n?)+)", section(name), re.MULTILINE)
    assert table
    keys = [key for row in table[1].splitlines() for key in re.findall(r"(\*\*)?`([a-z_]+)`", row.split("|")[1])]
    fields = {field.alias or key: field.is_required() for key, field in MODELS[name].model_fields.items()}
    assert {key: bool(bold) for bold, key in keys} == fields


def test_every_measure_is_told() -> None:
    table = section("Indicator").split("| measure | needs | value |")[1]
    assert {name for row in table.splitlines() for name in re.findall(r"`([a-z]+)`", row.split("|")[1] if "|" in row else "")} >= set(
        Measure
    )
