"""Recomputes from the records, piece by piece, what is kept beside them, and names whatever differs.

Nothing here uses what a commit uses to keep numbers up: versions are put in order anew, and cells are counted by the way that answers
questions about a past moment. Each piece is compared within one state of the data, so commits may go on meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from ioc.store.database import first
from ioc.store.dialect import literal, name
from ioc.store.feeds import Write
from ioc.store.record_sums import SumQuestion, from_records
from ioc.store.snapshot import Snapshot, cells_day
from ioc.store.tables import OPEN, CellTable, record_table

# A piece holds about so many versions, or cells: some hundred megabytes of work.
PIECE_VERSIONS, PIECE_CELLS = 1_000_000, 400_000
# Of each piece at most so many differences are named; more of them say the same.
MOST = 100


@dataclass(frozen=True)
class Difference:
    """Something kept that is not what the records give.

    Attributes:
        record: the record type.
        kept_in: the table, or the indicator, that it stands in.
        at: where in it: day and dimensions of a cell, key and commit of a version, period of a value.
        of: what is kept there, in words.
        kept, anew: what stands there, and what the records give.
    """

    record: str
    kept_in: str
    at: tuple[tuple[str, str | None], ...]
    of: str
    kept: str
    anew: str

    def __str__(self) -> str:
        where = ", ".join(f"{dimension} {value if value is not None else '(none)'}" for dimension, value in self.at)
        return f"{self.record}: {self.kept_in}, {where}: {self.of}: kept {self.kept}, from the records {self.anew}"


@dataclass(frozen=True)
class Found:
    """What came out of one piece: how many things were compared, how many differ, and the first of those."""

    compared: int
    differing: int = 0
    named: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Report:
    """What an audit has found.

    Attributes:
        started_at, finished_at: when.
        version: the data version at its end.
        compared: how many versions, cells and values were.
        differing: how many of them differ.
        named: the first of those.
    """

    started_at: datetime
    finished_at: datetime
    version: int
    compared: int
    differing: int
    named: tuple[Difference, ...]


Piece = Callable[[Snapshot], Found]


def pieces(snapshot: Snapshot) -> list[Piece]:
    """Everything that there is to recompute of versions and cells; each piece is to be given a snapshot of its own."""
    found: list[Piece] = []
    for record in snapshot.catalogue.records:
        found += _version_pieces(snapshot, record)
        for cube in snapshot.cubes[record]:
            found += [_cell_piece(cube, *span) for span in _spans(snapshot, cube)]
    return found


def _version_pieces(snapshot: Snapshot, record: str) -> Iterator[Piece]:
    (versions,) = first(snapshot.cursor, f"SELECT count(*) FROM {record_table(record)}")
    parts = versions // PIECE_VERSIONS + 1
    for part in range(parts):
        yield lambda snapshot, part=part: _versions(snapshot, record, part, parts)  # type: ignore[misc]


def _versions(snapshot: Snapshot, record: str, part: int, parts: int) -> Found:
    """Of each key the highest version by the source's order, then by arrival, is the current one at any commit: until when was each?"""
    key = name(snapshot.catalogue.records[record].key)
    anew = f"""SELECT {key} AS _key, _since, _until, greatest(_since, coalesce(min(_since) OVER (
            PARTITION BY {key} ORDER BY _version DESC, _since DESC, rowid DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), {OPEN})) AS _anew FROM {record_table(record)} WHERE hash({key}) % {parts} = {part}"""
    compared, differing, rows = _differing(snapshot, anew, "_until <> _anew", "_key, _since")
    of = "superseded by commit"
    named = [
        Difference(record, f"rec_{record}", (("key", key), ("commit", str(since))), of, _until(until), _until(anew))
        for key, since, until, anew in rows
    ]
    return Found(compared, differing, tuple(named))


def _differing(snapshot: Snapshot, relation: str, condition: str, order: str) -> tuple[int, int, list[tuple[Any, ...]]]:
    """How many rows a relation has, of how many a condition is true, and the first of those."""
    rows = snapshot.cursor.execute(
        f"""WITH compared AS MATERIALIZED ({relation})
        SELECT total, differing, named.* FROM (SELECT count(*) AS total, count(*) FILTER ({condition}) AS differing FROM compared)
        LEFT JOIN (SELECT * FROM compared WHERE {condition} ORDER BY {order} LIMIT {MOST}) AS named ON TRUE ORDER BY {order}"""
    ).fetchall()
    total, differing = rows[0][:2]
    return total, differing, [row[2:] for row in rows] if differing else []


