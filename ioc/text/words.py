"""The words of a language, by key. A key that does not exist is an error, not an empty label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from ioc.errors import BadQuestion, IocError, Refusal, UnknownName, nearest

LANGUAGES = ("vi", "en")
# Of more names than this none is listed.
MOST_NAMES = 12


@dataclass(frozen=True)
class Words:
    """The words of one language: ``words("goal.by", day="31/12/2025")``."""

    language: str
    texts: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, key: str, **values: object) -> str:
        """The words under a key, with the values filled in. KeyError if there are none."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def finding(self, kind: str, column: str, usual: str, found: str) -> str:
        """How a feed's delivery differs from the usual, in a sentence."""
        if kind == "kind":
            usual, found = self(f"finding.kinds.{usual}"), self(f"finding.kinds.{found}")
        return self(f"finding.{kind}", column=column, usual=usual, found=found)

    def sentence(self, kept: str) -> str:
        """What is wrong with a feed, as ``IocError.kept`` has kept it; what was kept as a sentence is that sentence."""
        try:
            found = json.loads(kept)
            parts, values = (found["what"], found["hint"]), found["values"]
        except (ValueError, TypeError, KeyError):
            return kept
        told = (self.faults.get(part, part) for part in parts)
        return " ".join(part.format_map(values) if values else part for part in told if part)

    def told(self, error: IocError) -> tuple[str, str]:
        """What is wrong, and how to mend it. What only those who run the product are told, and has no translation, is in English."""
        if isinstance(error, BadQuestion):
            return self(f"question.{error.fault}", **error.values), self(f"question.{error.fault}_hint")
        if isinstance(error, Refusal):
            return self(f"refusal.{error.fault}", **error.values), self(f"refusal.{error.fault}_hint")
        if isinstance(error, UnknownName):
            near = nearest(error.name, error.known)
            key, names = ("unknown.nearest", near) if near else ("unknown.known", sorted(error.known))
            listed = ", ".join(f"“{name}”" for name in names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
            return self(f"unknown.{error.kind}", name=error.name), self(key, names=listed) if names else ""
        what, hint = (self.faults.get(part, part) for part in error.pattern)
        return (what.format_map(error.filling), hint.format_map(error.filling)) if error.filling else (what, hint)


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> Words:
    """The words of ``vi`` or ``en``; of any other language, the Vietnamese ones."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    text = resources.files("ioc.text").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return Words(name, dict(_flat(yaml.safe_load(text))), _faults() if name == "vi" else {})


def _faults() -> dict[str, str]:
    """The Vietnamese sentences for those of sources, by the English ones, which stand where they are raised."""
    found: dict[str, str] = yaml.safe_load(resources.files("ioc.text").joinpath("faults.yaml").read_text(encoding="utf-8"))
    return found


def _flat(tree: Mapping[Any, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = {True: "yes", False: "no"}.get(key, key) if isinstance(key, bool) else key
        path = f"{prefix}{name}"
        found += _flat(value, f"{path}.") if isinstance(value, Mapping) else [(path, str(value))]
    return found
