"""Records as Arrow tables, as a source system would deliver them: a typed column a field of the record type, and ``secrecy``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from data_sources.demo.life import NEVER, Column, Index, Life, Moments, state
from data_sources.demo.world import SECRECY
from ioc.catalogue.model import Catalogue, FieldSpec, FieldType, RecordType

UNKNOWN_CODE = "khong_ro"  # stands in no code list; the index after the last code means it
ARROW_TYPES = {
    FieldType.TEXT: pa.string(),
    FieldType.CODE: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.NUMBER: pa.float64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DATE: pa.date32(),
    FieldType.TIMESTAMP: pa.timestamp("us", tz="UTC"),
}


class Clerk:
    """Writes the records of one type down."""

    def __init__(self, catalogue: Catalogue, record: RecordType) -> None:
        self.record = record
        fields = record.fields.items()
        self.schema = pa.schema([*((name, ARROW_TYPES[field.type]) for name, field in fields), ("secrecy", pa.string())])
        coded = {name: [*catalogue.code_list(field.codes), UNKNOWN_CODE] for name, field in fields if field.codes}
        self._codes = {name: pa.array(words) for name, words in (coded | {"secrecy": [*SECRECY]}).items()}

    def table(self, life: Life, rows: Index, at: int | Moments) -> pa.Table:
        """Some records, as they are known at a moment (or each at its own)."""
        columns = {"secrecy": np.zeros(len(rows), dtype=np.int8)} | state(life, rows, at)
        keys = life.keys.take(pa.array(rows))
        arrays = [keys if name == self.record.key else self._array(name, columns, life) for name in self.schema.names]
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def _array(self, name: str, columns: Mapping[str, Column], life: Life) -> pa.Array:
        column = columns.get(name)
        if column is None:
            return pa.nulls(len(columns["updated_at"]), self.schema.field(name).type)
        if name in self._codes:
            return _words(self._codes[name], column)
        return _typed(self.record.fields[name], column, life.words.get(name, ()))


def _words(words: pa.Array, column: Column) -> pa.Array:
    return words.take(pa.array(column.astype(np.int32), mask=column < 0))


def _typed(field: FieldSpec, column: Column, words: tuple[str, ...]) -> pa.Array:
    kind = ARROW_TYPES[field.type]
    if field.type is FieldType.TEXT:
        return _words(pa.array(words, pa.string()), column)
    if field.type is FieldType.NUMBER:
        return pa.array(column.astype(np.float64), mask=np.isnan(column))
    if field.type is FieldType.BOOLEAN:
        return pa.array(column == 1, mask=column < 0)
    if field.type is FieldType.INTEGER:
        return pa.array(column.astype(np.int64), mask=column < 0)
    empty = column == NEVER
    if field.type is FieldType.DATE:
        return pa.array(np.where(empty, 0, column).astype(np.int32), mask=empty).cast(kind)
    return pa.array(column, mask=empty).cast(kind)