def _until(commit: int) -> str:
    return "none" if commit == OPEN else str(commit)


def _spans(snapshot: Snapshot, cube: CellTable) -> Iterator[tuple[date | None, date | None]]:
    """Spans of whole months that hold about as many cells each; together they are all days."""
    months = snapshot.cursor.execute(
        f"SELECT date_trunc('month', day)::DATE, count(*) FROM {name(cube.table)} WHERE day IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    start, size = None, 0
    for month, cells in months:
        if size and size + cells > PIECE_CELLS:
            yield start, month - timedelta(days=1)
            start, size = month, 0
        size += cells
    yield start, None


def _cell_piece(cube: CellTable, start: date | None, end: date | None) -> Piece:
    return lambda snapshot: _cells(snapshot, cube, start, end)


def _cells(snapshot: Snapshot, cube: CellTable, start: date | None, end: date | None) -> Found:
    """The cells of a cube within some days, against the same counted from the records."""
    columns = [term.column for term in cube.terms]
    keys = ", ".join(["day", *map(name, cube.dimensions)])
    question = SumQuestion(cube.record, cube.terms, cube.dimensions, start=start, end=end, today=cells_day(snapshot, cube.record))
    span = " AND ".join([f"day >= {literal(start)}"] * bool(start) + [f"day <= {literal(end)}"] * bool(end)) or "TRUE"
    own = span if start else f"({span} OR day IS NULL)"  # a cell without a day would count in every open span
    sides = [f"coalesce(sum({column}) FILTER ({side}), 0) AS {side}_{column}" for side in ("kept", "anew") for column in columns]
    relation = f"""SELECT {", ".join([keys, *sides])} FROM (
            SELECT TRUE AS kept, FALSE AS anew, {", ".join([keys, *columns])} FROM {name(cube.table)} WHERE {own}
            UNION ALL BY NAME SELECT FALSE AS kept, TRUE AS anew, * FROM ({from_records(snapshot.catalogue, question)}) WHERE {span}
        ) GROUP BY {keys}"""
    differ = " OR ".join(f"kept_{column} <> anew_{column}" for column in columns)
    compared, differing, rows = _differing(snapshot, relation, differ, keys)
    named = tuple(each for row in rows for each in _different(cube, row))
    return Found(compared, differing, named)


def _different(cube: CellTable, row: Sequence[Any]) -> Iterator[Difference]:
    """The sums of one cell that differ."""
    count = 1 + len(cube.dimensions)
    at = tuple((key, None if value is None else str(value)) for key, value in zip(("day", *cube.dimensions), row, strict=False))
    kept, anew = row[count : count + len(cube.terms)], row[count + len(cube.terms) :]
    for term, stands, counted in zip(cube.terms, kept, anew, strict=True):
        if stands != counted:
            yield Difference(cube.record, cube.table, at, term.meaning, plain(stands), plain(counted))


def plain(number: Decimal | int | None) -> str:
    """A number without needless places."""
    return "none" if number is None else f"{Decimal(number).normalize():f}"


def audited(report: Report) -> Write:
    """Keep what an audit has found."""
    moments = [moment.astimezone(UTC).replace(tzinfo=None) for moment in (report.started_at, report.finished_at)]
    named = json.dumps([asdict(each) for each in report.named], ensure_ascii=False)
    row = [*moments, report.version, report.compared, report.differing, named]

    def write(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", row)

    return write


def last_audit(snapshot: Snapshot) -> Report | None:
    """The last audit that came to its end."""
    rows = snapshot.cursor.execute("SELECT * FROM audit ORDER BY finished_at DESC LIMIT 1").fetchall()
    for started, finished, version, compared, differing, named in rows:
        differences = (Difference(**each | {"at": tuple(map(tuple, each["at"]))}) for each in json.loads(named))
        return Report(started.replace(tzinfo=UTC), finished.replace(tzinfo=UTC), version, compared, differing, tuple(differences))
    return None
