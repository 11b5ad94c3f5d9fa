"""What follows from a catalogue, written out: derived names wherever they are used, and the full points of scores within scores.

After this, rules and indicators speak of fields only, so that nothing behind the catalogue knows of derived names.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from ioc.catalogue.expression import BadExpression, parse
from ioc.catalogue.kinds import KIND_OF_FIELD, Kind
from ioc.catalogue.model import Catalogue, Indicator, RecordType

_EXPRESSIONS = ("counts", "succeeds", "value", "total", "at")
_OF_STOCK = ("leaves", "succeeds_at", "succeeds_until")


def names_of(record: RecordType) -> dict[str, Kind]:
    """What an expression about a record type may speak of, and what each name gives: fields, and derived names that can be read."""
    names = {name: KIND_OF_FIELD[field.type] for name, field in record.fields.items()}
    for name, text in record.derived.items():
        try:
            names[name] = parse(text, dict(names)).kind
        except BadExpression:
            continue
    return names


def written_out(catalogue: Catalogue) -> Catalogue:
    """The same catalogue, checked before, with the derived names of every expression replaced by what they stand for."""
    records = {name: _record(record) for name, record in catalogue.records.items()}
    indicators = {
        name: _scored(_indicator(spec, catalogue.records.get(spec.record or "")), catalogue) for name, spec in catalogue.indicators.items()
    }
    return catalogue.model_copy(update={"records": records, "indicators": indicators})


def _record(record: RecordType) -> RecordType:
    rules = {name: rule.model_copy(update={"check": _written_out(rule.check, record)}) for name, rule in record.rules.items()}
    computed = {name: each.model_copy(update={"value": _written_out(each.value, record)}) for name, each in record.listing.computed.items()}
    return record.model_copy(update={"rules": rules, "listing": record.listing.model_copy(update={"computed": computed})})


def _indicator(spec: Indicator, record: RecordType | None) -> Indicator:
    if record is None or not record.derived:
        return spec
    parts: dict[str, object] = {part: _written_out(text, record) for part in _EXPRESSIONS if (text := getattr(spec, part)) is not None}
    if spec.stock:
        stock = {part: _written_out(text, record) for part in _OF_STOCK if (text := getattr(spec.stock, part)) is not None}
        parts["stock"] = spec.stock.model_copy(update=stock)
    parts["versions"] = tuple(
        each.model_copy(update={part: _written_out(text, record) for part in _EXPRESSIONS if (text := getattr(each, part)) is not None})
        for each in spec.versions
    )
    return spec.model_copy(update=parts)


def _scored(spec: Indicator, catalogue: Catalogue) -> Indicator:
    """A score within a score brings all its points at all of its own, unless it is said when."""
    parts = []
    for part in spec.parts:
        of = catalogue.indicators[part.indicator].parts if part.indicator else ()
        whole = {"full_at": sum(each.points for each in of)} if of and "full_at" not in part.model_fields_set else {}
        parts.append(part.model_copy(update=whole))
    return spec.model_copy(update={"parts": tuple(parts)})


def _written_out(text: str, record: RecordType) -> str:
    if not record.derived:
        return text
    tree = sqlglot.parse_one(text)
    if not any(column.name in record.derived for column in tree.find_all(exp.Column)):
        return text
    return tree.transform(lambda node: _meaning(node, record)).sql()


def _meaning(node: exp.Expr, record: RecordType) -> exp.Expr:
    """What a node stands for: a derived name for its expression, in which names above it are written out in turn."""
    if not isinstance(node, exp.Column) or node.name not in record.derived:
        return node
    return exp.Paren(this=sqlglot.parse_one(_written_out(record.derived[node.name], record)))
