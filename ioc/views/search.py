"""Finds what has a page of its own by a few words: indicators, units, screens, feeds, codes, and single records by their code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ioc.catalogue.model import Catalogue, Text
from ioc.store.history import read_versions
from ioc.store.snapshot import Snapshot
from ioc.text.fold import folded
from ioc.views.model import Stamp

# So many of each kind are shown; whoever finds more says more.
MOST_OF_A_KIND = 8
# Shorter than this nothing is taken for a record's code.
SHORTEST_KEY = 4


class Found(StrEnum):
    """What can be found, in the order in which it is shown."""

    RECORD = "record"
    INDICATOR = "indicator"
    UNIT = "unit"
    SCREEN = "screen"
    CODE = "code"
    FEED = "feed"


@dataclass(frozen=True)
class Hit:
    """Something found.

    Attributes:
        kind, code: what it is, and its name in addresses.
        label: its words.
        note: a second line: whose it is, or what kind of code.
        record, field: of a code, the records that have it and the field that it stands in; of a record, its type.
    """

    kind: Found
    code: str
    label: str
    note: str = ""
    record: str = ""
    field: str = ""


@dataclass(frozen=True)
class SearchView:
    """What was found for some words, by kind; nothing for no words."""

    stamp: Stamp
    query: str
    groups: tuple[tuple[Found, tuple[Hit, ...]], ...]


@dataclass(frozen=True)
class Entry:
    """Something that can be found, with the folded words that it is found by: those of its name before those about it."""

    hit: Hit
    name: str
    about: str


def search_view(
    snapshot: Snapshot, stamp: Stamp, query: str, entries: Sequence[Entry], scope: tuple[str, ...] | None, language: str
) -> SearchView:
    """See ``SearchView``; ``entries`` are those of the language, ``scope`` the units whose records may be seen (None: all)."""
    wanted = re.findall(r"[\w.\-]+", folded(query))
    found = sorted((rank, entry.hit) for entry in entries if (rank := _rank(entry, wanted)) is not None) if wanted else []
    hits = [*_records(snapshot, query.strip(), scope, language), *(hit for _, hit in found)]
    groups = ((kind, tuple(hit for hit in hits if hit.kind is kind)[:MOST_OF_A_KIND]) for kind in Found)
    return SearchView(stamp, query, tuple(group for group in groups if group[1]))


def _rank(entry: Entry, wanted: Sequence[str]) -> tuple[int, int, str] | None:
    """How well an entry fits, the smaller the better; None if a word is missing. Words count from their beginning."""
    in_name = [_begins(word, entry.name) for word in wanted]
    if not all(here or _begins(word, entry.about) for word, here in zip(wanted, in_name, strict=True)):
        return None
    whole = 0 if entry.name.startswith(" ".join(wanted)) else 1
    return (whole + in_name.count(False) * 2, len(entry.name), entry.hit.code)


def _begins(word: str, text: str) -> bool:
    return text.startswith(word) or f" {word}" in text


def entries(catalogue: Catalogue, screens: Mapping[str, Text], feeds: Mapping[str, Text], language: str) -> tuple[Entry, ...]:
    """Everything that can be found by words, in a language; ids and codes are words too."""
    return tuple(_entries(catalogue, screens, feeds, language))


def _entries(catalogue: Catalogue, screens: Mapping[str, Text], feeds: Mapping[str, Text], language: str) -> Iterator[Entry]:
    for name, spec in catalogue.indicators.items():
        owner = catalogue.units[spec.owner].label.of(language)
        yield _entry(
            Hit(Found.INDICATOR, name, spec.label.of(language), owner), f"{spec.definition.of(language)} {spec.formula.of(language)}"
        )
    for code, unit in catalogue.units.items():
        yield _entry(Hit(Found.UNIT, code, unit.label.of(language)), unit.short.of(language) if unit.short else "")
    for kind, named in ((Found.SCREEN, screens), (Found.FEED, feeds)):
        for code, label in named.items():
            yield _entry(Hit(kind, code, label.of(language)))
    yield from _codes(catalogue, language)


def _codes(catalogue: Catalogue, language: str) -> Iterator[Entry]:
    """The codes of each list, under the first records that can be split by it."""
    seen = {"units", "milestones"}
    for record, spec in catalogue.records.items():
        for dimension in spec.dimensions:
            listed = spec.fields[dimension].codes
            if listed and listed not in seen:
                seen.add(listed)
                note = f"{spec.label.of(language)} · {spec.fields[dimension].label.of(language)}"
                for code, label in catalogue.code_list(listed).items():
                    yield _entry(Hit(Found.CODE, code, label.of(language), f"{note} · {code}", record, dimension))


def _entry(hit: Hit, about: str = "") -> Entry:
    name = folded(hit.label)
    return Entry(hit, name, folded(f"{hit.code} {hit.code.replace('_', ' ')} {hit.note} {about}"))


def _records(snapshot: Snapshot, key: str, scope: tuple[str, ...] | None, language: str) -> Iterator[Hit]:
    """The records that have exactly this code, as far as the viewer may see."""
    if len(key) < SHORTEST_KEY or " " in key:
        return
    for record, spec in snapshot.catalogue.records.items():
        versions = read_versions(snapshot, record, key)
        units = [name for name, field in spec.fields.items() if field.codes == "units"]
        if versions and (scope is None or all(versions[-1].fields[name] in scope for name in units)):
            yield Hit(Found.RECORD, key, key, spec.label.of(language), record)
