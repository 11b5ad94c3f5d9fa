"""Reads a catalogue folder: every *.yaml in it, merged by id, validated and cross-checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ioc.catalogue.check import check
from ioc.catalogue.derived import written_out
from ioc.catalogue.model import Catalogue
from ioc.catalogue.partial import partial, speaks_of
from ioc.catalogue.source import Document, Location, explain, read_yaml
from ioc.errors import ConfigError, Fault, Said, did_you_mean

BUILT_IN = Path(__file__).parent


@dataclass
class _Merged:
    """What all files of a folder say together, and which file said what."""

    folder: str
    data: dict[str, Any] = field(default_factory=dict)
    origin: dict[Location, Document] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: Location, what: Said, hint: Said) -> Fault:
        """A fault at a path of the merged data, in the file that it came from."""
        for length in (3, 2, 1):
            document = self.origin.get(path[:length])
            if document:
                return document.fault(path, what, hint)
        return Fault(self.folder, 1, what, hint)


def load(folder: Path, shown_as: str | None = None) -> Catalogue:
    """Load and check a catalogue.

    Args:
        folder: where its YAML files are, at any depth.
        shown_as: how faults name the folder.

    Raises:
        ConfigError: with every fault found, each with file, line and how to mend it.
    """
    shown = shown_as or str(folder)
    merged = _merge(folder, shown)
    try:
        catalogue = Catalogue.model_validate(merged.data)
    except ValidationError as error:
        merged.faults += [merged.fault(path, what, hint) for path, what, hint in explain(Catalogue, error)]
        rest, missing = partial(Catalogue, merged.data)
        found = check(rest) if rest else ()
        merged.faults += [merged.fault(path, what, hint) for path, what, hint in found if not speaks_of(what, missing)]
        raise ConfigError(sorted(set(merged.faults))) from None
    merged.faults += [merged.fault(path, what, hint) for path, what, hint in check(catalogue)]
    if merged.faults:
        raise ConfigError(sorted(set(merged.faults)))
    return written_out(catalogue)


def _merge(folder: Path, shown: str) -> _Merged:
    merged = _Merged(shown)
    files = sorted(folder.rglob("*.yaml")) + sorted(folder.rglob("*.yml"))
    if not folder.is_dir():
        known = [path.name for path in BUILT_IN.iterdir() if path.is_dir() and any(path.glob("*.yaml"))]
        raise ConfigError([Fault(shown, 1, Said("There is no such catalogue folder."), did_you_mean(folder.name, known))])
    if not files:
        raise ConfigError(
            [Fault(shown, 1, Said("This catalogue folder holds no YAML file."), Said("Add one, or point to another folder."))]
        )
    for path in files:
        document, faults = read_yaml(path, f"{shown}/{path.relative_to(folder).as_posix()}")
        merged.faults += faults
        if document is not None:
            _add(merged, document)
    return merged


def _add(merged: _Merged, document: Document) -> None:
    if not isinstance(document.data, dict):
        merged.faults.append(
            document.fault((), Said("A catalogue file holds sections with names."), Said("Begin with one such as “indicators:”."))
        )
        return
    for section, content in document.data.items():
        merged.origin.setdefault((section,), document)
        if section == "codes" and isinstance(content, dict):
            lists = merged.data.setdefault(section, {})
            for name, codes in content.items():
                merged.origin.setdefault((section, name), document)
                _add_entries(merged, document, (section, name), codes, lists)
        else:
            _add_entries(merged, document, (section,), content, merged.data)


def _add_entries(merged: _Merged, document: Document, path: Location, content: Any, into: dict[str, Any]) -> None:
    """Merge one mapping of entries; an id that another file has already is a fault that names both places."""
    name = str(path[-1])
    if content is None:
        return
    if not isinstance(content, dict) or name == "organisation":
        into[name] = content
        return
    entries = into.setdefault(name, {})
    for key, value in content.items():
        here = (*path, key)
        if key in entries:
            other = merged.origin[here]
            merged.faults.append(
                document.fault(
                    here,
                    Said("“{key}” is in {name} twice.", key=key, name=name),
                    Said("The other is in {file}:{line}.", file=other.file, line=other.line(here)),
                )
            )
            continue
        merged.origin[here] = document
        entries[key] = value
