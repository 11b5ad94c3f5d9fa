"""The words of a language, by key. A key that does not exist is an error, not an empty label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from ioc.errors import BadQuestion, ConfigError, Fault, IocError, Refusal, Said, UnknownName, nearest

LANGUAGES = ("vi", "en")
# Of more names than this none is listed.
MOST_NAMES = 12
# Ten times as fast where the library was built with it, as its wheels are; for texts of ours alone, since one that is nested deeply enough
# would end the process.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
            parts, values = (found["what"], found["hint"]), _again(found["values"])
        except (ValueError, TypeError, KeyError):
            return kept
        return " ".join(self.say(Said(part, **values)) for part in parts if part)

    def say(self, said: str) -> str:
        """A sentence that knows its pattern; any other text is what it is."""
        if not isinstance(said, Said):
            return said
        pattern = self.faults.get(said.pattern, said.pattern)
        filling = {name: self.say(value) if isinstance(value, Said) else value for name, value in said.values.items()}
        return pattern.format_map(filling) if filling else pattern

    def fault(self, fault: Fault) -> str:
        """A fault of a file, with its line and how to mend it."""
        return f"{fault.file}:{fault.line}: {self.say(fault.what)} {self.say(fault.hint)}".rstrip()

    def told(self, error: IocError) -> tuple[str, str]:
        """What is wrong, and how to mend it. What only those who run the product are told, and has no translation, is in English."""
        if isinstance(error, BadQuestion):
            return self(f"question.{error.fault}", **error.values), self(f"question.{error.fault}_hint", **error.values)
        if isinstance(error, Refusal):
            return self(f"refusal.{error.fault}", **error.values), self(f"refusal.{error.fault}_hint", **error.values)
        if isinstance(error, UnknownName):
            near = nearest(error.name, error.known)
            key, names = ("unknown.nearest", near) if near else ("unknown.known", sorted(error.known, key=_made_for_each))
            listed = ", ".join(f"“{name}”" for name in names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
            return self(f"unknown.{error.kind}", name=error.name), self(key, names=listed) if names else ""
        if isinstance(error, ConfigError):
            return "\n".join(map(self.fault, error.faults)), ""
        return self.say(error.what), self.say(error.hint)


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> Words:
    """The words of ``vi`` or ``en``; of any other language, the Vietnamese ones."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    text = resources.files("ioc.text").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return Words(name, dict(_flat(yaml.load(text, _LOADER))), _faults() if name == "vi" else {})


def _made_for_each(name: str) -> tuple[bool, str]:
    """What a template makes for each unit, as ``department:vp``, comes after what was given a name."""
    return ":" in name, name


def _faults() -> dict[str, str]:
    """The Vietnamese sentences for what is wrong with sources, catalogue and configuration, by the English ones in the code."""
    texts = (resources.files("ioc.text").joinpath(file).read_text(encoding="utf-8") for file in ("faults.yaml", "configuration.yaml"))
    return {english: told for text in texts for english, told in yaml.load(text, _LOADER).items()}


def _again(values: Mapping[str, Any]) -> dict[str, Any]:
    """What fills a pattern, as ``ioc.errors.kept`` has kept it."""
    return {name: Said(value["what"], **_again(value["values"])) if isinstance(value, Mapping) else value for name, value in values.items()}


def _flat(tree: Mapping[Any, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = {True: "yes", False: "no"}.get(key, key) if isinstance(key, bool) else key
        path = f"{prefix}{name}"
        found += _flat(value, f"{path}.") if isinstance(value, Mapping) else [(path, str(value))]
    return found
