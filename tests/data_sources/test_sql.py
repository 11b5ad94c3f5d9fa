"""Feeds of kind `sql` on a real PostgreSQL and a real MariaDB: each column in its type, and what is new in an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from data_sources.sql import database
from data_sources.sql import postgresql as postgresql_module
from data_sources.sql.feed import SqlFeed
from ioc.clock import FrozenClock
from ioc.errors import FeedRejected
from ioc.intake.port import Occasion
from tests.data_sources.asking import asked, feed, last, rows, table
from tests.data_sources.databases import PostgreSQL, Server

UTC = dt.UTC


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
    source = feed(
        postgresql, f"SELECT * FROM {name} WHERE at > :watermark", watermark={"column": "at", "start": "2026-01-01", "overlap": 0}
    )
    first = asked(source)
    postgresql.execute(f"INSERT INTO {name} VALUES (3, '2026-01-01 08:00:00.000003+07')")
    assert [row[0] for row in rows(asked(source, last(first)))] == [3]


def test_a_value_that_is_no_moment_does_not_move_the_watermark(postgresql: Server) -> None:
    name = table(postgresql, "id int, at timestamp", "1, '2026-01-01 08:00'", "2, 'infinity'")
    source = feed(
        postgresql, f"SELECT * FROM {name} WHERE at > :watermark", watermark={"column": "at", "start": "2025-01-01", "overlap": 0}
    )
    first = asked(source)
    postgresql.execute(f"INSERT INTO {name} VALUES (3, '2026-01-01 08:01')")
    assert sorted(row[0] for row in rows(asked(source, last(first)))) == [2, 3]


@pytest.mark.parametrize("is_sorted", [False, True])
@pytest.mark.parametrize(
    ("kind", "past", "ahead", "between"),
    [
        ("timestamp", "'2026-01-01 08:00'", "'2037-01-01 08:00'", "'2026-01-01 08:01'"),
        ("date", "'2026-02-01'", "'2037-02-01'", "'2026-02-02'"),
    ],
)
def test_a_row_that_claims_to_lie_ahead_hides_none_before_it(
    server: Server, kind: str, past: str, ahead: str, between: str, is_sorted: bool
) -> None:
    name = table(server, f"id int, at {kind} NULL", f"1, {past}", f"2, {ahead}")
    query = f"SELECT id, at FROM {name} WHERE at > :watermark ORDER BY at"
    source = feed(server, query, watermark={"column": "at", "start": "2025-01-01", "overlap": 0, "sorted": is_sorted})
    first = asked(source)
    assert [row[0] for row in rows(first)] == [1, 2], "it is taken in all the same"
    server.execute(f"INSERT INTO {name} VALUES (3, {between})")
    second = asked(source, last(first))
    assert [row[0] for row in rows(second)] == [3, 2]
    third = asked(source, last(second))
    assert [row[0] for row in rows(third)] == [2]
    assert asked(source, last(third)) == []


def test_a_clock_of_ours_that_is_set_back_hides_no_row(postgresql: Server) -> None:
    name = table(postgresql, "id int, at timestamptz", "1, '2026-01-01 08:00+07'", "2, '2026-06-01 08:00+07'")
    options = {"column": "at", "start": "2025-01-01", "overlap": 0}
    source = feed(postgresql, f"SELECT * FROM {name} WHERE at > :watermark ORDER BY at", watermark=options)
    first = asked(source)
    postgresql.execute(f"INSERT INTO {name} VALUES (3, '2026-05-01 08:00+07')")
    assert asked(source, last(first)) == []
    assert isinstance(source, SqlFeed)
    behind = replace(source, clock=FrozenClock(dt.datetime(2026, 3, 1, tzinfo=UTC)))
    assert [row[0] for row in rows(asked(behind, last(first)))] == [3, 2]


def test_sorted_the_position_moves_with_each_batch_and_never_past_a_row_still_to_come(server: Server) -> None:
    name = table(server, "id int, n int", *[f"{place}, {place // 3}" for place in range(10)])
    query = f"SELECT id, n FROM {name} WHERE n > :watermark ORDER BY n"
    source = feed(server, query, watermark={"column": "n", "start": -1, "overlap": 0, "sorted": True}, batch_rows=4)
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
    source = feed(
        server, f"SELECT n FROM {name} WHERE n > :watermark ORDER BY n DESC", watermark={"column": "n", "start": 0, "sorted": True}
    )
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
    for position in (
        "?",
        "[]",
        '{"column": "m", "kind": "number", "at": "9", "seen": ""}',
        '{"column": "n", "kind": "date", "at": "9", "seen": ""}',
    ):
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
    name = table(server, "id int, word text", *[f"{number}, '{'x' * 60_000}'" for number in range(40)])
    for module in (database, postgresql_module):
        monkeypatch.setattr(module, "PIECE_BYTES", 100_000)
    assert sum(batch.table.num_rows for batch in asked(feed(server, f"SELECT * FROM {name}"))) == 40
    for module in (database, postgresql_module):
        monkeypatch.setattr(module, "ROW_BYTES", 50_000)
        monkeypatch.setattr(module, "PIECE_BYTES", 50_000)
    with pytest.raises(FeedRejected, match="wider than is read"):
        asked(feed(server, f"SELECT * FROM {name}"))


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz"])
def test_days_gone_by_are_those_days_and_no_others(postgresql: Server, kind: str) -> None:
    moments = ("2026-01-01 23:59:59.999999", "2026-01-02 00:00:00", "2026-01-03 23:59:59.999999", "2026-01-04 00:00:00")
    zone = "+07" if kind == "timestamptz" else ""
    name = table(postgresql, f'nr int, "Changed" {kind}', *(f"{nr}, '{moment}{zone}'" for nr, moment in enumerate(moments)))
    start: object = dt.datetime(2026, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=7))) if zone else dt.date(2026, 1, 1)
    mark = {"column": "Changed", "start": start, "sorted": True}
    source = feed(postgresql, f'SELECT * FROM {name} WHERE "Changed" > :watermark ORDER BY "Changed" -- by moment', watermark=mark)
    occasion = Occasion(span=(dt.date(2026, 1, 2), dt.date(2026, 1, 3)))
    found = [batch for delivery in source.deliveries(occasion) for batch in delivery.batches]
    assert [row["nr"] for batch in found for row in batch.table.to_pylist()] == [1, 2]


def test_days_gone_by_of_mariadb(mariadb: Server) -> None:
    name = table(mariadb, "nr int, changed datetime(6)", "1, '2026-01-01 23:59:59.999999'", "2, '2026-01-02'", "3, '2026-01-03'")
    mark = {"column": "changed", "start": dt.datetime(2026, 1, 1)}
    source = feed(mariadb, f"SELECT * FROM {name} WHERE changed > :watermark", watermark=mark)
    day = dt.date(2026, 1, 2)
    (delivery,) = source.deliveries(Occasion(span=(day, day)))
    assert [row["nr"] for batch in delivery.batches for row in batch.table.to_pylist()] == [2]


def test_only_a_watermark_that_is_a_time_knows_days(postgresql: Server) -> None:
    name = table(postgresql, "nr int", "1")
    source = feed(postgresql, f"SELECT * FROM {name} WHERE nr > :watermark", watermark={"column": "nr", "start": 0})
    with pytest.raises(FeedRejected, match="no watermark that is a moment"):
        list(source.deliveries(Occasion(span=(dt.date(2026, 1, 1), dt.date(2026, 1, 2)))))
