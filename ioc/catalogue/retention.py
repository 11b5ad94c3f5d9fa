"""How long records are kept as records, and which are not to be touched: the key ``retention`` of config.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pydantic import Field

from ioc.catalogue.entry import Entry, Id, Text
from ioc.catalogue.expression import BadExpression, parse
from ioc.catalogue.kinds import KIND_OF_FIELD, Kind
from ioc.catalogue.model import Catalogue, FieldType, RecordType
from ioc.catalogue.period import month_after
from ioc.catalogue.source import Finding
from ioc.errors import Said, both, did_you_mean

# Records that pages read one by one, each with all that it says: what is published about milestones and scores.
READ_SINGLY = frozenset({"milestone", "published_score"})


class Hold(Entry):
    """Records that stay whatever their age, such as those of a case before a court: ``where`` says which of a type; all if not given."""

    where: str | None = None
    reason: Text


class Retention(Entry):
    """How long records of a type are kept.

    Attributes:
        months: of records whose event is older than so many months, only what numbers are counted from is kept.
        rule: by which rule that is so, as it is told to whoever looks for such a record.
        unless: a record for which this is true is kept longer, such as ``completed_at IS NULL``.
        holds: what is kept until the hold is taken out.
    """

    months: int = Field(ge=1, le=1200)
    rule: Text
    unless: str | None = None
    holds: dict[Id, Hold] = {}


def horizon(months: int, today: date) -> date:
    """The first day of the month that lies so many months back: what happened before it is older."""
    return month_after(today, -months)


def counted_fields(catalogues: Iterable[Catalogue], record: str) -> frozenset[str]:
    """The fields from which numbers are counted, by any declaration there has been: of formulas and dimensions, and when it happened."""
    found: set[str] = set()
    for catalogue in catalogues:
        spec = catalogue.records.get(record)
        if spec is None:
            continue
        found |= {spec.event, *spec.dimensions, *([spec.version] if spec.version else [])}
        for indicator in catalogue.indicators.values():
            if indicator.record != record:
                continue
            for _, formula in indicator.formulas:
                stock = formula.stock
                texts = [formula.at, formula.counts, formula.succeeds, formula.value, formula.total, formula.distinct]
                texts += [stock.leaves, stock.succeeds_at, stock.succeeds_until] if stock else []
                for text in filter(None, texts):
                    found |= _names(text, spec)
    return frozenset(found)


def _names(text: str, spec: RecordType) -> frozenset[str]:
    return parse(text, {name: KIND_OF_FIELD[field.type] for name, field in spec.fields.items()}).names


def check_retention(retention: Mapping[str, Retention], catalogue: Catalogue) -> Iterator[Finding]:
    """What does not fit the catalogue: where, what, and how to mend it."""
    for record, kept in retention.items():
        where, spec = ("retention", record), catalogue.records.get(record)
        if spec is None:
            yield where, Said("There is no record type “{name}”.", name=record), did_you_mean(record, catalogue.records)
            continue
        if record in READ_SINGLY:
            yield where, Said("Records of “{record}” are shown one by one, whatever their age.", record=record), Said("Leave them out.")
        if spec.fields[spec.key].type is not FieldType.TEXT or spec.key in counted_fields([catalogue], record):
            yield (
                where,
                Said("Numbers are counted from the key “{key}” of “{record}”, or it is no text.", key=spec.key, record=record),
                Said("Leave the type out."),
            )
        if "unless" in kept.holds:
            yield (
                (*where, "holds", "unless"),
                Said("A hold cannot be called “unless”: that is what is not finished."),
                Said("Give it another name."),
            )
        texts = {("unless",): kept.unless} | {("holds", name, "where"): hold.where for name, hold in kept.holds.items()}
        for place, text in texts.items():
            if text is not None and (fault := _fault(text, spec)):
                yield (*where, *place), fault, Said("Write a condition over the record's fields, such as: completed_at IS NULL.")


def _fault(text: str, spec: RecordType) -> Said | None:
    try:
        found = parse(text, {name: KIND_OF_FIELD[field.type] for name, field in spec.fields.items()})
    except BadExpression as error:
        return both(error.what, error.hint)
    if found.kind is not Kind.BOOLEAN:
        return Said("“{text}” is neither true nor false.", text=text)
    return Said("A condition here may not speak of the end of a period.") if "period_end" in found.parameters else None
