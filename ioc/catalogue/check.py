"""Cross-checks of a whole catalogue: what no single entry can know. Yields (path, what, hint); see ``load.py``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date, timedelta

from ioc.catalogue.check_distinct import check_distinct
from ioc.catalogue.check_durations import check_durations
from ioc.catalogue.check_goals import check_goals
from ioc.catalogue.check_ratio import check_ratio
from ioc.catalogue.check_screens import check_maps, check_screens
from ioc.catalogue.civil_time import SATURDAY
from ioc.catalogue.derived import names_of
from ioc.catalogue.expression import PARAMETERS, BadExpression, parse
from ioc.catalogue.kinds import Kind
from ioc.catalogue.model import Catalogue, FieldType, Indicator, Measure, OrgUnit, RecordType
from ioc.catalogue.source import Finding, Location
from ioc.errors import Said, did_you_mean, joined

_NEEDS_VALUE = {Measure.SUM, Measure.MEAN, Measure.MEDIAN, Measure.PERCENTILE}
_OVER_RECORDS = _NEEDS_VALUE | {Measure.RATIO, Measure.COUNT, Measure.DISTINCT}
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
        yield from _known(("goals", name, "indicator"), Said("indicator"), goal.indicator, catalogue.indicators)
    yield from check_goals(catalogue)
    for name, milestone in catalogue.milestones.items():
        yield from _known(("milestones", name, "owner"), Said("unit"), milestone.owner, catalogue.units)
        for index, companion in enumerate(milestone.companions):
            yield from _known(("milestones", name, "companions", index), Said("indicator"), companion, catalogue.indicators)
    yield from _units(catalogue)
    yield from check_screens(catalogue.screens, catalogue.playlists, catalogue.screens, catalogue)
    yield from check_maps(catalogue.maps, catalogue)
    for code, unit in catalogue.units.items():
        yield from _successors(catalogue, ("units", code), unit)
    yield from _working_time(catalogue)


def _known(path: Location, kind: Said, name: str | None, known: Collection[str]) -> Iterator[Finding]:
    if name is not None and name not in known:
        yield path, Said("There is no {kind} “{name}”.", kind=kind, name=name), did_you_mean(name, known)


def _record(catalogue: Catalogue, path: Location, record: RecordType) -> Iterator[Finding]:
    for part in ("key", "version", "event"):
        yield from _known((*path, part), Said("field"), getattr(record, part), record.fields)
    event = record.fields.get(record.event)
    if event and event.type not in MOMENTS:
        yield (
            (*path, "event"),
            Said("“{event}” is {type}, not a date or timestamp.", event=record.event, type=event.type),
            Said("Name a field that says when it happened."),
        )
    key = record.fields.get(record.key)
    if key and not key.required:
        yield (*path, "fields", record.key), Said("The key “{key}” must be required.", key=record.key), Said("Add “required: true”.")
    for name, field in record.fields.items():
        if (field.type is FieldType.CODE) != (field.codes is not None):
            yield (*path, "fields", name), Said("“{name}”: “codes” goes with “type: code”, and only with it.", name=name), Said()
        lists = {*catalogue.codes, "units", "milestones"}
        yield from _known((*path, "fields", name, "codes"), Said("code list"), field.codes, lists)
    for index, dimension in enumerate(record.dimensions):
        yield from _known((*path, "dimensions", index), Said("field"), dimension, record.fields)
    for index, cube in enumerate(record.cubes):
        for dimension in cube:
            yield from _known((*path, "cubes", index), Said("dimension"), dimension, record.dimensions)
    yield from _derived(path, record)
    yield from _rules(path, record)
    yield from _listing((*path, "listing"), record)


def _rules(path: Location, record: RecordType) -> Iterator[Finding]:
    for name, rule in record.rules.items():
        yield from _expression((*path, "rules", name, "check"), rule.check, record, Kind.BOOLEAN)
        yield from _without_period((*path, "rules", name, "check"), rule.check, record, Said("A rule of records"))


def _without_period(path: Location, text: str, record: RecordType, what: Said) -> Iterator[Finding]:
    """Expressions that are asked outside of any period cannot speak of its end."""
    with suppress(BadExpression):
        if "period_end" in parse(text, names_of(record)).parameters:
            yield path, Said("{what} has no period that could end.", what=what), Said("Write “today” instead of “period_end”.")


def _listing(path: Location, record: RecordType) -> Iterator[Finding]:
    listing = record.listing
    for name, computed in listing.computed.items():
        if name in record.fields:
            yield (*path, "computed", name), Said("“{name}” is a field already.", name=name), Said("Give the computed column another name.")
        yield from _expression((*path, "computed", name, "value"), computed.value, record)
        yield from _without_period((*path, "computed", name, "value"), computed.value, record, Said("A list of records"))
    columns = [*record.fields, *listing.computed]
    for part, names in (("columns", listing.columns), ("order", [each.removeprefix("-") for each in listing.order])):
        for index, each in enumerate(names):
            yield from _known((*path, part, index), Said("column"), each, columns)


def _derived(path: Location, record: RecordType) -> Iterator[Finding]:
    """A derived name may speak of fields and of the names above it, so that none is made of itself."""
    names = names_of(record.model_copy(update={"derived": {}}))
    for name, text in record.derived.items():
        if name in names:
            yield (*path, "derived", name), Said("“{name}” is a field already.", name=name), Said("Give it another name.")
        try:
            names[name] = parse(text, dict(names)).kind
        except BadExpression as error:
            yield (*path, "derived", name), error.what, error.hint


def _expression(path: Location, text: str | None, record: RecordType, *kinds: Kind) -> Iterator[Finding]:
    if text is None:
        return
    try:
        found = parse(text, names_of(record))
    except BadExpression as error:
        yield path, error.what, error.hint
        return
    if kinds and found.kind not in kinds:
        yield (
            path,
            Said("“{text}” gives {kind}, but {wanted} is needed here.", text=text, kind=Said(found.kind), wanted=Said(kinds[0])),
            Said(),
        )


def _day(path: Location, text: str | None, record: RecordType) -> Iterator[Finding]:
    """Whether an expression gives the day on which a record counts, and always the same one."""
    yield from _expression(path, text, record, Kind.DATE, Kind.TIMESTAMP)
    for word in sorted(PARAMETERS):
        if text and re.search(rf"\b{word}\b", text):
            yield path, Said("“{text}” changes with “{word}”.", text=text, word=word), Said("Name a date that stays with its record.")


def _indicator(catalogue: Catalogue, path: Location, spec: Indicator) -> Iterator[Finding]:
    yield from _known((*path, "owner"), Said("unit"), spec.owner, catalogue.units)
    yield from _known((*path, "group"), Said("group"), spec.group, catalogue.groups)
    if spec.measure in _OVER_RECORDS:
        yield from _over_records(catalogue, path, spec)
    elif spec.measure is Measure.CHANGE:
        yield from _known((*path, "of"), Said("indicator"), spec.of, catalogue.indicators)
        if spec.of is None or spec.baseline is None:
            yield path, Said("A change needs “of” (an indicator) and “baseline”."), Said("Add both.")
    elif not spec.parts:
        yield path, Said("A composite needs “parts”."), Said("List the indicators that it is made of, each with its points.")
    for index, part in enumerate(spec.parts):
        yield from _known((*path, "parts", index, "indicator"), Said("indicator"), part.indicator, catalogue.indicators)
        if (part.indicator is None) == (part.label is None):
            yield (
                (*path, "parts", index),
                Said("A part has “indicator”, or else “label”."),
                Said("Name what measures it; or say what nothing here measures."),
            )
    if spec.measure is Measure.COMPOSITE:
        for index, dimension in enumerate(spec.dimensions or ()):
            yield from _common((*path, "dimensions", index), dimension, spec, catalogue)


def _conditions(path: Location, spec: Indicator, record: RecordType) -> Iterator[Finding]:
    yield from _expression((*path, "counts"), spec.counts, record, Kind.BOOLEAN)
    yield from _expression((*path, "succeeds"), spec.succeeds, record, Kind.BOOLEAN)


def _common(path: Location, dimension: str, spec: Indicator, catalogue: Catalogue) -> Iterator[Finding]:
    """Whether all parts of a composite can be split by a dimension."""
    for name in spec.made_of:
        if name in catalogue.indicators and dimension not in catalogue.dimensions_of(name):
            yield (
                path,
                Said("“{name}” cannot be split by “{dimension}”.", name=name, dimension=dimension),
                Said("Only what all parts can be split by splits a composite."),
            )


def _over_records(catalogue: Catalogue, path: Location, spec: Indicator) -> Iterator[Finding]:
    if spec.record is None:
        yield path, Said("“record” is missing: whose records does it count?"), did_you_mean("", catalogue.records)
        return
    yield from _known((*path, "record"), Said("record type"), spec.record, catalogue.records)
    record = catalogue.records.get(spec.record)
    if record is None:
        return
    yield from _conditions(path, spec, record)
    yield from _expression((*path, "value"), spec.value, record, Kind.NUMBER)
    yield from _expression((*path, "total"), spec.total, record, Kind.NUMBER)
    yield from _quantile(path, spec, record)
    yield from _parts(path, spec)
    yield from check_distinct(catalogue, path, spec, record)
    if spec.sample and (spec.measure is not Measure.RATIO or spec.total is not None or spec.stock):
        yield (*path, "sample"), Said("“sample” goes with a ratio of two counts of records."), Said("Leave it out.")
    if spec.hide_below and (spec.measure in {Measure.SUM, Measure.CHANGE, Measure.COMPOSITE} or spec.total is not None):
        yield (*path, "hide_below"), Said("“hide_below” goes with what tells how many records it counts."), Said("Leave it out.")
    if (spec.measure is Measure.PERCENTILE) != (spec.percentile is not None):
        yield (*path, "percentile"), Said("“percentile” goes with “measure: percentile”, and only with it."), Said()
    if spec.stock and spec.measure not in {Measure.RATIO, Measure.COUNT, Measure.SUM}:
        yield (*path, "stock"), Said("A {measure} cannot be a stock.", measure=spec.measure), Said("Use ratio, count or sum.")
    if spec.at is None:
        yield (*path, "at"), Said("“at” is missing: by which date do its records belong to a period?"), Said()
    yield from _versions(path, spec, record)
    if not any((*_expression(path, spec.value, record), *_expression(path, spec.total, record), *_rules(path, record))):
        yield from check_durations(path, spec, record)
    if spec.succeeds is not None and not any(_conditions(path, spec, record)):
        yield from check_ratio(path, spec)
    yield from _day((*path, "at"), spec.at, record)
    if spec.stock:
        yield from _day((*path, "stock", "leaves"), spec.stock.leaves, record)
        yield from _day((*path, "stock", "succeeds_at"), spec.stock.succeeds_at, record)
        yield from _day((*path, "stock", "succeeds_until"), spec.stock.succeeds_until, record)
    for index, dimension in enumerate(spec.dimensions or ()):
        yield from _known((*path, "dimensions", index), Said("dimension"), dimension, record.dimensions)


def _quantile(path: Location, spec: Indicator, record: RecordType) -> Iterator[Finding]:
    """The middle of values is read over all periods at once."""
    if spec.measure in {Measure.MEDIAN, Measure.PERCENTILE}:
        for key, text in (("counts", spec.counts), ("value", spec.value)):
            yield from _without_period((*path, key), text or "", record, Said("A {measure}", measure=spec.measure))


def _versions(path: Location, spec: Indicator, record: RecordType) -> Iterator[Finding]:
    """Whether formulas follow each other day by day, and can be read."""
    begins = [*(each.valid_from for each in spec.versions), spec.valid_from]
    for index, version in enumerate(spec.versions):
        here, following = (*path, "versions", index), begins[index + 1]
        if version.valid_from and version.valid_from > version.valid_to:
            yield here, Said("This formula ends before it begins."), Said("Exchange the two days.")
        if following is None:
            where = Said("the indicator") if index + 1 == len(spec.versions) else Said("the formula after it")
            yield (
                here,
                Said(
                    "This formula ends on {valid_to}, but {where} does not say from when on it is in force.",
                    valid_to=version.valid_to,
                    where=where,
                ),
                Said("Add “valid_from”."),
            )
        elif following != version.valid_to + timedelta(days=1):
            what = (
                Said("overlaps with the one after it")
                if following <= version.valid_to
                else Said("leaves days without any formula before the next")
            )
            hint = Said("The one after it should begin on {day}.", day=version.valid_to + timedelta(days=1))
            yield (
                here,
                Said(
                    "This formula ends on {valid_to} and {what}, which begins on {following}.",
                    valid_to=version.valid_to,
                    what=what,
                    following=following,
                ),
                hint,
            )
        yield from _expression((*here, "counts"), version.counts, record, Kind.BOOLEAN)
        yield from _expression((*here, "succeeds"), version.succeeds, record, Kind.BOOLEAN)
        yield from _expression((*here, "value"), version.value, record, Kind.NUMBER)
        yield from _expression((*here, "total"), version.total, record, Kind.NUMBER)
        yield from _day((*here, "at"), version.at, record)


def _parts(path: Location, spec: Indicator) -> Iterator[Finding]:
    """Whether what is added up goes with the measure."""
    ratio = spec.measure is Measure.RATIO
    if ratio and spec.total is not None:
        if spec.succeeds is None and spec.value is None:
            yield (*path, "total"), Said("A ratio of sums needs “value”, “succeeds” or both: what stands above the line?"), Said()
        return
    hint = Said("Add “total” for a ratio of two sums.") if ratio else Said()
    distinct = spec.measure is Measure.DISTINCT and spec.succeeds is not None
    for part, needed in (("succeeds", ratio or distinct), ("value", spec.measure in _NEEDS_VALUE), ("total", False)):
        if needed != (getattr(spec, part) is not None):
            state = Said("is missing") if needed else Said("does not belong")
            yield (
                (*path, part),
                Said("“{part}” {state} in an indicator of measure “{measure}”.", part=part, state=state, measure=spec.measure),
                Said() if part == "total" else hint,
            )


def _cycle(catalogue: Catalogue, start: str) -> Iterator[Finding]:
    seen: set[str] = set()
    queue = [start]
    while queue:
        spec = catalogue.indicators.get(queue.pop())
        for name in spec.made_of if spec else ():
            if name == start:
                yield ("indicators", start), Said("“{start}” is made of itself.", start=start), Said("Remove it from its own parts.")
                return
            if name not in seen:
                seen.add(name)
                queue.append(name)


def _successors(catalogue: Catalogue, path: Location, unit: OrgUnit) -> Iterator[Finding]:
    """One unit takes over from another, the day after: what passed to two would count twice, or nowhere."""
    here = (*path, "successors")
    for code in unit.successors:
        yield from _known(here, Said("unit"), code, catalogue.units)
    if unit.successors and unit.valid_to is None:
        yield here, Said("“{unit}” has a successor, but no end.", unit=path[1]), Said("Add “valid_to”.")
        return
    if len(unit.successors) > 1:
        listed = joined("{one} and {other}", [f"“{code}”" for code in unit.successors])
        hint = Said("Name the one that its records pass to, and give the codes of the others by “before” in the mappings of feeds.")
        yield here, Said("“{unit}” passes to {listed}: its records cannot belong to both.", unit=path[1], listed=listed), hint
    for code in unit.successors:
        following = catalogue.units.get(code)
        if (
            following
            and unit.valid_to
            and not following.valid_from <= unit.valid_to + timedelta(days=1) <= (following.valid_to or date.max)
        ):
            yield (
                here,
                Said(
                    "“{code}” does not exist on the day after “{unit}” ends ({valid_to}).", code=code, unit=path[1], valid_to=unit.valid_to
                ),
                Said("Mend the days of one."),
            )


def _working_time(catalogue: Catalogue) -> Iterator[Finding]:
    """Whether office hours run forwards, and worked days are days that would be off."""
    hours = catalogue.organisation.office_hours
    for index, each in enumerate(hours):
        if each.ends <= each.begins:
            yield (
                ("organisation", "office_hours", index),
                Said("Office hours end at {ends:%H:%M}, not after they begin ({begins:%H:%M}).", ends=each.ends, begins=each.begins),
                Said(),
            )
        elif index and each.begins < hours[index - 1].ends:
            yield (
                ("organisation", "office_hours", index),
                Said("Office hours overlap, or are out of order."),
                Said("Write them from morning to evening."),
            )
    for day, special in catalogue.calendar.items():
        if special.kind == "worked" and day.weekday() < SATURDAY:
            yield (
                ("calendar", str(day)),
                Said("{day} is worked anyhow: it is no Saturday or Sunday.", day=day),
                Said("Mend the day, or leave it out."),
            )


def _units(catalogue: Catalogue) -> Iterator[Finding]:
    yield from _known(("organisation", "root"), Said("unit"), catalogue.organisation.root, catalogue.units)
    for code, unit in catalogue.units.items():
        yield from _known(("units", code, "parent"), Said("unit"), unit.parent, catalogue.units)
        if unit.valid_to and unit.valid_to < unit.valid_from:
            yield ("units", code, "valid_to"), Said("“{code}” ends before it begins.", code=code), Said()
        seen, above = {code}, unit.parent
        while above in catalogue.units:
            if above in seen:
                yield ("units", code, "parent"), Said("“{code}” stands above itself.", code=code), Said("Mend the parents.")
                break
            seen.add(above)
            above = catalogue.units[above].parent
