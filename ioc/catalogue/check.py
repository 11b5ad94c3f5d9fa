"""Cross-checks of a whole catalogue: what no single entry can know. Yields (path, what, hint); see ``load.py``."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ioc.catalogue.check_goals import check_goals
from ioc.catalogue.expression import BadExpression, parse
from ioc.catalogue.kinds import KIND_OF_FIELD, Kind
from ioc.catalogue.model import Catalogue, FieldType, Indicator, Measure, RecordType
from ioc.catalogue.screens import check_maps, check_screens
from ioc.catalogue.source import Location
from ioc.errors import did_you_mean

Finding = tuple[Location, str, str]
_NEEDS_VALUE = {Measure.SUM, Measure.MEAN, Measure.MEDIAN, Measure.PERCENTILE}
_OVER_RECORDS = _NEEDS_VALUE | {Measure.RATIO, Measure.COUNT}
MOMENTS = (FieldType.DATE, FieldType.TIMESTAMP)


def check(catalogue: Catalogue) -> Iterator[Finding]:
    """Every fault between the entries of a catalogue."""
    for name, record in catalogue.records.items():
        yield from _record(catalogue, ("records", name), record)
    for name, indicator in catalogue.indicators.items():
        yield from _indicator(catalogue, ("indicators", name), indicator)
    for name in catalogue.indicators:
        yield from _cycle(catalogue, name)
    for name, goal in catalogue.goals.items():
        yield from _known(("goals", name, "indicator"), "indicator", goal.indicator, catalogue.indicators)
    yield from check_goals(catalogue)
    for name, milestone in catalogue.milestones.items():
        yield from _known(("milestones", name, "owner"), "unit", milestone.owner, catalogue.units)
        for index, companion in enumerate(milestone.companions):
            yield from _known(("milestones", name, "companions", index), "indicator", companion, catalogue.indicators)
    yield from _units(catalogue)
    yield from check_screens(catalogue.screens, catalogue.playlists, catalogue.screens, catalogue)
    yield from check_maps(catalogue.maps, catalogue)


def _known(path: Location, kind: str, name: str | None, known: Collection[str]) -> Iterator[Finding]:
    if name is not None and name not in known:
        yield path, f"There is no {kind} “{name}”.", did_you_mean(name, known)


def _record(catalogue: Catalogue, path: Location, record: RecordType) -> Iterator[Finding]:
    for part in ("key", "version", "event"):
        yield from _known((*path, part), "field", getattr(record, part), record.fields)
    event = record.fields.get(record.event)
    if event and event.type not in MOMENTS:
        yield (
            (*path, "event"),
            f"“{record.event}” is {event.type}, not a date or timestamp.",
            "Name a field that says when it happened.",
        )
    key = record.fields.get(record.key)
    if key and not key.required:
        yield (*path, "fields", record.key), f"The key “{record.key}” must be required.", "Add “required: true”."
    for name, field in record.fields.items():
        if (field.type is FieldType.CODE) != (field.codes is not None):
            yield (*path, "fields", name), f"“{name}”: “codes” goes with “type: code”, and only with it.", ""
        lists = {*catalogue.codes, "units", "milestones"}
        yield from _known((*path, "fields", name, "codes"), "code list", field.codes, lists)
    for index, dimension in enumerate(record.dimensions):
        yield from _known((*path, "dimensions", index), "field", dimension, record.fields)
    for index, cube in enumerate(record.cubes):
        for dimension in cube:
            yield from _known((*path, "cubes", index), "dimension", dimension, record.dimensions)
    for name, rule in record.rules.items():
        yield from _expression((*path, "rules", name, "check"), rule.check, record, Kind.BOOLEAN)
    yield from _listing((*path, "listing"), record)


def _listing(path: Location, record: RecordType) -> Iterator[Finding]:
    listing = record.listing
    for name, computed in listing.computed.items():
        if name in record.fields:
            yield (*path, "computed", name), f"“{name}” is a field already.", "Give the computed column another name."
        yield from _expression((*path, "computed", name, "value"), computed.value, record)
        if "period_end" in computed.value:
            yield (
                (*path, "computed", name, "value"),
                "A list of records has no period that could end.",
                "Write “today” instead of “period_end”.",
            )
    columns = [*record.fields, *listing.computed]
    for part, names in (("columns", listing.columns), ("order", [each.removeprefix("-") for each in listing.order])):
        for index, each in enumerate(names):
            yield from _known((*path, part, index), "column", each, columns)


def _expression(path: Location, text: str | None, record: RecordType, kind: Kind | None = None) -> Iterator[Finding]:
    if text is None:
        return
    try:
        found = parse(text, {name: KIND_OF_FIELD[field.type] for name, field in record.fields.items()})
    except BadExpression as error:
        yield path, error.what, error.hint
        return
    if kind and found.kind is not kind:
        yield path, f"“{text}” gives {found.kind}, but {kind} is needed here.", ""


def _indicator(catalogue: Catalogue, path: Location, spec: Indicator) -> Iterator[Finding]:
    yield from _known((*path, "owner"), "unit", spec.owner, catalogue.units)
    yield from _known((*path, "group"), "group", spec.group, catalogue.groups)
    if spec.measure in _OVER_RECORDS:
        yield from _over_records(catalogue, path, spec)
    elif spec.measure is Measure.CHANGE:
        yield from _known((*path, "of"), "indicator", spec.of, catalogue.indicators)
        if spec.of is None or spec.baseline is None:
            yield path, "A change needs “of” (an indicator) and “baseline”.", "Add both."
    elif not spec.parts:
        yield path, "A composite needs “parts”.", "List the indicators that it is made of, each with its points."
    for index, part in enumerate(spec.parts):
        yield from _known((*path, "parts", index, "indicator"), "indicator", part.indicator, catalogue.indicators)


def _over_records(catalogue: Catalogue, path: Location, spec: Indicator) -> Iterator[Finding]:
    if spec.record is None:
        yield path, "“record” is missing: whose records does it count?", did_you_mean("", catalogue.records)
        return
    yield from _known((*path, "record"), "record type", spec.record, catalogue.records)
    record = catalogue.records.get(spec.record)
    if record is None:
        return
    yield from _expression((*path, "counts"), spec.counts, record, Kind.BOOLEAN)
    yield from _expression((*path, "succeeds"), spec.succeeds, record, Kind.BOOLEAN)
    yield from _expression((*path, "value"), spec.value, record, Kind.NUMBER)
    yield from _expression((*path, "total"), spec.total, record, Kind.NUMBER)
    yield from _parts(path, spec)
    if (spec.measure is Measure.PERCENTILE) != (spec.percentile is not None):
        yield (*path, "percentile"), "“percentile” goes with “measure: percentile”, and only with it.", ""
    if spec.stock and spec.measure not in {Measure.RATIO, Measure.COUNT, Measure.SUM}:
        yield (*path, "stock"), f"A {spec.measure} cannot be a stock.", "Use ratio, count or sum."
    if spec.at is None:
        yield (*path, "at"), "“at” is missing: by which date do its records belong to a period?", ""
    dates = {"at": spec.at} | ({"leaves": spec.stock.leaves, "succeeds_at": spec.stock.succeeds_at} if spec.stock else {})
    for part, name in dates.items():
        yield from _date_field((*path, part), name, record)
    for index, dimension in enumerate(spec.dimensions or ()):
        yield from _known((*path, "dimensions", index), "dimension", dimension, record.dimensions)


def _parts(path: Location, spec: Indicator) -> Iterator[Finding]:
    """Whether what is added up goes with the measure."""
    ratio = spec.measure is Measure.RATIO
    if ratio and spec.total is not None:
        if spec.succeeds is None and spec.value is None:
            yield (*path, "total"), "A ratio of sums needs “value”, “succeeds” or both: what stands above the line?", ""
        return
    hint = "Add “total” for a ratio of two sums." if ratio else ""
    for part, needed in (("succeeds", ratio), ("value", spec.measure in _NEEDS_VALUE), ("total", False)):
        if needed != (getattr(spec, part) is not None):
            state = "is missing" if needed else "does not belong"
            yield (*path, part), f"“{part}” {state} in an indicator of measure “{spec.measure}”.", "" if part == "total" else hint


def _date_field(path: Location, name: str | None, record: RecordType) -> Iterator[Finding]:
    yield from _known(path, "field", name, record.fields)
    if name in record.fields and record.fields[name].type not in MOMENTS:
        yield path, f"“{name}” is {record.fields[name].type}, not a date or timestamp.", ""


def _cycle(catalogue: Catalogue, start: str) -> Iterator[Finding]:
    seen: set[str] = set()
    queue = [start]
    while queue:
        spec = catalogue.indicators.get(queue.pop())
        for name in [part.indicator for part in spec.parts] + ([spec.of] if spec.of else []) if spec else []:
            if name == start:
                yield ("indicators", start), f"“{start}” is made of itself.", "Remove it from its own parts."
                return
            if name not in seen:
                seen.add(name)
                queue.append(name)


def _units(catalogue: Catalogue) -> Iterator[Finding]:
    yield from _known(("organisation", "root"), "unit", catalogue.organisation.root, catalogue.units)
    for code, unit in catalogue.units.items():
        yield from _known(("units", code, "parent"), "unit", unit.parent, catalogue.units)
        if unit.valid_to and unit.valid_to < unit.valid_from:
            yield ("units", code, "valid_to"), f"“{code}” ends before it begins.", ""
        seen, above = {code}, unit.parent
        while above in catalogue.units:
            if above in seen:
                yield ("units", code, "parent"), f"“{code}” stands above itself.", "Mend the parents."
                break
            seen.add(above)
            above = catalogue.units[above].parent
