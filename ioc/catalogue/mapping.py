"""How the columns of a source become the fields of a record type: declared in YAML with each feed, the same for every kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from ioc.catalogue.expression import BadExpression, Expression, parse
from ioc.catalogue.kinds import Kind
from ioc.catalogue.model import Catalogue, Entry, FieldType, RecordType
from ioc.catalogue.source import Finding
from ioc.errors import Said, did_you_mean


class _AnyName(dict[str, Kind]):
    """Accepts every column name as text: which columns a source has is known only when it delivers."""

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)

    def __missing__(self, key: str) -> Kind:
        return Kind.TEXT


def source_expression(text: str) -> Expression:
    """Parse an expression over source columns, all of which are text. Quote odd names: "case:id"."""
    return parse(text, _AnyName())


class FieldMap(Entry):
    """Where one field comes from: a column, a constant, or an expression over columns; then translated and read.

    ``values`` translates what the source says into what the catalogue says; a value that is not in it goes to
    ``otherwise``, or to quarantine. ``before`` says what it meant until a day: of a record whose event lies before that day, these
    translations go first. ``format`` is a strptime format (or several) for dates and moments.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    column: str | None = Field(default=None, alias="from")
    value: str | int | bool | None = None
    expr: str | None = None
    values: dict[str, str] | None = None
    otherwise: str | None = None
    before: dict[date, dict[str, str]] = {}
    format: str | tuple[str, ...] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is a column as it stands, neither translated nor written in a format of its own."""
        return self.column is not None and self.values is None and self.format is None


class Secrecy(Entry):
    """Where a source says how secret a record is. A record whose level is not in ``open`` is refused and only counted."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    column: str = Field(alias="from")
    open: tuple[str, ...]
    missing: Literal["open", "refuse"] = "refuse"


def _column(value: Any) -> Any:
    return {"from": value} if isinstance(value, str) else value


class Mapping(Entry):
    """The translation of one source.

    Attributes:
        fields: each field's origin; a bare text is the name of a column.
        keep: which rows are records at all (a condition over columns); other rows (sub-totals, footnotes) are counted as skipped.
        missing: what the source writes for “nothing”.
        decimal, thousands: how the source writes numbers.
        time_zone: in which it writes moments without offset; default the organisation's.
        deleted: which rows say that the record no longer exists (a condition over columns).
    """

    fields: dict[str, Annotated[FieldMap, BeforeValidator(_column)]]
    keep: str | None = None
    missing: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " "] = ""
    time_zone: str | None = None
    secrecy: Secrecy | None = None
    deleted: str | None = None

    def columns(self) -> set[str]:
        """The source columns that are read; all others are never stored."""
        names = {field.column for field in self.fields.values() if field.column}
        texts = [field.expr for field in self.fields.values() if field.expr]
        texts += [text for text in (self.keep, self.deleted) if text]
        for text in texts:
            names |= source_expression(text).names
        return names | ({self.secrecy.column} if self.secrecy else set())

    def kept_columns(self) -> set[str]:
        """The columns that a row in quarantine keeps: those that become fields as they are, and the level of secrecy."""
        names = {field.column for field in self.fields.values() if field.column}
        return names | ({self.secrecy.column} if self.secrecy else set())

    def again(self) -> Mapping:
        """The mapping of rows that come back from quarantine: what an expression cannot compute any more is what it gave before.

        They have been found to be records already (``keep``).
        """
        kept = self.kept_columns()
        fields = {
            key: field.model_copy(update={"expr": None, "column": f"={key}"})
            if field.expr and not source_expression(field.expr).names <= kept
            else field
            for key, field in self.fields.items()
        }
        deleted = "\"=deleted\" = 'true'" if self.deleted else None
        return self.model_copy(update={"fields": fields, "keep": None, "deleted": deleted})


def identity(record: RecordType) -> Mapping:
    """The mapping of a source whose columns are the fields themselves."""
    return Mapping(fields={name: FieldMap(column=name) for name in record.fields})


def check_mapping(mapping: Mapping, record: RecordType, catalogue: Catalogue) -> Iterator[Finding]:
    """Every fault between a mapping and the record type that it fills; paths are within the mapping."""
    for name in mapping.fields:
        if name not in record.fields:
            yield ("fields", name), Said("The record type has no field “{name}”.", name=name), did_you_mean(name, record.fields)
    for name, spec in record.fields.items():
        if spec.required and name not in mapping.fields:
            yield ("fields",), Said("The required field “{name}” is mapped to nothing.", name=name), Said("Say which column it comes from.")
    for name, field in mapping.fields.items():
        if name in record.fields:
            yield from _check_field(name, field, record, catalogue)
    for part in ("keep", "deleted"):
        yield from _check_expression((part,), getattr(mapping, part), Kind.BOOLEAN)


def _check_field(name: str, field: FieldMap, record: RecordType, catalogue: Catalogue) -> Iterator[Finding]:
    spec = record.fields[name]
    origins = [part for part in (field.column, field.value, field.expr) if part is not None]
    if len(origins) != 1:
        yield ("fields", name), Said("“{name}” needs exactly one of “from”, “value”, “expr”.", name=name), Said()
    yield from _check_expression(("fields", name, "expr"), field.expr, None)
    if field.format and spec.type not in {FieldType.DATE, FieldType.TIMESTAMP}:
        yield (
            ("fields", name, "format"),
            Said("“{name}” is {type}: a format is for dates and timestamps.", name=name, type=spec.type),
            Said(),
        )
    if field.before and (field.column is None or spec.type not in {FieldType.CODE, FieldType.TEXT}):
        yield (
            ("fields", name, "before"),
            Said("“before” translates codes or text that come from a column; “{name}” is not that.", name=name),
            Said(),
        )
    if spec.codes:
        codes = catalogue.code_list(spec.codes)
        targets = [*(field.values or {}).values(), *([field.otherwise] if field.otherwise is not None else [])]
        targets += [target for values in field.before.values() for target in values.values()]
        targets += [str(field.value)] if field.value is not None else []
        for target in targets:
            if target not in codes:
                yield (
                    ("fields", name),
                    Said("“{target}” is not a code of {codes}.", target=target, codes=spec.codes),
                    did_you_mean(target, codes),
                )


def _check_expression(path: tuple[str, ...], text: str | None, kind: Kind | None) -> Iterator[Finding]:
    if text is None:
        return
    try:
        found = source_expression(text)
    except BadExpression as error:
        yield path, error.what, error.hint
        return
    if kind is not None and found.kind is not kind:
        yield path, Said("“{text}” gives {kind}, but {wanted} is needed here.", text=text, kind=Said(found.kind), wanted=Said(kind)), Said()
