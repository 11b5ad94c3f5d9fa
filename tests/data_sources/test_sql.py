"""Feeds of kind `sql` on a real PostgreSQL and a real MariaDB: types, what is new, and each way in which a database can fail."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from data_sources.sql import session
from data_sources.sql.feed import connect
from data_sources.sql.options import SqlOptions
from ioc.errors import FeedRejected, FeedUnavailable
from ioc.intake.port import Batch, Feed, Occasion
from tests.data_sources.databases import PASSWORD, MariaDB, PostgreSQL, Server

Ask = Callable[..., list[Batch]]
UTC = dt.UTC


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    with PostgreSQL() as server:
        yield server


@pytest.fixture(scope="module")
def mariadb() -> Iterator[Server]:
    with MariaDB() as server:
        yield server


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


def feed(server: Server, query: str, base: Path | None = None, **options: Any) -> Feed:
    settings = {"url": server.url(), "password": PASSWORD, "tls": "none", "query": query} | options
    return connect(SqlOptions.model_validate(settings), base or server.folder)


def asked(feed: Feed, position: str | None = None, stopping: threading.Event | None = None) -> list[Batch]:
    """All batches of one asking; none when there was no delivery."""
    occasion = Occasion(position, stopping or threading.Event())
    return [batch for delivery in feed.deliveries(occasion) for batch in delivery.batches]


def rows(batches: list[Batch]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for batch in batches for row in batch.table.to_pylist()]


def table(server: Server, columns: str, *values: str) -> str:
    """A new table with rows; its name."""
    name = f"t{time.monotonic_ns()}"
    server.execute(f"CREATE TABLE {name} ({columns})", *[f"INSERT INTO {name} VALUES ({row})" for row in values])
    return name


def last(batches: list[Batch]) -> str:
    position = batches[-1].position
    assert position is not None
    return position


# Types


def test_postgresql_gives_each_column_in_its_type(postgresql: Server) -> None:
    query = r"""SELECT 7::smallint AS small, 9007199254740993::bigint AS big, 0.1::real AS real, 1e300::float8 AS double, 12.50::numeric(8,2) AS money,
        3.14159265358979323846::numeric AS pi, true AS yes, DATE '2026-02-28' AS day, TIMESTAMP '2026-02-28 23:59:59.123456' AS bare,
        TIMESTAMPTZ '2026-02-28 23:59:59+07' AS zoned, 'Hồ sơ "mới", dòng'||E'\n'||'hai' AS words, '' AS empty, NULL::text AS nothing, NULL::int AS none,
        '\xDEADBEEF'::bytea AS bytes, '{"a": [1, null]}'::jsonb AS json, ARRAY[1,NULL,3] AS list, TIME '08:30' AS time,
        '5f0c6c56-8f1b-4d0a-9a3e-0d6f9f0f1a2b'::uuid AS uuid, 'a%b' AS percent, 1 AS "Mã  số", 2 AS "Mã số" """
    (batch,) = asked(feed(postgresql, query))
    assert batch.table.to_pylist() == [
        {
            "small": 7,
            "big": 9007199254740993,
            "real": 0.1,
            "double": 1e300,
            "money": Decimal("12.50"),
            "pi": Decimal("3.14159265358979323846"),
            "yes": True,
            "day": dt.date(2026, 2, 28),
            "bare": dt.datetime(2026, 2, 28, 23, 59, 59, 123456),
            "zoned": dt.datetime(2026, 2, 28, 16, 59, 59, tzinfo=UTC),
            "words": 'Hồ sơ "mới", dòng\nhai',
            "empty": "",
            "nothing": None,
            "none": None,
            "bytes": "\\xdeadbeef",
            "json": '{"a": [1, null]}',
            "list": "{1,NULL,3}",
            "time": "08:30:00",
            "uuid": "5f0c6c56-8f1b-4d0a-9a3e-0d6f9f0f1a2b",
            "percent": "a%b",
            "Mã số": 1,
            "Mã số (2)": 2,
        }
    ]
    assert batch.table.schema.field("money").type == pa.decimal128(8, 2)
    assert batch.table.schema.field("none").type == pa.int64()


def test_mariadb_gives_each_column_in_its_type(mariadb: Server) -> None:
    columns = """small tinyint, big bigint unsigned, real_ float, double_ double, money decimal(8,2), yes boolean, bit_ bit(1), day date, bare datetime(6),
        zoned timestamp NULL, words text, empty varchar(9), nothing varchar(9), bytes varbinary(9), json_ json, time_ time, year_ year"""
    name = table(
        mariadb,
        columns,
        r"""7, 9007199254740993, 0.5, 1e300, 12.50, true, b'1', '2026-02-28', '2026-02-28 23:59:59.123456', '2026-02-28 23:59:59',
            'Hồ sơ "mới", dòng\nhai', '', NULL, x'DEADBEEF', '{"a": [1, null]}', '08:30', 2026""",
        ",".join(["NULL"] * 17),
    )
    moment = mariadb.execute(f"SELECT unix_timestamp(zoned) FROM {name} LIMIT 1")[0][0]
    (batch,) = asked(feed(mariadb, f"SELECT *, 'a%b' AS percent, 1 AS n, 2 AS n FROM {name} ORDER BY small DESC"))
    first, second = rows([batch])
    assert first == (
        *(7, 9007199254740993, 0.5, 1e300, Decimal("12.50"), 1, 1, dt.date(2026, 2, 28), dt.datetime(2026, 2, 28, 23, 59, 59, 123456)),
        *(dt.datetime.fromtimestamp(moment, UTC), 'Hồ sơ "mới", dòng\nhai', "", None, "\\xdeadbeef", '{"a": [1, null]}', "08:30:00", 2026),
        *("a%b", 1, 2),
    )
    assert second[:-3] == (None,) * 17
    assert batch.table.column_names[-2:] == ["n", "n (2)"]


def test_what_a_type_cannot_hold_stays_as_it_was_written(server: Server) -> None:
    if isinstance(server, PostgreSQL):
        query = """SELECT * FROM (VALUES (TIMESTAMP 'infinity', 'NaN'::numeric, DATE '0044-03-15 BC'),
            ('2026-01-01 08:00', 1.5, '2026-01-01')) AS v(moment, number, day)"""
        assert rows(asked(feed(server, query))) == [("infinity", "NaN", "0044-03-15 BC"), ("2026-01-01 08:00:00", "1.5", "2026-01-01")]
    else:
        name = table(server, "day date")
        server.execute("SET sql_mode = ''", f"INSERT INTO {name} VALUES ('0000-00-00'), ('2026-01-01')")
        assert rows(asked(feed(server, f"SELECT day FROM {name} ORDER BY day"))) == [("0000-00-00",), ("2026-01-01",)]


def test_one_column_of_nothing_has_its_rows(server: Server) -> None:
    name = table(server, "a int", "NULL", "1", "NULL")
    assert sorted(rows(asked(feed(server, f"SELECT a FROM {name}"))), key=str) == [(1,), (None,), (None,)]


# What is new


def test_each_row_is_brought_once_and_late_ones_are_found(server: Server) -> None:
    name = table(server, "id int, changed timestamp", "1, '2026-01-01 08:00:00'", "2, '2026-01-01 09:00:00'")
    query = f"SELECT id, changed FROM {name} WHERE changed > :watermark"
    source = feed(server, query, watermark={"column": "changed", "start": "2025-12-31", "overlap": "10m"})
    first = asked(source)
    assert sorted(row[0] for row in rows(first)) == [1, 2]
    again = asked(source, last(first))  # the overlap alone
    assert [row[0] for row in rows(again)] == [2]
    assert asked(source, last(again)) == []
    server.execute(f"INSERT INTO {name} VALUES (3, '2026-01-01 08:55:00'), (4, '2026-01-01 08:49:00')")
    late = asked(source, last(again))
    assert sorted(row[0] for row in rows(late)) == [2, 3]  # what comes later than the overlap reaches back is not found
    assert asked(source, last(late)) == []


@pytest.mark.parametrize(
    ("kind", "start", "old", "new", "overlap"),
    [
        ("date", dt.date(2026, 1, 1), "'2026-02-01'", "'2026-02-02'", "1d"),
        ("bigint", 0, "9007199254740993", "9007199254740994", 0),
        ("numeric(20,4)", 0, "1.5", "1.5001", 0),
        ("varchar(20)", "", "'2026-01'", "'2026-02'", None),
        ("double precision", 0.5, "0.7", "0.8", 0),
    ],
)
def test_a_watermark_is_a_date_a_number_or_a_text(server: Server, kind: str, start: Any, old: str, new: str, overlap: Any) -> None:
    name = table(server, f"id int, mark {kind}", f"1, {old}", "9, NULL")
    watermark = {"column": "mark", "start": start} | ({} if overlap is None else {"overlap": overlap})
    source = feed(server, f"SELECT * FROM {name} WHERE mark > :watermark", watermark=watermark)
    first = asked(source)
    assert [row[0] for row in rows(first)] == [1]
    assert asked(source, last(first)) == []
    server.execute(f"INSERT INTO {name} VALUES (2, {new})")
    found = {row[0] for row in rows(asked(source, last(first)))}
    assert found == ({1, 2} if kind == "date" else {2})


def test_a_moment_with_zone_is_gone_on_from_to_the_microsecond(postgresql: Server) -> None:
    name = table(postgresql, "id int, at timestamptz", "1, '2026-01-01 08:00:00.000001+07'", "2, '2026-01-01 08:00:00.000002+07'")
    source = feed(postgresql, f"SELECT * FROM {name} WHERE at > :watermark", watermark={"column": "at", "start": "2026-01-01", "overlap": "0s"})
    first = asked(source)
    postgresql.execute(f"INSERT INTO {name} VALUES (3, '2026-01-01 08:00:00.000003+07')")
    assert [row[0] for row in rows(asked(source, last(first)))] == [3]


def test_a_value_that_is_no_moment_does_not_move_the_watermark(postgresql: Server) -> None:
    name = table(postgresql, "id int, at timestamp", "1, '2026-01-01 08:00'", "2, 'infinity'")
    source = feed(postgresql, f"SELECT * FROM {name} WHERE at > :watermark", watermark={"column": "at", "start": "2025-01-01", "overlap": "0s"})
    first = asked(source)
    postgresql.execute(f"INSERT INTO {name} VALUES (3, '2026-01-01 08:01')")
    assert sorted(row[0] for row in rows(asked(source, last(first)))) == [2, 3]


def test_sorted_the_position_moves_with_each_batch_and_never_past_a_row_still_to_come(server: Server) -> None:
    name = table(server, "id int, n int", *[f"{place}, {place // 3}" for place in range(10)])
    query = f"SELECT id, n FROM {name} WHERE n > :watermark ORDER BY n"
    source = feed(server, query, watermark={"column": "n", "start": -1, "overlap": 0}, sorted=True, batch_rows=4)
    batches = asked(source)
    assert [batch.table.num_rows for batch in batches] == [4, 4, 2]
    assert [batch.first_row for batch in batches] == [1, 5, 9]
    for kept in range(len(batches)):
        read = {row[0] for row in rows(batches[: kept + 1])}
        rest = {row[0] for row in rows(asked(source, batches[kept].position))}
        assert read | rest == set(range(10))
    unsorted = asked(feed(server, query, watermark={"column": "n", "start": -1, "overlap": 0}, batch_rows=4))
    assert [batch.position is None for batch in unsorted] == [True, True, False]


def test_a_query_that_is_not_sorted_as_it_says_is_told(server: Server) -> None:
    name = table(server, "n int", "1", "3", "2")
    source = feed(server, f"SELECT n FROM {name} WHERE n > :watermark ORDER BY n DESC", watermark={"column": "n", "start": 0}, sorted=True)
    with pytest.raises(FeedRejected, match="not sorted by “n”"):
        asked(source)


def test_without_a_watermark_the_same_answer_is_no_delivery(server: Server) -> None:
    name = table(server, "id int, word varchar(9)", "1, 'a'", "2, 'b'")
    source = feed(server, f"SELECT * FROM {name}")
    first = asked(source)
    assert asked(source, last(first)) == []
    server.execute(f"UPDATE {name} SET word = 'c' WHERE id = 1")
    changed = asked(source, last(first))
    assert sorted(rows(changed)) == [(1, "c"), (2, "b")]
    server.execute(f"UPDATE {name} SET word = 'a' WHERE id = 1")
    assert sorted(rows(asked(source, last(changed)))) == [(1, "a"), (2, "b")]  # what was before is new again
    assert asked(feed(server, f"SELECT * FROM {name} WHERE id = 0")) == []


def test_a_position_of_something_else_is_begun_anew(postgresql: Server) -> None:
    name = table(postgresql, "id int, n int", "1, 5")
    source = feed(postgresql, f"SELECT * FROM {name} WHERE n > :watermark", watermark={"column": "n", "start": 0})
    for position in ("?", "[]", '{"column": "m", "kind": "number", "at": "9", "seen": ""}', '{"column": "n", "kind": "date", "at": "9", "seen": ""}'):
        assert rows(asked(source, position)) == [(1, 5)]


def test_a_reading_sees_one_moment_of_the_database(server: Server) -> None:
    name = table(server, "id int", *map(str, range(20)))
    (delivery,) = [feed(server, f"SELECT id FROM {name} ORDER BY id", batch_rows=5).deliveries()]
    found = []
    for each in delivery:
        for batch in each.batches:
            found += rows([batch])
            server.execute(f"UPDATE {name} SET id = id + 1000")
    assert found == [(number,) for number in range(20)]


def test_wide_rows_are_read_in_small_pieces(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from data_sources.sql import databases

    name = table(server, "id int, word text", *[f"{number}, '{'x' * 60_000}'" for number in range(40)])
    monkeypatch.setattr(databases, "PIECE_BYTES", 100_000)
    assert sum(batch.table.num_rows for batch in asked(feed(server, f"SELECT * FROM {name}"))) == 40
    monkeypatch.setattr(databases, "ROW_BYTES", 50_000)
    monkeypatch.setattr(databases, "PIECE_BYTES", 50_000)
    with pytest.raises(FeedRejected, match="wider than is read"):
        asked(feed(server, f"SELECT * FROM {name}"))


# What can go wrong


def fault(kind: type[Exception], source: Feed) -> str:
    with pytest.raises(kind) as raised:
        asked(source)
    message = str(raised.value)
    assert PASSWORD not in message and "\n" not in message and message[0].isupper() and message.endswith((".", "?"))
    return message


def test_what_is_wrong_with_the_account_is_told(server: Server) -> None:
    name = table(server, "id int")
    assert "refuses this user or password" in fault(FeedRejected, feed(server, f"SELECT * FROM {name}", password="another"))
    assert "There is no elsewhere on" in fault(FeedRejected, feed(server, f"SELECT * FROM {name}", url=server.url("elsewhere")))
    user = f"u{time.monotonic_ns()}"
    if isinstance(server, PostgreSQL):
        server.execute(f"CREATE USER {user} PASSWORD 'reads-only'")
    else:
        server.execute(f"CREATE USER {user}@'%' IDENTIFIED BY 'reads-only'", f"GRANT INSERT ON office.{name} TO {user}@'%'")
    message = fault(FeedRejected, feed(server, f"SELECT * FROM {name}", url=server.url(user=user), password="reads-only"))
    assert "may not read this" in message and name in message


def test_what_is_wrong_with_the_query_is_told_with_the_name(server: Server) -> None:
    name = table(server, "id int, word varchar(20)", "1, 'bí mật'")
    assert "no_such_table" in fault(FeedRejected, feed(server, "SELECT * FROM no_such_table"))
    assert "no_such_column" in fault(FeedRejected, feed(server, f"SELECT no_such_column FROM {name}"))
    assert "does not understand the query" in fault(FeedRejected, feed(server, f"SELECT id FRM {name} WHERE"))
    source = feed(server, f"SELECT id AS n FROM {name} WHERE id > :watermark", watermark={"column": "nn", "start": 0})
    assert "gives no column “nn”" in fault(FeedRejected, source)
    mistaken = feed(server, f"SELECT id FROM {name} WHERE id > :watermark", watermark={"column": "id", "start": 0, "overlap": "10m"})
    position = last(asked(mistaken))
    with pytest.raises(FeedRejected, match="holds numbers"):
        asked(mistaken, position)


def test_a_value_of_a_row_is_in_no_message(server: Server) -> None:
    name = table(server, "word varchar(20)", "'Nguyễn Thị Kín'")
    cast = "word::int" if isinstance(server, PostgreSQL) else "exp(length(word) * 1000)"
    message = fault(FeedRejected, feed(server, f"SELECT {cast} FROM {name}"))
    assert "Kín" not in message and "cannot compute" in message


def test_a_query_cannot_write(server: Server) -> None:
    name = table(server, "id int", "1")
    writes = f"bump_{name}"
    if isinstance(server, PostgreSQL):
        server.execute(f"CREATE FUNCTION {writes}() RETURNS int LANGUAGE sql AS 'DELETE FROM {name} RETURNING id'")
    else:
        server.execute(f"CREATE FUNCTION {writes}() RETURNS int MODIFIES SQL DATA BEGIN DELETE FROM {name}; RETURN 1; END")
    assert "The query writes" in fault(FeedRejected, feed(server, f"SELECT {writes}()"))
    for query in (f"SELECT 1; DELETE FROM {name}", f"WITH gone AS (DELETE FROM {name} RETURNING id) SELECT id FROM gone", f"SELECT 1; COMMIT; DELETE FROM {name}"):
        fault(FeedRejected, feed(server, query))
    assert len(server.execute(f"SELECT * FROM {name}")) == 1


def test_a_slow_query_is_ended_and_told(server: Server) -> None:
    slow = "SELECT pg_sleep(30)" if isinstance(server, PostgreSQL) else "SELECT sleep(30), count(*) FROM information_schema.columns a, information_schema.columns b"
    started = time.monotonic()
    assert "statement_timeout" in fault(FeedUnavailable, feed(server, slow, statement_timeout="1s"))
    assert time.monotonic() - started < 8


def test_a_host_that_is_not_there_is_told(server: Server, free_port: int) -> None:
    assert "no such host" in fault(FeedUnavailable, feed(server, "SELECT 1", url=server.url(host="no-such-host.invalid")))
    assert "Nobody listens" in fault(FeedUnavailable, feed(server, "SELECT 1", url=server.url(port=free_port)))


def test_one_that_takes_the_call_and_says_nothing_is_given_up(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        source = feed(server, "SELECT 1", url=server.url(port=silent.getsockname()[1]), connect_timeout="2s")
        assert "did not answer in time" in fault(FeedUnavailable, source)
        assert time.monotonic() - started < 6


def test_tls_proves_who_the_server_is(server: Server) -> None:
    encrypted = "SELECT ssl AS v FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    if isinstance(server, MariaDB):
        encrypted = "SELECT variable_value <> '' AS v FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
    proven = {"url": server.url(host="localhost"), "tls": "verify", "ca": "ca.pem"}
    assert rows(asked(feed(server, encrypted, **proven))) == [(True,)]
    assert rows(asked(feed(server, encrypted, tls="encrypt"))) == [(True,)]
    assert rows(asked(feed(server, encrypted))) in ([(False,)], [(0,)])
    assert "certificate" in fault(FeedRejected, feed(server, encrypted, tls="verify", ca="ca.pem"))  # it is of localhost, not of 127.0.0.1
    assert "certificate" in fault(FeedRejected, feed(server, encrypted, **(proven | {"ca": None})))
    assert "ca-of-nobody.pem" in fault(FeedRejected, feed(server, encrypted, **(proven | {"ca": "ca-of-nobody.pem"})))


def test_a_password_may_be_in_a_file(server: Server, tmp_path: Path) -> None:
    source = feed(server, "SELECT 1 AS one", tmp_path, password="file:secret")
    assert "secret" in fault(FeedUnavailable, source)
    (tmp_path / "secret").write_text(PASSWORD + "\n", encoding="utf-8")
    assert rows(asked(source)) == [(1,)]


# A database that goes away in the middle of a reading


@pytest.fixture
def wide(server: Server) -> Server:
    """A server with a table that no buffer on the way holds whole."""
    server.execute("DROP TABLE IF EXISTS wide", "CREATE TABLE wide (id int, word text)", "INSERT INTO wide VALUES (1, repeat('x', 1000))")
    server.execute(*["INSERT INTO wide SELECT id, word FROM wide"] * 15)
    return server


def reading_of(server: Server, stopping: threading.Event | None = None, **options: Any) -> Iterator[Batch]:
    source = feed(server, "SELECT * FROM wide", batch_rows=1000, **options)
    for delivery in source.deliveries(Occasion(None, stopping or threading.Event())):
        yield from delivery.batches


def test_one_that_breaks_off_is_told_and_read_again_later(wide: Server) -> None:
    reading = reading_of(wide)
    next(reading)
    wide.stop()
    with pytest.raises(FeedUnavailable, match="broke|shutting down"):
        list(reading)
    with pytest.raises(FeedUnavailable, match="Nobody listens"):
        list(reading_of(wide))
    wide.start()
    assert sum(batch.table.num_rows for batch in reading_of(wide)) == 2**15


def test_one_that_falls_silent_is_given_up(wide: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "GRACE_SECONDS", 0.5)
    reading = reading_of(wide, statement_timeout="1s")
    next(reading)
    with wide.frozen(), pytest.raises(FeedUnavailable, match="fallen silent"):
        list(reading)


def test_one_that_is_told_to_stop_ends_at_once(wide: Server) -> None:
    stopping = threading.Event()
    reading = reading_of(wide, stopping)
    next(reading)
    stopping.set()
    started = time.monotonic()
    list(reading)
    assert time.monotonic() - started < 3
    slow = "SELECT pg_sleep(30)" if isinstance(wide, PostgreSQL) else "SELECT sleep(30)"
    threading.Timer(0.5, stopping.set).start()
    stopping.clear()
    assert asked(feed(wide, slow), stopping=stopping) == []
    assert time.monotonic() - started < 5


def test_one_that_is_left_in_the_middle_leaves_nothing_open(wide: Server) -> None:
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ioc'"
    if isinstance(wide, MariaDB):
        count = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT * FROM wide%'"
    reading = reading_of(wide)
    next(reading)
    reading.close()
    end = time.monotonic() + 5
    while wide.execute(count)[0][0]:
        assert time.monotonic() < end
        time.sleep(0.05)


# Options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "nonsense"}, "not the address of a database"),
        ({"url": "postgres://u@h/d"}, "begins with one of postgresql://"),
        ({"url": "postgresql+asyncpg://u@h/d"}, "begins with one of"),
        ({"url": "postgresql://u@h:port/d"}, "not the address of a database"),
        ({"url": "mariadb://u@h"}, "does not say which database"),
        ({"url": "postgresql://u:secret-word@h/d", "password": "secret-word"}, "in one of them"),
        ({"query": "UPDATE t SET a = 1"}, "only one SELECT"),
        ({"query": ""}, "only one SELECT"),
        ({"query": "SELECT a FROM t WHERE a > :since"}, "“:since”, which stands for nothing"),
        ({"query": "SELECT a FROM t WHERE a > :watermark"}, "none is declared"),
        ({"watermark": {"column": "a", "start": 0}}, "never speaks of “:watermark”"),
        ({"sorted": True}, "no watermark is declared"),
        ({"connect_timeout": "0s"}, "no time at all"),
        ({"statement_timeout": 5}, "not a length of time"),
        ({"query": "SELECT :watermark", "watermark": {"column": "a", "start": 0, "overlap": "soon"}}, "not a length of time"),
        ({"batch_rows": 0}, "greater than or equal to 1"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_wrong_options_are_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        SqlOptions.model_validate({"url": "postgresql://u@h/d", "query": "SELECT 1"} | options)
    assert "secret-word" not in str([each["msg"] for each in raised.value.errors()])


@pytest.mark.parametrize(
    "query", ["select 1", "-- why\n/* and */ (SELECT 1)", "WITH a AS (SELECT 1) SELECT * FROM a;", "SELECT a::date, '08:00', '\\:x' FROM t"]
)
def test_ordinary_queries_are_let_through(query: str) -> None:
    SqlOptions.model_validate({"url": "postgresql://u@h/d", "query": query})


def test_secrets_are_not_shown() -> None:
    options = SqlOptions.model_validate({"url": "postgresql://u:secret-word@h/d", "query": "SELECT 1"})
    assert "secret-word" not in repr(options) + str(options.model_dump()) + options.place
