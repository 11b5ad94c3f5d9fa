"""Database servers of this test process, each started once, when a test first asks for it; and a folder that files come to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc.clock import SystemClock
from ioc.store.store import Store
from tests.data_sources.databases import MariaDB, PostgreSQL, Server
from tests.office import catalogue


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with PostgreSQL() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with MariaDB() as server:
        yield server


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "office.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
    yield opened
    opened.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"
