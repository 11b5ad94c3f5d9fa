"""Whether what an indicator counts once can be counted, and out of what."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.catalogue.model import Catalogue, Indicator, Measure, RecordType, Unit
from ioc.catalogue.source import Finding, Location
from ioc.errors import Said, did_you_mean


def check_distinct(catalogue: Catalogue, path: Location, spec: Indicator, record: RecordType) -> Iterator[Finding]:
    """The field, and the one way in which it may be a ratio."""
    if spec.measure is not Measure.DISTINCT:
        for part in ("distinct", "out_of"):
            if getattr(spec, part) is not None:
                yield (*path, part), Said("“{part}” goes with “measure: distinct”, and only with it.", part=part), Said()
        return
    if spec.distinct is None:
        yield (*path, "distinct"), Said("“distinct” is missing: of which field is each value counted once?"), Said()
    elif spec.distinct not in record.fields:
        yield (
            (*path, "distinct"),
            Said("“{distinct}” is not a field of the record type.", distinct=spec.distinct),
            did_you_mean(spec.distinct, record.fields),
        )
    elif spec.distinct == record.key:
        yield (
            (*path, "distinct"),
            Said("“{distinct}” is the key: no two records have the same.", distinct=spec.distinct),
            Said("Use “measure: count”, or “ratio”."),
        )
    if spec.out_of is not None:
        yield from _out_of(catalogue, path, spec)
    elif spec.unit is Unit.PERCENT and spec.succeeds is None:
        yield (*path, "unit"), Said("A number of things is not in per cent."), Said("Add “succeeds” or “out_of”, or write “unit: number”.")


def _out_of(catalogue: Catalogue, path: Location, spec: Indicator) -> Iterator[Finding]:
    whole = catalogue.indicators.get(spec.out_of or "")
    if whole is None:
        yield (
            (*path, "out_of"),
            Said("“{out_of}” is not an indicator.", out_of=spec.out_of),
            did_you_mean(spec.out_of or "", catalogue.indicators),
        )
    elif whole.measure is not Measure.COUNT:
        yield (
            (*path, "out_of"),
            Said("“{out_of}” does not say how many things there are.", out_of=spec.out_of),
            Said("Name one of measure “count”."),
        )
    elif (record := catalogue.records.get(whole.record or "")) and spec.distinct not in record.fields:
        yield (
            (*path, "out_of"),
            Said("What “{out_of}” counts has no field “{distinct}”.", out_of=spec.out_of, distinct=spec.distinct),
            Said("Its records must name the same things."),
        )
    if spec.succeeds is not None:
        yield (*path, "out_of"), Said("Either “out_of” says out of how many, or “succeeds” does."), Said("Leave one of them out.")
