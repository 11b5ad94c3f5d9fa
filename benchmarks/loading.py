"""How long a CSV takes through mapping, checks, versions and cells, against DuckDB's own COPY of the same file into a typed table."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.data import TYPES, load_csv, make_csv, open_store
from benchmarks.report import say


def run(folder: Path, rows: int) -> None:
    """Measure loading; leaves the store for the other parts."""
    csv = folder / f"dossiers-{rows}.csv"
    make_csv(csv, rows)
    copied = _copy(folder, csv)
    shutil.rmtree(folder / f"store-{rows}", ignore_errors=True)
    # In a process of its own, so that its memory is its own.
    done = subprocess.run([sys.executable, "-m", "benchmarks.loading", str(folder), str(rows)], check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    part = f"loading {rows:,}"
    say(part, "DuckDB COPY into a typed table", f"{copied:.1f} s", "the limit")
    say(part, "ours, from file to readable cells", f"{seconds:.1f} s = {seconds / copied:.2f} x", "at most 4 x")
    say(part, "peak memory", f"{peak / 1024:.0f} MiB", "below 2 GiB")
    csv.unlink()


def _copy(folder: Path, csv: Path) -> float:
    path = folder / "copy.duckdb"
    path.unlink(missing_ok=True)
    start = time.perf_counter()
    with duckdb.connect(str(path), config={"memory_limit": "800MB"}) as connection:
        connection.execute(f"CREATE TABLE dossier ({TYPES})")
        connection.execute(f"COPY dossier FROM '{csv}' (HEADER)")
        connection.execute("CHECKPOINT")
    seconds = time.perf_counter() - start
    path.unlink()
    return seconds


def _load(folder: Path, rows: int) -> None:
    start = time.perf_counter()
    store = open_store(folder / f"store-{rows}")
    outcome = load_csv(store, folder / f"dossiers-{rows}.csv")
    store.close()
    assert outcome.tally.accepted == rows and not outcome.faults, outcome
    print(time.perf_counter() - start, _peak())


def _peak() -> int:
    """The most memory this process has held, in KiB. (The figure of getrusage would include what its parent held before it.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


if __name__ == "__main__":
    _load(Path(sys.argv[1]), int(sys.argv[2]))
