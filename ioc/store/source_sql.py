"""What a source wrote as typed values: SQL for one mapping over one batch. Text in, text out; nothing is run here.

Layers, each a SELECT over the one before: ``raw`` (``_r_field`` as the source wrote it, missing values as NULL), where codes have not
always meant the same ``dated``, and ``typed`` (``field`` in its type beside it); no more of them, since each costs a small batch. Only
mapped columns are read; rows refused for secrecy stop at the first layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.mapping import FieldMap, Mapping, source_expression
from ioc.catalogue.model import FieldSpec, FieldType, RecordType
from ioc.store.arrow_casts import READ
from ioc.store.dialect import COLUMN_TYPES, expression_sql, fixed_offset, is_one_of, literal, local_day, name, utc_moment

# Column of a batch that holds the source's row number.
ROW = "__row"
# Put before a value that a mapping does not translate, so that quarantine can show it; stripped there.
UNKNOWN = "\u2047"
_TRUE = ("true", "t", "1", "yes", "y", "x", "có", "co", "đúng", "dung")
_FALSE = ("false", "f", "0", "no", "n", "không", "khong", "sai")
_DAY_FIRST = {
    FieldType.TIMESTAMP: ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y%m%d%H%M%S"),
    FieldType.DATE: ("%d/%m/%Y", "%Y%m%d"),
}


@dataclass(frozen=True)
class SourceSql:
    """One mapping, seen against the columns that a batch really has."""

    spec: RecordType
    mapping: Mapping
    civil: CivilTime
    schema: pa.Schema

    def is_read(self, key: str) -> bool:
        """Whether every value of a field has been read before (``arrow_casts.py``)."""
        return READ + key in self.schema.names

    def is_empty(self, key: str) -> bool:
        """Whether it was seen there that a field has no value at all."""
        return self.is_read(key) and pa.types.is_null(self.schema.field(READ + key).type)

    def text(self, column: str) -> str:
        """A source column as text (blanks around it are gone already), NULL where the source says that there is nothing."""
        kind = self.schema.field(column).type
        text = name(column) if pa.types.is_string(kind) or pa.types.is_large_string(kind) else f"CAST({name(column)} AS VARCHAR)"
        missing = [marker for marker in self.mapping.missing if marker]
        if missing:
            return f"CASE WHEN {is_one_of(text, ['', *missing])} THEN NULL ELSE {text} END"
        return f"nullif({text}, '')"

    def condition(self, text: str) -> str:
        """A condition or expression over source columns; what cannot be cast counts as nothing."""
        expression = source_expression(text)
        return "(" + expression_sql(expression, self.civil, {}, self.text) + ")"

    def secret(self) -> str:
        secrecy = self.mapping.secrecy
        if secrecy is None:
            return ""
        level = f"lower({self.text(secrecy.column)})"
        is_open = is_one_of(level, [level_name.lower() for level_name in secrecy.open])
        return f"coalesce(NOT {is_open}, {literal(secrecy.missing == 'refuse')})"

    def _native(self, field: FieldMap, spec: FieldSpec) -> bool:
        """Whether the source column already is of the field's type and needs no reading."""
        if field.column is None or not field.is_plain:
            return False
        kind = self.schema.field(field.column).type
        accepts: dict[FieldType, Callable[[pa.DataType], bool]] = {
            FieldType.INTEGER: pa.types.is_integer,
            FieldType.NUMBER: lambda k: pa.types.is_integer(k) or pa.types.is_decimal(k),
            FieldType.BOOLEAN: pa.types.is_boolean,
            FieldType.DATE: pa.types.is_date,
            FieldType.TIMESTAMP: pa.types.is_timestamp,
        }
        return spec.type in accepts and accepts[spec.type](kind)

    def _raw(self, field: FieldMap, spec: FieldSpec) -> str:
        if field.value is not None:
            raw = literal(str(field.value))
        elif field.expr is not None:
            raw = f"CAST({self.condition(field.expr)} AS VARCHAR)"
        elif self._native(field, spec):
            return name(field.column or "")
        else:
            raw = self.text(field.column or "")
        if field.values is None:
            return raw
        cases = " ".join(f"WHEN {literal(source)} THEN {literal(target)}" for source, target in field.values.items() if source)
        other = literal(field.otherwise) if field.otherwise is not None else f"{literal(UNKNOWN)} || {raw}"
        translated = f"CASE {raw} {cases} ELSE {other} END" if cases else other
        return f"CASE WHEN {raw} IS NULL THEN {literal(field.values.get(''))} ELSE {translated} END"

    def kept(self) -> dict[str, str]:
        """What quarantine keeps of a row, so that it can go through the mapping again: SQL over source columns by name.

        Columns that fields come from, as the source wrote them. A column that only an expression reads may be there to be reduced
        to something harmless (a date of birth to an age): of it, nothing but what the expression gave is kept, as ``=field``.
        """
        fields = self.mapping.fields
        columns = self.mapping.kept_columns()
        found = {column: f"CAST({name(column)} AS VARCHAR)" for column in sorted(columns)}
        found |= {f"={key}": f"CAST({self.condition(field.expr)} AS VARCHAR)" for key, field in fields.items() if field.expr}
        return found | ({"=deleted": f"CAST({self.condition(self.mapping.deleted)} AS VARCHAR)"} if self.mapping.deleted else {})

    def raw_layer(self, only: str = "") -> str:
        nothing = "CAST(NULL AS VARCHAR)"
        fields = [
            f"{nothing if self.is_empty(key) else self._raw(field, self.spec.fields[key])} AS {raw_name(key)}"
            for key, field in self.mapping.fields.items()
        ]
        gone = self.condition(self.mapping.deleted) if self.mapping.deleted else "FALSE"
        conditions = [f"NOT {self.secret()}"] if self.mapping.secrecy else []
        conditions += [f"coalesce({self.condition(self.mapping.keep)}, FALSE)"] if self.mapping.keep else []
        conditions += [only] if only else []
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        fields += [f"{self.text(self.mapping.fields[key].column or '')} AS {name('_s_' + key)}" for key in self._dated_fields()]
        fields += [name(READ + key) for key in self.mapping.fields if self.is_read(key) and not self.is_empty(key)]
        return f"SELECT {ROW}, coalesce({gone}, FALSE) AS _gone, {', '.join(fields)} FROM batch{where}"

    def _dated_fields(self) -> list[str]:
        """The fields of which a source's codes have not always meant the same."""
        return [key for key, field in self.mapping.fields.items() if field.before]

    def _dated_layer(self, only: str) -> str:
        """The raw layer, with what such codes meant on the day of the record's event."""
        if not self._dated_fields():
            return self.raw_layer(only)
        event = self.spec.fields[self.spec.event]
        moment = self._typed(self.spec.event, event)
        day = local_day(moment, self.civil.zone) if event.type is FieldType.TIMESTAMP else moment
        meant = [f"{self._meant(key, day)} AS {raw_name(key)}" for key in self._dated_fields()]
        return f"SELECT * REPLACE ({', '.join(meant)}) FROM ({self.raw_layer(only)})"

    def _meant(self, key: str, day: str) -> str:
        source = name("_s_" + key)
        cases = [
            f"WHEN {day} < {literal(until)} AND {source} = {literal(code)} THEN {literal(target)}"
            for until, values in sorted(self.mapping.fields[key].before.items())
            for code, target in values.items()
        ]
        return f"CASE {' '.join(cases)} ELSE {raw_name(key)} END"

    def _typed(self, key: str, spec: FieldSpec) -> str:
        field = self.mapping.fields.get(key)
        kind = COLUMN_TYPES[spec.type]
        if field is None or self.is_empty(key):
            return f"CAST(NULL AS {kind})"
        raw = raw_name(key)
        if self.is_read(key):
            return self._from_native(self.schema.field(READ + key).type, name(READ + key), spec)
        if self._native(field, spec):
            return self._from_native(self.schema.field(field.column or "").type, raw, spec)
        if spec.type in (FieldType.TEXT, FieldType.CODE):
            return raw
        if spec.type is FieldType.BOOLEAN:
            # What computers write comes first: only of other words the letters are made small.
            other = f"CASE WHEN {is_one_of(f'lower({raw})', _TRUE)} THEN TRUE WHEN {is_one_of(f'lower({raw})', _FALSE)} THEN FALSE END"
            return f"CASE WHEN {raw} = 'true' THEN TRUE WHEN {raw} = 'false' THEN FALSE ELSE {other} END"
        if spec.type in (FieldType.INTEGER, FieldType.NUMBER):
            return self._number(raw, spec.type)
        return self._moment(raw, spec.type, field)

    def _from_native(self, kind: pa.DataType, raw: str, spec: FieldSpec) -> str:
        if spec.type is not FieldType.TIMESTAMP:
            return f"TRY_CAST({raw} AS {COLUMN_TYPES[spec.type]})"
        if isinstance(kind, pa.TimestampType) and kind.tz:
            return f"make_timestamp(epoch_us({raw}))"
        return self._to_utc(f"TRY_CAST({raw} AS TIMESTAMP)")

    def _number(self, raw: str, kind: FieldType) -> str:
        text = f"replace({raw}, {literal(self.mapping.thousands)}, '')" if self.mapping.thousands else raw
        text = f"replace({text}, ',', '.')" if self.mapping.decimal == "," else text
        if kind is FieldType.NUMBER:
            return f"TRY_CAST({text} AS DECIMAL(28, 6))"
        exact = f"TRY_CAST({text} AS DECIMAL(28, 6))"
        whole = f"CASE WHEN {exact} = trunc({exact}) THEN CAST({exact} AS BIGINT) END"
        return f"CASE WHEN contains({text}, '.') THEN {whole} ELSE TRY_CAST({text} AS BIGINT) END"

    def _moment(self, raw: str, kind: FieldType, field: FieldMap) -> str:
        given = (field.format,) if isinstance(field.format, str) else field.format
        formats = "[" + ", ".join(literal(text) for text in (given or _DAY_FIRST[kind])) + "]"
        parsed = f"try_strptime({raw}, {formats})"
        if kind is FieldType.DATE:
            # A moment, as many interfaces write days too, is the day that it is where the source is: 17:00Z is the next one in Hà Nội.
            iso = f"CASE WHEN strlen({raw}) > 10 THEN CAST(TRY_CAST({raw} AS TIMESTAMPTZ) AS DATE) ELSE TRY_CAST({raw} AS DATE) END"
            return f"CAST({parsed} AS DATE)" if given else f"coalesce({iso}, CAST({parsed} AS DATE))"
        if given:
            return f"make_timestamp(epoch_us({parsed}))" if "%z" in "".join(given) else self._to_utc(parsed)
        # With the session's time zone set to the source's, this reads moments with and without offset alike.
        iso = f"make_timestamp(epoch_us(TRY_CAST({raw} AS TIMESTAMPTZ)))"
        if (
            fixed_offset(self.civil.zone) is not None
        ):  # 2026-11-23 14:05:09 has no offset and is read four times as fast without looking for one
            bare = f"strlen({raw}) = 19 AND substr({raw}, 17, 1) = ':'"
            iso = f"CASE WHEN {bare} THEN {self._to_utc(f'TRY_CAST({raw} AS TIMESTAMP)')} ELSE {iso} END"
        return f"coalesce({iso}, {self._to_utc(parsed)})"

    def _to_utc(self, local: str) -> str:
        return utc_moment(local, self.civil.zone)

    def typed_layer(self, only: str = "") -> str:
        typed = [f"{self._typed(key, spec)} AS {name(key)}" for key, spec in self.spec.fields.items()]
        return f"SELECT {', '.join([ROW, '_gone', *typed, *map(raw_name, self.mapping.fields)])} FROM ({self._dated_layer(only)})"


def raw_name(key: str) -> str:
    """The column in which a field stands as the source wrote it."""
    return name("_r_" + key)
