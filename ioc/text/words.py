"""The words of a language, by key. A key that does not exist is an error, not an empty label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    def __call__(self, key: str, **values: object) -> str:
        """The words under a key, with the values filled in. KeyError if there are none."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def finding(self, kind: str, column: str, usual: str, found: str) -> str:
        """How a feed's delivery differs from the usual, in a sentence."""
        if kind == "kind":
            usual, found = self(f"finding.kinds.{usual}"), self(f"finding.kinds.{found}")
        return self(f"finding.{kind}", column=column, usual=usual, found=found)

    def told(self, error: IocError) -> tuple[str, str]:
        """What is wrong, and how to mend it. What only those who run the product are told is in English in any language."""
        if isinstance(error, BadQuestion):
            return self(f"question.{error.fault}", **error.values), self(f"question.{error.fault}_hint")
        if isinstance(error, Refusal):
            return self(f"refusal.{error.fault}", **error.values), self(f"refusal.{error.fault}_hint")
        if isinstance(error, UnknownName):
            near = nearest(error.name, error.known)
            known = sorted(error.known) if len(error.known) <= MOST_NAMES else []
            key, names = ("unknown.nearest", near) if near else ("unknown.known", known)
            listed = ", ".join(f"“{name}”" for name in names)
            return self(f"unknown.{error.kind}", name=error.name), self(key, names=listed) if names else ""
        return error.what, error.hint


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> Words:
    """The words of ``vi`` or ``en``; of any other language, the Vietnamese ones."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    text = resources.files("ioc.text").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return Words(name, dict(_flat(yaml.safe_load(text))))


def _flat(tree: Mapping[Any, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = {True: "yes", False: "no"}.get(key, key) if isinstance(key, bool) else key
        path = f"{prefix}{name}"
        found += _flat(value, f"{path}.") if isinstance(value, Mapping) else [(path, str(value))]
    return found
