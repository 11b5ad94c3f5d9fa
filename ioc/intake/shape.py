"""The shape of a delivery, and how it differs from the usual: what a source that has changed unawares gives away.

Pure functions. A shape says of each column how much of it is filled, of what kind its values are, and how many there are; it holds
no value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import pyarrow as pa

from ioc.catalogue.contract import Contract

# Fewer rows than this say nothing about a source; fewer shapes than that say nothing about what is usual.
LEAST_ROWS, LEAST_USUAL = 20, 3
# So many rows, spread over all, are looked at; so many shapes are remembered.
SAMPLE, REMEMBERED = 400, 8
# So many of a column's values must be of one kind for the column to be of that kind.
MOST_OF = 0.9
# What comes about by chance more seldom than this is no chance.
LUCK = 1e-9

_KINDS = (
    ("date", re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")),
    ("date_slashed", re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}([T ].*)?")),
    ("number", re.compile(r"[-+]?\d[\d.,  ]*")),
    ("logical", re.compile(r"true|false|yes|no|có|không", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Column:
    """A column's shape: the share of rows that have a value, the kind of most values (or ``mixed``), the share of the commonest."""

    filled: float
    kind: str
    commonest: float


NOTHING = Column(0.0, "empty", 0.0)


@dataclass(frozen=True)
class Shape:
    """A delivery's shape: its rows, how many of them were looked at, and its columns by name. One that it has not is left out."""

    rows: int
    sample: int
    columns: dict[str, Column]


@dataclass(frozen=True, order=True)
class Finding:
    """One way in which a delivery differs from the usual.

    ``kind`` is one of ``gone``, ``emptied``, ``kind``, ``constant``, ``volume``, told in ``ioc/text`` under ``finding``; ``usual``
    and ``found`` are what it speaks of: kinds, shares or numbers of rows, never a value of a record.
    """

    kind: str
    column: str
    usual: str
    found: str


def shape_of(table: pa.Table, columns: Iterable[str]) -> Shape:
    """The shape of some rows.

    Args:
        table: source columns.
        columns: those that are mapped; of no other anything is looked at.
    """
    step = max(1, table.num_rows // SAMPLE)
    sample = table.take(pa.array(range(0, table.num_rows, step), pa.int64())) if table.num_rows else table
    return Shape(table.num_rows, sample.num_rows, {name: _column(sample.column(name)) for name in columns if name in table.column_names})


def _column(column: pa.ChunkedArray) -> Column:
    kind = column.type
    texts = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    values = [value for value in column.to_pylist() if value is not None and not (texts and not value.strip())]
    if not values:
        return NOTHING
    native = _native_kind(kind)
    different, counted = Counter(values), Counter[str]()
    for value, often in different.items():  # most columns say few things again and again
        counted[native or _kind_of(str(value).strip())] += often
    name, times = counted.most_common(1)[0]
    commonest = different.most_common(1)[0][1] / len(values)
    return Column(len(values) / len(column), name if times >= MOST_OF * len(values) else "mixed", commonest)


def _native_kind(kind: pa.DataType) -> str | None:
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_temporal(kind):
        return "date"
    return "logical" if pa.types.is_boolean(kind) else None


def _kind_of(text: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(text)), "text")


def differences(shape: Shape, usual: Sequence[Shape], contract: Contract, *, whole: bool) -> list[Finding]:
    """How a delivery differs from what is usual and expected.

    Args:
        shape: of the delivery.
        usual: of those before it.
        contract: what is expected.
        whole: whether the shape is of all its rows, so that their number can be judged.
    """
    if len(usual) < LEAST_USUAL:
        return []
    found = []
    rows = median(each.rows for each in usual)
    if whole and contract.volume and shape.rows < rows * contract.volume:
        found.append(Finding("volume", "", f"{rows:.0f}", str(shape.rows)))
    if shape.rows >= LEAST_ROWS:
        for name in sorted({name for each in usual for name in each.columns} - contract.varies):
            before = [each.columns.get(name, NOTHING) for each in usual]
            found += _difference(name, shape.columns.get(name), before, shape.sample)
    return found


def _difference(name: str, now: Column | None, before: Sequence[Column], sample: int) -> list[Finding]:
    filled = median(each.filled for each in before)
    if not filled:
        return []
    if now is None:
        return [Finding("gone", name, _percent(filled), "0%")]
    if now.filled < filled / 10:
        return [Finding("emptied", name, _percent(filled), _percent(now.filled))]
    kinds = {each.kind for each in before} - {"empty"}
    if len(kinds) == 1 and not kinds & {now.kind, "mixed"}:
        return [Finding("kind", name, kinds.pop(), now.kind)]
    commonest = max(each.commonest for each in before)
    if now.commonest == 1 and commonest ** (now.filled * sample) < LUCK:
        return [Finding("constant", name, _percent(commonest), "100%")]
    return []


def _percent(share: float) -> str:
    return f"{share:.0%}"


def remembered(usual: Sequence[Shape], shape: Shape) -> list[Shape]:
    """What is usual once a delivery of this shape has been taken in; one of a few rows teaches nothing."""
    return [*usual, shape][-REMEMBERED:] if shape.rows >= LEAST_ROWS else list(usual)
