"""One clock: only ``ioc/clock.py`` asks what time it is, and no query does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import files, read, sources

THE_CLOCK = Path("ioc/clock.py")
DAYS = {"now", "utcnow", "today"}
ASKING = {
    "datetime": DAYS,
    "date": DAYS,
    "Timestamp": DAYS,
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime"},
}
QUERY = re.compile(r"\s*(SELECT|INSERT|UPDATE|WITH)\b")
SQL_ASKING = re.compile(r"\b(now|today|get_current_timestamp)\s*\(\s*\)|\bcurrent_(timestamp|date|time)\b", re.IGNORECASE)


def asks_the_time(source: str) -> Iterator[int]:
    """The lines of Python that ask what time it is; measuring a duration (``perf_counter``, ``monotonic``) is something else."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in ASKING.get(owner, ()):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            if any(alias.name in ASKING["time"] for alias in node.names):
                yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(text := node.value, str):
            yield from [node.lineno] if QUERY.match(text) and SQL_ASKING.search(text) else []


def test_only_the_clock_asks_what_time_it_is() -> None:
    askers = [f"{path}:{line}" for path in sources() if path != THE_CLOCK for line in asks_the_time(read(path))]
    assert not askers, f"take a Clock as an argument instead: {askers}"


def test_no_query_asks_what_time_it_is() -> None:
    askers = [str(path) for path in files() if path.suffix == ".sql" and SQL_ASKING.search(re.sub(r"--.*", "", read(path)))]
    assert not askers, f"pass the moment as a parameter instead: {askers}"


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("datetime.now(UTC)", True),
        ("dt.datetime.utcnow()", True),
        ("field(default_factory=date.today)", True),
        ("time.time()", True),
        ("from time import time", True),
        ("con.execute('SELECT now()')", True),
        ("clock.now()", False),
        ("self.clock.now()", False),
        ("today(clock, zone)", False),
        ("time.perf_counter() - time.monotonic()", False),
        ("datetime.time(10)", False),
    ],
)
def test_asking_is_recognised(line: str, asks: bool) -> None:
    assert bool(list(asks_the_time(line))) is asks
