"""The store as the other rooms see it: take batches in, read at one data version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ioc.catalogue.mapping import Mapping
from ioc.catalogue.model import Catalogue
from ioc.clock import Clock, today
from ioc.store.answer_cache import AnswerCache
from ioc.store.cells import Cells
from ioc.store.commits import Head, Next, head, log_commit, newest, next_commit
from ioc.store.count_cache import CountCache
from ioc.store.database import Database, does_not_fit, first
from ioc.store.declarations import Declarations
from ioc.store.feeds import FeedState, Write, arrived, fate, feed_states, introduced, refused
from ioc.store.form_entries import Entry, entries
from ioc.store.keyindex import KeyIndex
from ioc.store.purge import counted_by
from ioc.store.receipts import BrokenSourceRow, Fates, Receipt, Tally, fates, split
from ioc.store.snapshot import Snapshot
from ioc.store.source_notes import notes
from ioc.store.source_sql import ROW
from ioc.store.staging import Stager
from ioc.store.tables import ensure_order, ensure_record_table, key_hash_sql, record_table
from ioc.store.tidying import Tidying
from ioc.store.tombstones import check_fields, purged_types, refuse
from ioc.store.versions import append


@dataclass(frozen=True)
class Run:
    """One delivery being taken in; ``again`` for rows of an earlier one, out of quarantine."""

    id: int
    feed: str
    record: str
    mapping: Mapping
    simulated: bool
    again: bool = False


class _TriedOutError(Exception):
    """Ends a transaction of which nothing is to be kept."""


class Store:
    """Records, versions and cells of one deployment, in one DuckDB file owned by this process.

    Args:
        path: the file.
        catalogue: what it keeps; tables and cells follow it.
        clock: tells the present moment and the day.
        on_commit: called after each commit with the data version and the record type.

    Attributes:
        recounted: the share that has been counted of what cells lack since declarations have changed.
        tidying: puts the file in order between commits.
    """

    def __init__(
        self,
        path: Path,
        catalogue: Catalogue,
        clock: Clock,
        *,
        memory_limit: str = "2GB",
        threads: int | None = None,
        on_commit: Callable[[int, str], None] | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.clock = clock
        self.database = Database(path, memory_limit, threads)
        self.cells = Cells(catalogue)
        self.tidying = Tidying(self.database, self.cells)
        self.recounted = 0.0
        self._declarations = Declarations(catalogue)
        self._on_commit = on_commit
        self._counts, self._sums = CountCache(), AnswerCache()
        self._turned_to: date | None = None
        self._being_committed: datetime | None = None
        self.renew()
        try:
            self._prepare()
        except BaseException as error:
            self.database.close()
            if isinstance(error, duckdb.Error):
                raise does_not_fit(path, error) from error
            raise

    def _prepare(self) -> None:
        """Make tables and cells match the catalogue."""
        with self.database.write() as cursor:
            self._ensure_hash(cursor)
            if self._purged:
                check_fields(cursor, self.catalogue, counted_by(self.catalogue))
            # What was under way when the program before this one ended is not any more.
            cursor.execute("UPDATE run SET state = 'interrupted' WHERE state = 'running'")
            for record, spec in self.catalogue.records.items():
                ensure_record_table(cursor, record, spec)
                ensure_order(cursor, record, spec)
                self.cells.settle(cursor, record)
                if not cursor.execute(f"SELECT 1 FROM {record_table(record)} LIMIT 1").fetchone():
                    for cube in self.cells.lacking(record):
                        self.cells.make(cursor, cube)
                    self.cells.join(cursor, record, {}, self.day())
                    self.cells.joined(record)
            if self._declarations.changed(cursor):
                self._declarations.keep(cursor, self._log_commit(cursor))
        self.turn_day()

    @property
    def recounting(self) -> float | None:
        """The share that has been counted of what cells lack, or None when they lack nothing."""
        return self.recounted if any(self.cells.missing.values()) else None

    def warm(self) -> None:
        """Read what makes small commits fast; may run beside everything else."""
        for index in self._indexes.values():
            index.warm(self.database)

    def _ensure_hash(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Hash all keys anew if this DuckDB hashes otherwise than the one that wrote the store."""
        (probe,) = first(cursor, "SELECT CAST(hash('key') AS VARCHAR)")
        known = cursor.execute("SELECT value FROM setting WHERE key = 'key_hash'").fetchall()
        if known and known[0][0] != probe:
            for record, spec in self.catalogue.records.items():
                ensure_record_table(cursor, record, spec)
                cursor.execute(f"UPDATE {record_table(record)} SET _key_hash = {key_hash_sql(spec)}")
        cursor.execute("INSERT OR REPLACE INTO setting VALUES ('key_hash', ?)", [probe])

    def close(self) -> None:
        """Finish the running write and let go of the file."""
        self.database.close()

    def renew(self) -> None:
        """Let nothing be kept in memory of what is stored."""
        self._indexes = {record: KeyIndex(record) for record in self.catalogue.records}
        self._head = Head()
        self._purged = purged_types(self.database)
        self.forget()

    def day(self) -> date:
        """The calendar day that it is in the organisation's time zone."""
        return today(self.clock, self.catalogue.zone)

    # --- reading ---------------------------------------------------------------------------------------------------------------

    @contextmanager
    def read(self, as_of: datetime | None = None) -> Iterator[Snapshot]:
        """A snapshot of now, or of what was known at a past moment, by the declarations of then."""
        if as_of and self._being_committed and as_of >= self._being_committed:
            self.database.wait()  # the same moment is to give the same answer once that commit is there
        cubes, known = dict(self.cells.cubes), self._head  # before the state of the data is taken: what stood before it stands in it
        with self.database.read() as cursor:
            now, days = head(cursor, known) if as_of is None else (Head(*newest(cursor, as_of)), {})
            catalogue = self.catalogue if as_of is None else self._declarations.at(cursor, now.version)
            meant, past, fault = self.cells.meant(cubes, catalogue), now.version if as_of else None, self.database.fault
            found = Snapshot(cursor, catalogue, meant, now.version, now.committed_at, past, fault, as_of, self._counts, self._sums)
            if as_of is None:
                self._head = now
                found.known.update(touched=now.touched, cells_days=days)
            yield found

    def forget(self) -> None:
        """Let nothing be kept that was read or counted: what is asked next is read as the first time."""
        self._counts, self._sums = CountCache(), AnswerCache()

    def version(self) -> int:
        """The newest data version."""
        with self.read() as snapshot:
            return snapshot.version

    def fate(self, feed: str, fingerprint: str) -> str | None:
        """What became of a feed's delivery with this fingerprint: ``done``, ``rejected``, or None when it is not dealt with."""
        with self.database.read() as cursor:
            return fate(cursor, feed, fingerprint)

    def notes(self, feed: str) -> dict[str, str]:
        """What a feed's source has remembered, by name."""
        with self.database.read() as cursor:
            return notes(cursor, feed)

    def feed_states(self) -> dict[str, FeedState]:
        """How every feed is doing that has ever been asked or has delivered."""
        with self.database.read() as cursor:
            return feed_states(cursor)

    def feed_state(self, feed: str) -> FeedState:
        """How one feed is doing."""
        with self.database.read() as cursor:
            return feed_states(cursor, feed).get(feed, FeedState())

    def write(self, *writes: Write) -> None:
        """Keep some notes, all of them or none."""
        with self.database.write() as cursor:
            for write in writes:
                write(cursor)

    # --- writing ---------------------------------------------------------------------------------------------------------------

    def begin(
        self, feed: str, record: str, mapping: Mapping, source: str, fingerprint: str | None, *, simulated: bool, again: bool = False
    ) -> Run:
        """Note that a delivery is being taken in."""
        with self.database.write() as cursor:
            run = Run(first(cursor, "SELECT coalesce(max(run), 0) + 1 FROM run")[0], feed, record, mapping, simulated, again)
            introduced(feed, record, self.clock.now())(cursor)
            cursor.execute(
                """INSERT INTO run (run, feed, record, name, fingerprint, simulated, started_at, state, again)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?)""",
                [run.id, feed, record, source, fingerprint, simulated, self._now(), again],
            )
        return run

    def take_in(
        self,
        run: Run,
        table: pa.Table,
        rows: pa.Int64Array,
        broken: tuple[BrokenSourceRow, ...] = (),
        also: Sequence[Write] = (),
        *,
        hold: bool = False,
    ) -> Tally:
        """Take one batch in: records, versions, cells and quarantine in one transaction.

        Args:
            run: from ``begin``.
            table: source columns.
            rows: source row number of each row.
            broken: rows that the source could not split.
            also: what else is to be kept if and only if the batch is.
            hold: keep every row in quarantine, until a person has it taken in again.

        Returns:
            What became of its rows. When it returns, they are on disk and readable.
        """
        with self._committing(run) as cursor:
            commit, tally, _ = self._append(cursor, run, table.append_column(ROW, rows), broken, hold=hold)
            for write in also:
                write(cursor)
            self._log(cursor, run, commit, tally)
        self._announce(run, commit, tally)
        return tally

    def try_out(self, record: str, mapping: Mapping, table: pa.Table) -> list[tuple[str | None, str]]:
        """What would be wrong with some rows if they were taken in, as (field, reason). Nothing of them is kept."""
        faults: list[tuple[str | None, str]] = []
        try:
            with self.database.write() as cursor:
                staged = Stager(self.catalogue, record, mapping, "", 0, self.clock.now()).stage(
                    cursor, table.append_column(ROW, pa.array(np.arange(table.num_rows)))
                )
                faults += cursor.execute("SELECT field, reason FROM quarantine WHERE run = 0 ORDER BY field, reason").fetchall()
                faults += [(None, "secret")] * bool(staged.secret_rows)
                raise _TriedOutError
        except _TriedOutError:
            return faults

    def entries(self, feed: str, *, waiting: bool, most: int = 100) -> list[Entry]:
        """What was typed into a form: what waits, oldest first, or what is decided, newest first."""
        with self.database.read() as cursor:
            return entries(cursor, feed, waiting=waiting, most=most)

    def take_in_parts(
        self,
        run: Run,
        tables: Sequence[pa.Table],
        first_row: int,
        also: Sequence[Callable[[Receipt], Write | None]],
        together: Sequence[Write] = (),
        *,
        hold: bool = False,
    ) -> list[Receipt]:
        """Take several small deliveries in with one commit, and tell each what became of its own rows.

        Args:
            run: from ``begin``.
            tables: source columns of each; what one lacks is empty.
            first_row: the number that the first row of the first table is given; all others follow.
            also: for each, what else is to be kept with it, once its receipt is known.
            together: what else is to be kept with all.
            hold: keep every row in quarantine, until a person has it taken in again.
        """
        sizes = [table.num_rows for table in tables]
        *starts, start = accumulate(sizes, initial=first_row)
        whole = pa.concat_tables(tables, promote_options="default").append_column(ROW, pa.array(np.arange(first_row, start)))
        with self._committing(run) as cursor:
            commit, tally, found = self._append(cursor, run, whole, (), of=range(first_row, start), hold=hold)
            for write in together:
                write(cursor)
            receipts = split(commit.version if tally.accepted else commit.version - 1, starts, sizes, found)
            for receipt, writes in zip(receipts, also, strict=True):
                if own := writes(receipt):
                    own(cursor)
            self._log(cursor, run, commit, tally)
        self._announce(run, commit, tally)
        return receipts

    @contextmanager
    def _committing(self, run: Run) -> Iterator[duckdb.DuckDBPyConnection]:
        """The writer's cursor for one commit; nothing temporary is left behind."""
        try:
            with self.database.write() as cursor:
                day = self._turn_day(cursor)
                yield cursor
                cursor.execute("; ".join(f"DROP TABLE IF EXISTS temp.{table}" for table in ("judged", "stored", "contested", "ranked")))
            self._turned_to = day
        finally:
            self._being_committed = None

    def _append(
        self,
        cursor: duckdb.DuckDBPyConnection,
        run: Run,
        batch: pa.Table,
        broken: tuple[BrokenSourceRow, ...],
        *,
        of: range | None = None,
        hold: bool = False,
    ) -> tuple[Next, Tally, Fates]:
        """Stage a batch and append what is new by the next commit; with ``of``, also what became of each of these rows."""
        staged = Stager(self.catalogue, run.record, run.mapping, run.feed, run.id, self.clock.now(), hold).stage(cursor, batch)
        commit, spec, index = next_commit(cursor, self._head.version), self.catalogue.records[run.record], self._indexes[run.record]
        if run.record in self._purged:
            staged = refuse(cursor, index, run.record, spec, staged, (run.id, run.feed, self.clock.now()))
        appended = append(cursor, index, run.record, spec, staged.accepted, commit=commit.version, run=run.id)
        if appended.added:
            rows, only_new = appended.added, appended.only_new
            self.cells.add(cursor, self.cells.cubes[run.record], appended.changes, self.day(), rows=rows, only_new=only_new)
        if broken:
            cursor.executemany(
                "INSERT INTO quarantine (run, feed, record, source_row, reason, detail, noted_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [[run.id, run.feed, run.record, row.row, row.reason, row.detail, self._now()] for row in broken],
            )
        rejected = staged.rejected + len(broken)
        tally = Tally(appended.added, appended.duplicates, rejected, len(staged.secret_rows), staged.skipped)
        self._note(cursor, run, tally, staged.last_event)
        return commit, tally, fates(cursor, run.id, of, staged, appended.duplicates) if of else Fates()

    def _log(self, cursor: duckdb.DuckDBPyConnection, run: Run, commit: Next, tally: Tally) -> None:
        """Note the commit last of all: who asks about a moment meanwhile is answered the same afterwards."""
        if tally.accepted:
            self._being_committed = log_commit(cursor, commit, self.clock.now(), run.record, run.id, tally.accepted)

    def _announce(self, run: Run, commit: Next, tally: Tally) -> None:
        self.tidying.came(run.record, tally.accepted)
        if tally.accepted and self._on_commit:
            self._on_commit(commit.version, run.record)

    def finish(self, run: Run, state: str = "done", message: str | None = None) -> None:
        """Note how a delivery ended, and put the file in order where it pays."""
        with self.database.write() as cursor:
            cursor.execute("UPDATE run SET state = ?, message = ?, finished_at = ? WHERE run = ?", [state, message, self._now(), run.id])
        self.tidying.due(run.record)

    def turn_day(self) -> date:
        """Bring what depends on the day up to today, which is returned."""
        with self.database.write() as cursor:
            day = self._turn_day(cursor)
        self._turned_to = day
        return day

    def _turn_day(self, cursor: duckdb.DuckDBPyConnection) -> date:
        """Bring the cells up to today, which is returned; kept as ``_turned_to`` once it is written."""
        day = self.day()
        if day != self._turned_to:
            turned = [record for record in self.catalogue.records if self.cells.turn_day(cursor, record, day)]
            if turned:
                self._log_commit(cursor)
        return day

    def _now(self) -> datetime:
        return self.clock.now().replace(tzinfo=None)

    def _log_commit(self, cursor: duckdb.DuckDBPyConnection) -> int:
        """Note a commit that brought no record, but changed numbers; its number is returned."""
        commit = next_commit(cursor, self._head.version)
        log_commit(cursor, commit, self.clock.now())
        return commit.version

    def _note(self, cursor: duckdb.DuckDBPyConnection, run: Run, tally: Tally, event: datetime | None) -> None:
        """Add a batch to the run's counts and to what is known of freshness."""
        sets = ", ".join(f"{column} = {column} + ?" for column in ("accepted", "duplicates", "rejected", "secret", "skipped"))
        cursor.execute(f"UPDATE run SET {sets} WHERE run = ?", [*tally.values(), run.id])
        at = self.clock.now() if sum(tally.values()) and not run.again else None
        arrived(run.feed, event, at, simulated=run.simulated and tally.accepted > 0)(cursor)
        if tally.secret:
            refused(run.feed, self.day(), tally.secret)(cursor)
