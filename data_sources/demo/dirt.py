"""What is wrong with deliveries in real life: records delivered twice, old versions that come late, spoilt values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from data_sources.demo.life import MICROSECONDS_A_DAY, Index, Life, state
from data_sources.demo.story import Dirt
from data_sources.demo.tables import Clerk
from ioc.catalogue.model import FieldType, RecordType

DAYS_EARLY, DAYS_AHEAD = 120, 20 * 365  # by how much a spoilt moment is wrong
DUE = ("due_at", "due_on")


def spoil(life: Life, record: RecordType, unit_count: int, dirt: Dirt, rng: np.random.Generator) -> Life:
    """The same records, a few of them spoilt: a unit that does not exist, a due date before the start, a moment in the future."""
    spoilt = np.flatnonzero(rng.random(len(life)) * 100 < dirt.spoilt)
    fixed = dict(life.fixed)
    shifts = {name: days for name, days in ((_due(life, record), -DAYS_EARLY), (record.event, DAYS_AHEAD)) if name in fixed}
    ways = [*(["unit"] if "unit" in fixed else []), *shifts]
    chosen = rng.integers(0, max(len(ways), 1), len(spoilt))
    for place, name in enumerate(ways):
        rows = spoilt[chosen == place]
        column = fixed[name].astype(np.int64)
        column[rows] = unit_count if name == "unit" else column[rows] + shifts[name] * _a_day(record, name)
        fixed[name] = column
    return replace(life, fixed=fixed)


def _due(life: Life, record: RecordType) -> str:
    """The column of the due date, where a rule of the record type says what it may not be; else nothing."""
    ruled = [name for name in DUE if name in life.fixed and any(name in rule.check for rule in record.rules.values())]
    return ruled[0] if ruled else ""


def _a_day(record: RecordType, name: str) -> int:
    return 1 if record.fields[name].type is FieldType.DATE else MICROSECONDS_A_DAY


def soil(clerk: Clerk, life: Life, rows: Index, now: int, dirt: Dirt, rng: np.random.Generator) -> Iterator[pa.Table]:
    """What is delivered besides the records themselves: some of them again, and of some an older version."""
    again = rows[rng.random(len(rows)) * 100 < dirt.twice]
    older = rows[rng.random(len(rows)) * 100 < dirt.older] if life.stages else rows[:0]
    if len(again):
        yield clerk.table(life, again, now)
    if len(older):
        born, updated = life.born[older], state(life, older, now)["updated_at"]
        yield clerk.table(life, older, born + (rng.random(len(older)) * (updated - born)).astype(np.int64))
