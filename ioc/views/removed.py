"""Records of which only figures are left, where they would stand in a list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ioc.store.listing import ListQuestion, read_total
from ioc.store.snapshot import Snapshot
from ioc.store.tombstones import purges


@dataclass(frozen=True)
class Removed:
    """Records that would stand in a list, and of which only figures are left: how many, since when, of before which day, by which rule."""

    count: int
    on: date
    before: date
    rule: str


def removed(snapshot: Snapshot, asked: ListQuestion, language: str) -> Removed | None:
    """Those that a question would list; None if there are none."""
    done = purges(snapshot.cursor, asked.record)
    count = read_total(snapshot, replace(asked, columns=(), removed=True)).count if done else 0
    return Removed(count, done[-1].day, done[-1].horizon, done[-1].rule[language]) if count else None
