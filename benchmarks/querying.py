"""How long a table of PostgreSQL or MariaDB takes into the store, against a bare client that reads the same rows and throws them away."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pymysql
from pymysql.cursors import SSCursor

from benchmarks.data import make_csv, open_store
from benchmarks.report import say
from data_sources.sql.feed import connect
from data_sources.sql.options import SqlOptions
from ioc.catalogue.mapping import identity
from ioc.intake.ingest import Target, take_in
from tests.data_sources.databases import ADMINISTRATOR, PASSWORD, MariaDB, PostgreSQL, Server

TRIES = 3
FETCHED = 2_000
COLUMNS = (
    "dossier_id {text}, unit {text}, `procedure` {text}, received_at {moment}, due_at {moment}, completed_at {moment}, status {text}, "
    "channel {text}, fully_online boolean, digitised boolean, signed boolean, satisfaction smallint, updated_at {moment}"
)
QUERY = "SELECT * FROM dossier"


def run(folder: Path, rows: int) -> None:
    """Measure at 1 million rows, whatever the size of the other parts: more would only take longer."""
    rows = min(rows, 1_000_000)
    csv = (folder / f"dossiers-{rows}.csv").resolve()
    make_csv(csv, rows)
    for kind, fill, bare in ((PostgreSQL, _fill_postgresql, _bare_postgresql), (MariaDB, _fill_mariadb, _bare_mariadb)):
        with kind() as server:
            fill(server, csv)
            _compare(server, rows, bare)


def _compare(server: Server, rows: int, bare: Callable[[Server], int]) -> None:
    theirs, ours = [], []
    for _ in range(TRIES):
        start = time.perf_counter()
        assert bare(server) == rows
        theirs.append(time.perf_counter() - start)
        ours.append(_whole(server, rows))
    limit, mine = min(theirs), min(ours)
    part = f"sql {rows:,}"
    say(part, f"{type(server).__name__}: the driver alone, rows thrown away", f"{rows / limit:,.0f} rows/s", "the limit")
    say(part, f"{type(server).__name__}: into readable cells", f"{rows / mine:,.0f} rows/s = {limit / mine:.0%}", "at least 50 %")


def _whole(server: Server, rows: int) -> float:
    """Seconds from asking to readable cells in a new store."""
    scratch = Path(tempfile.mkdtemp(prefix="ioc-querying-"))
    options = SqlOptions.model_validate({"url": server.url(), "password": PASSWORD, "query": QUERY, "tls": "none"})
    store = open_store(scratch)
    try:
        target = Target("benchmark", "dossier", identity(store.catalogue.records["dossier"]))
        store.tidying.leave_to(lambda record: None)  # as with ``ioc run``: nobody who delivers waits until the file is in order
        start = time.perf_counter()
        outcome = take_in(store, target, connect(options, scratch).deliveries())
        taken = time.perf_counter() - start
        assert outcome.tally.accepted == rows and not outcome.faults, outcome
        return taken
    finally:
        store.close()
        shutil.rmtree(scratch)


def _fill_postgresql(server: Server, csv: Path) -> None:
    columns = COLUMNS.format(text="text", moment="timestamp").replace("`", "")
    server.execute(f"CREATE TABLE dossier ({columns})")
    filled = "COPY dossier FROM STDIN (FORMAT csv, HEADER)"
    with _postgresql(server) as connection, connection.cursor() as cursor, cursor.copy(filled) as copy, csv.open("rb") as file:
        while block := file.read(1 << 20):
            copy.write(block)
    server.execute("ANALYZE dossier")


def _fill_mariadb(server: Server, csv: Path) -> None:
    server.execute(f"CREATE TABLE dossier ({COLUMNS.format(text='varchar(40)', moment='datetime')})")
    names = [part.split()[0] for part in COLUMNS.split(", ")]
    filled = ", ".join(
        f"{name} = CASE @v{place} WHEN '' THEN NULL WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE @v{place} END"
        for place, name in enumerate(names)
    )
    variables = ", ".join(f"@v{place}" for place in range(len(names)))
    with closing(_mariadb(server, local_infile=True)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"LOAD DATA LOCAL INFILE '{csv}' INTO TABLE dossier FIELDS TERMINATED BY ',' IGNORE 1 LINES ({variables}) SET {filled}"
        )
        connection.commit()


def _bare_postgresql(server: Server) -> int:
    with _postgresql(server) as connection, connection.cursor("bare") as cursor:
        cursor.execute(QUERY)
        return _thrown_away(cursor)


def _postgresql(server: Server) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host="127.0.0.1", port=server.port, user=ADMINISTRATOR, password=PASSWORD, dbname="office")


def _bare_mariadb(server: Server) -> int:
    with closing(_mariadb(server)) as connection, SSCursor(connection) as cursor:
        cursor.execute(QUERY)
        return _thrown_away(cursor)


def _mariadb(server: Server, *, local_infile: bool = False) -> pymysql.Connection[pymysql.cursors.Cursor]:
    return pymysql.connect(
        host="127.0.0.1", port=server.port, user=ADMINISTRATOR, password=PASSWORD.encode(), database="office", local_infile=local_infile
    )


def _thrown_away(cursor: psycopg.ServerCursor[tuple[object, ...]] | SSCursor) -> int:
    count = 0
    while fetched := cursor.fetchmany(FETCHED):
        count += len(fetched)
    return count
