"""One record explained: every version of it and where each came from, and which indicators count it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ioc.catalogue.branches import choices
from ioc.catalogue.clauses import Clause, Token, clauses
from ioc.catalogue.expression import parse
from ioc.catalogue.kinds import KIND_OF_FIELD
from ioc.catalogue.model import Catalogue, RecordType
from ioc.errors import Refusal, UnknownName
from ioc.indicators.drilldown import conditions_today
from ioc.store.history import KeptVersion, read_truths, read_versions
from ioc.store.snapshot import Snapshot
from ioc.store.tombstones import of_record
from ioc.views.model import Choice, Stamp
from ioc.views.records import plain, shown


@dataclass(frozen=True)
class FieldView:
    """A field and its value, as it is and for a reader; ``before`` is what the version before it said, where that was different."""

    field: Choice
    value: object
    said: object
    changed: bool = False
    before: object = None


@dataclass(frozen=True)
class VersionView:
    """A version: when it was the current one, where it came from, and what it changed; ``until`` as in ``KeptVersion``."""

    since: datetime
    until: datetime | None
    gone: bool
    feed: Choice
    delivery: str
    row: int | None
    changes: tuple[FieldView, ...]


@dataclass(frozen=True)
class Reason:
    """A condition of an indicator: its expression, the same as pieces whose fields and values are in words, and whether it holds."""

    expression: str
    pieces: tuple[Token, ...]
    holds: bool | None


@dataclass(frozen=True)
class Counting:
    """Whether an indicator counts a record now (in its denominator), and whether it succeeds (in its numerator).

    ``succeeds`` is None where the indicator has no numerator of its own; ``at`` is the field by whose date it belongs to a period,
    and ``on`` what it holds.
    """

    indicator: Choice
    counts: bool
    succeeds: bool | None
    at: str
    on: object
    why_counts: tuple[Reason, ...]
    why_succeeds: tuple[Reason, ...]


@dataclass(frozen=True)
class RecordView:
    """One record. ``fields`` is what it says at the moment asked for; ``gone`` that it has ceased to exist."""

    stamp: Stamp
    record: Choice
    key: str
    gone: bool
    fields: tuple[FieldView, ...]
    versions: tuple[VersionView, ...]
    countings: tuple[Counting, ...]


def record_view(
    snapshot: Snapshot,
    stamp: Stamp,
    record: str,
    key: str,
    scope: tuple[str, ...] | None,
    today: date,
    language: str,
    labels: dict[str, str],
) -> RecordView:
    """See ``RecordView``.

    Args:
        scope: the units whose records the viewer may see; None is all. A record of another unit is as good as not there.
        labels: the words for feeds.

    Raises:
        UnknownName: there is no such record type or record.
    """
    catalogue = snapshot.catalogue
    if record not in catalogue.records:
        raise UnknownName("record", record, catalogue.records)
    spec = catalogue.records[record]
    kept = read_versions(snapshot, record, key)
    current = next((each for each in kept if each.until is None), kept[-1] if kept else None)
    removed = None if current else of_record(snapshot, record, key)
    if removed and _within(spec, removed[1], scope):
        purge = removed[0]
        raise Refusal(
            "record_removed", 410, code=key, on=f"{purge.day:%d/%m/%Y}", before=f"{purge.horizon:%d/%m/%Y}", rule=purge.rule[language]
        )
    if current is None or not _within(spec, current.fields, scope):
        raise UnknownName("key", key, ())
    return RecordView(
        stamp=stamp,
        record=Choice(record, spec.label.of(language)),
        key=key,
        gone=current.gone,
        fields=tuple(_said(catalogue, spec, name, current.fields[name], language) for name in spec.fields),
        versions=tuple(_versions(catalogue, spec, kept, language, labels)),
        countings=() if current.gone else tuple(_countings(snapshot, record, key, current, today, language)),
    )


def _within(spec: RecordType, fields: Mapping[str, Any], scope: tuple[str, ...] | None) -> bool:
    return scope is None or all(fields[name] in scope for name, field in spec.fields.items() if field.codes == "units")


def _said(catalogue: Catalogue, spec: RecordType, name: str, value: object, language: str) -> FieldView:
    label = spec.fields[name].label.of(language)
    return FieldView(Choice(name, label), plain(catalogue, value), shown(catalogue, spec, name, value, language))


def _versions(
    catalogue: Catalogue, spec: RecordType, kept: list[KeptVersion], language: str, labels: dict[str, str]
) -> Iterator[VersionView]:
    """Each version with what it changed in the one before it; the first one says everything."""
    before: dict[str, Any] = {}
    for each in kept:
        changes = tuple(
            replace(
                _said(catalogue, spec, name, value, language),
                changed=name in before,
                before=shown(catalogue, spec, name, before.get(name), language),
            )
            for name, value in each.fields.items()
            if value != before.get(name)
        )
        before = each.fields
        yield VersionView(
            each.since, each.until, each.gone, Choice(each.feed, labels.get(each.feed, each.feed)), each.delivery, each.row, changes
        )


def _countings(snapshot: Snapshot, record: str, key: str, current: KeptVersion, today: date, language: str) -> Iterator[Counting]:
    """What every indicator of this record type makes of it, from two questions to the store: which branches of its conditions apply,
    and which of what they say holds."""
    catalogue = snapshot.catalogue
    spec = catalogue.records[record]
    kinds = {name: KIND_OF_FIELD[field.type] for name, field in spec.fields.items()}
    mine = {name: each for name, each in catalogue.indicators.items() if each.record == record}

    def truths_of(asked: Iterable[str]) -> dict[str, bool | None]:
        each_once = tuple(dict.fromkeys(asked))
        return dict(zip(each_once, read_truths(snapshot, record, key, each_once, today), strict=False))

    texts = {name: conditions_today(each, spec) for name, each in mine.items()}
    branches = truths_of(choice for several in texts.values() for text in several for choice in choices(parse(text, kinds).tree))
    taken = {name: [clauses(text, kinds, branches) for text in several] for name, several in texts.items()}
    truths = truths_of(clause.expression for sides in taken.values() for side in sides for clause in side)
    for name, each in mine.items():
        counted, *succeeded = (tuple(_reason(catalogue, spec, clause, truths, language) for clause in side) for side in taken[name])
        at = each.at or ""
        counts = all(reason.holds for reason in counted)
        yield Counting(
            Choice(name, each.label.of(language)),
            counts,
            counts and all(reason.holds for reason in succeeded[0]) if succeeded else None,
            spec.fields[at].label.of(language) if at in spec.fields else at,
            shown(catalogue, spec, at, current.fields.get(at), language),
            counted,
            succeeded[0] if succeeded else (),
        )


def _reason(catalogue: Catalogue, spec: RecordType, clause: Clause, truths: dict[str, bool | None], language: str) -> Reason:
    return Reason(
        clause.expression, tuple(_piece(catalogue, spec, token, language) for token in clause.tokens), truths.get(clause.expression)
    )


def _piece(catalogue: Catalogue, spec: RecordType, token: Token, language: str) -> Token:
    """A token with its field or code in words."""
    if token.kind == "field":
        return Token("field", spec.fields[token.text].label.of(language))
    if token.kind == "value" and token.field in spec.fields:
        return Token("value", str(shown(catalogue, spec, token.field, token.text, language)))
    return token
