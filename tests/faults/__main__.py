"""``python -m tests.faults [--quick] [PLAY …]``: plays every fault at length, or a few times, and writes docs/faults.md with what was seen."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import machine
from tests.faults.plays import PLAYS, ROOT

REPORT = ROOT / "docs" / "faults.md"
HEAD = """# What the product survives

Made by `make faults` on {day} ({machine}). Each fault is played to a real server that takes records in, or to its store; afterwards every record that was acknowledged must be there once, and
every version, cell and value is recomputed from the records and compared. `tests/faults` plays each a few times in every run of the tests; what feeds survive is in [reference/faults.md](reference/faults.md).

| what was done | times | what was seen | minutes |
|---|---|---|---|
"""


def main(names: list[str]) -> int:
    """Play them; 1 if any was not survived."""
    rows, failed, quick = [], 0, "--quick" in names
    names = [name for name in names if name != "--quick"]
    for play, long, short in PLAYS:
        times = short if quick else long
        if names and play.__name__ not in names:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch) / "site"
            folder.mkdir()
            try:
                seen = play(folder, times)
            except AssertionError as error:
                seen, failed = f"**not survived**: {error}", 1
        what = (play.__doc__ or "").rstrip(".")
        rows.append(f"| {what} | {times:,} | {seen} | {(time.monotonic() - began) / 60:.1f} |")
        print(rows[-1], flush=True)
    if not names:
        REPORT.write_text(HEAD.format(day=time.strftime("%Y-%m-%d"), machine=machine()) + "\n".join(rows) + "\n", encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
