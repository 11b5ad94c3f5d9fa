"""Puts the file in order between commits, once enough records have come: cells are compacted, and the log is written into the file."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from ioc.store.cells import Cells
from ioc.store.compaction import Compaction
from ioc.store.database import Database

# Records that gather before that: a log of some ten megabytes, which is read at the next start in well under a second.
TIDY_ROWS = 50_000


class Tidying:
    """Knows when there is something to put in order, and does it: at once, or when somebody else gets to it.

    Args:
        database, cells: those of the store.
    """

    def __init__(self, database: Database, cells: Cells) -> None:
        self.compaction = Compaction(database, cells)
        self._database = database
        self._come: Counter[str] = Counter()
        self._left_to: Callable[[str], None] | None = None

    def came(self, record: str, count: int) -> None:
        """So many records of a type have come."""
        self._come[record] += count

    def leave_to(self, somebody: Callable[[str], None] | None) -> None:
        """Whoever is told from now on which record type is to be put in order, and does it; None for nobody: then it is done at once."""
        self._left_to = somebody

    def due(self, record: str) -> None:
        """Between commits: have it done if enough has come."""
        if self._come[record] >= TIDY_ROWS:
            self._come[record] = 0
            (self._left_to or self.tidy)(record)

    def tidy(self, record: str, stopping: threading.Event | None = None) -> None:
        """Do it now. Raises StoreError when the disk does not take it; no record is concerned."""
        self.compaction.grown(record, stopping)
        self._database.checkpoint()
