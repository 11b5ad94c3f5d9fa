"""The reference of feeds tells every option of every kind, in the words of the options themselves."""

from __future__ import annotations

import re

import pytest
from pydantic.fields import FieldInfo

from data_sources.registry import KINDS
from tests.house.tree import read

REFERENCE = "docs/reference/feeds.md"


def told(name: str, field: FieldInfo) -> str:
    """A line of the table: the option, bold when it must be given, its default, its meaning."""
    assert field.description, f"{name} has no description"
    default = "" if field.is_required() or field.default in (None, "", ()) else f"`{str(field.default).lower()}`"
    option = f"**`{name}`**" if field.is_required() else f"`{name}`"
    meaning = field.description.rstrip(".").replace("|", "\\|")
    return f"| {option} | {default} | {meaning[0].lower()}{meaning[1:]} |"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_option_is_told(kind: str) -> None:
    fields = KINDS[kind].options.model_fields
    table = "\n".join(["| option | default | meaning |", "|---|---|---|", *(told(name, field) for name, field in fields.items())])
    section = re.search(rf"^## {kind}$(.*?)(?=^## |\Z)", read(REFERENCE), re.MULTILINE | re.DOTALL)
    assert section and table in section[1], f"{REFERENCE}, section “{kind}”, lacks:\n\n{table}\n"
