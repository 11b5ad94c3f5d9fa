"""Records with their whole life: what is known of each at any moment. From it come the history, and every change after it.

A column holds one value a record. That there is none is written -1 in a column of codes, flags or small numbers, NaN in one of
fractions, and ``NEVER`` in one of moments or days; so a column of codes that may be empty at first is not one of 64 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Moments = npt.NDArray[np.int64]  # microseconds since 1970 in UTC; in a column of days: days since 1970
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]
Column = npt.NDArray[Any]
NEVER = int(np.iinfo(np.int64).max)
MICROSECONDS_A_DAY = 86_400_000_000
MICROSECONDS_AN_HOUR = 3_600_000_000
MICROSECONDS_A_MINUTE = 60_000_000


@dataclass(frozen=True)
class Stage:
    """A change in a record's life: from its moment on (``NEVER`` where it does not happen), columns have new values."""

    at: Moments
    sets: Mapping[str, Column | int | float]


@dataclass(frozen=True)
class Life:
    """Some records of one type with all that will ever be known of them.

    Attributes:
        keys: what identifies each.
        born: when each becomes known.
        fixed: columns as they are at birth.
        stages: what changes later, in order: of two that have happened the later one in this list holds.
        words: the vocabulary of text columns, which hold indices into it.
    """

    keys: pa.Array
    born: Moments
    fixed: Mapping[str, Column]
    stages: tuple[Stage, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.born)

    @cached_property
    def _changes(self) -> tuple[Moments, Index]:
        """Every moment at which something happens, in order, and to which record."""
        rows = np.arange(len(self))
        moments = np.concatenate([self.born, *(stage.at for stage in self.stages)])
        of = np.tile(rows, len(self.stages) + 1)
        order = np.argsort(moments, kind="stable")
        return moments[order], of[order]

    def changed(self, since: int, until: int) -> Index:
        """The records to which something happens after ``since`` and not after ``until``."""
        moments, rows = self._changes
        first, last = np.searchsorted(moments, [since, until], side="right")
        return np.unique(rows[first:last])

    def known(self, at: int) -> Index:
        """The records that have been born by a moment."""
        return np.flatnonzero(self.born <= at)


def state(life: Life, rows: Index, at: int | Moments) -> dict[str, Column]:
    """What is known of some records at a moment (or each at its own): all columns but the key, with ``updated_at``."""
    columns = {name: column[rows] for name, column in life.fixed.items()}
    updated = life.born[rows]
    for stage in life.stages:
        moment = stage.at[rows]
        happened = moment <= at
        updated = np.where(happened, np.maximum(updated, moment), updated)
        for name, value in stage.sets.items():
            new = np.asarray(value)
            new = new.astype(np.int8) if new.dtype == np.bool_ else new
            before = columns.get(name)
            if before is None:
                before = np.full(len(rows), nothing(new.dtype), dtype=new.dtype)
            columns[name] = np.where(happened, new[rows] if new.ndim else new.astype(before.dtype), before)
    return columns | {"updated_at": updated}


def nothing(kind: npt.DTypeLike) -> int | float:
    """How a column of a kind writes that there is no value."""
    if np.issubdtype(kind, np.floating):
        return float("nan")
    return NEVER if np.dtype(kind) == np.int64 else -1


def within(life: Life, span: int) -> Life:
    """The same records, whose life ends ``span`` microseconds after birth: what would come later never comes."""
    stages = tuple(replace(stage, at=np.where(stage.at - life.born > span, NEVER, stage.at)) for stage in life.stages)
    return replace(life, stages=stages)


def later(moments: Moments, delay: Moments | int) -> Moments:
    """Moments a delay later; NEVER stays."""
    return np.where(moments == NEVER, NEVER, np.where(moments == NEVER, 0, moments) + delay)


def only(happens: Flags, moments: Moments) -> Moments:
    """The moments of what happens; NEVER for what does not."""
    return np.where(happens, moments, NEVER)


def flag(asked: Flags, yes: Flags) -> Column:
    """A column of flags that says nothing where the question does not arise."""
    return np.where(asked, yes, -1).astype(np.int8)
