"""What feeds of kind `sql` say of a real PostgreSQL and a real MariaDB that cannot be read, and of one that goes away in the middle."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data_sources.sql import session
from ioc.errors import FeedRejected, FeedUnavailable
from ioc.intake.port import Batch, Feed, Occasion
from tests.data_sources.asking import asked, feed, last, rows, table
from tests.data_sources.databases import PASSWORD, MariaDB, PostgreSQL, Server


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
    for query in (
        f"SELECT 1; DELETE FROM {name}",
        f"WITH gone AS (DELETE FROM {name} RETURNING id) SELECT id FROM gone",
        f"SELECT 1; COMMIT; DELETE FROM {name}",
    ):
        fault(FeedRejected, feed(server, query))
    assert len(server.execute(f"SELECT * FROM {name}")) == 1


def test_a_slow_query_is_ended_and_told(server: Server) -> None:
    slow = (
        "SELECT pg_sleep(30)"
        if isinstance(server, PostgreSQL)
        else "SELECT sleep(30), count(*) FROM information_schema.columns a, information_schema.columns b"
    )
    started = time.monotonic()
    assert "statement_seconds" in fault(FeedUnavailable, feed(server, slow, statement_seconds=1))
    assert time.monotonic() - started < 8


def test_a_host_that_is_not_there_is_told(server: Server, free_port: int) -> None:
    assert "no such host" in fault(FeedUnavailable, feed(server, "SELECT 1", url=server.url(host="no-such-host.invalid")))
    assert "Nobody listens" in fault(FeedUnavailable, feed(server, "SELECT 1", url=server.url(port=free_port)))


def test_one_that_takes_the_call_and_says_nothing_is_given_up(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        source = feed(server, "SELECT 1", url=server.url(port=silent.getsockname()[1]), connect_seconds=2)
        assert "did not answer in time" in fault(FeedUnavailable, source)
        assert time.monotonic() - started < 6


def test_tls_proves_who_the_server_is(server: Server) -> None:
    encrypted = "SELECT ssl AS v FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    if isinstance(server, MariaDB):
        encrypted = "SELECT variable_value <> '' AS v FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
    proven = {"url": server.url(host="localhost"), "tls": "verify", "ca_file": "ca.pem"}
    assert rows(asked(feed(server, encrypted, **proven))) == [(True,)]
    assert rows(asked(feed(server, encrypted, tls="encrypt"))) == [(True,)]
    assert rows(asked(feed(server, encrypted))) in ([(False,)], [(0,)])
    assert "certificate" in fault(
        FeedRejected, feed(server, encrypted, tls="verify", ca_file="ca.pem")
    )  # it is of localhost, not of 127.0.0.1
    assert "certificate" in fault(FeedRejected, feed(server, encrypted, **(proven | {"ca_file": ""})))
    assert "ca-of-nobody.pem" in fault(FeedRejected, feed(server, encrypted, **(proven | {"ca_file": "ca-of-nobody.pem"})))


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
    with pytest.raises(FeedUnavailable, match=r"broke|shutting down"):
        list(reading)
    with pytest.raises(FeedUnavailable, match="Nobody listens"):
        list(reading_of(wide))
    wide.start()
    assert sum(batch.table.num_rows for batch in reading_of(wide)) == 2**15


def test_one_that_falls_silent_is_given_up(wide: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "GRACE_SECONDS", 0.5)
    reading = reading_of(wide, statement_seconds=1)
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
