"""Vietnamese and English say the same things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_sources.registry import KINDS
from tests.house.tree import ROOT

VI, EN = Path("ioc/text/vi.yaml"), Path("ioc/text/en.yaml")


def keys(node: Any, path: str = "") -> Iterator[str]:
    """The dotted path of every text below the node."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from keys(value, f"{path}.{key}" if path else str(key))
    else:
        yield path


def test_both_languages_hold_the_same_keys() -> None:
    missing = [str(path) for path in (VI, EN) if not (ROOT / path).is_file()]
    if missing:
        pytest.skip(f"not there yet: {', '.join(missing)}")
    vi, en = (set(keys(yaml.safe_load((ROOT / path).read_text(encoding="utf-8")))) for path in (VI, EN))
    assert vi == en, f"only in Vietnamese: {sorted(vi - en)}; only in English: {sorted(en - vi)}"


def test_every_kind_of_feed_has_a_name_for_people() -> None:
    assert set(yaml.safe_load((ROOT / VI).read_text(encoding="utf-8"))["feed"]["kinds"]) == set(KINDS)
