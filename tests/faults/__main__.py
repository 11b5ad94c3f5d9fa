"""``python -m tests.faults [--quick] [PLAY …]``: plays every fault, or those that are named, at length or a few times.

What was seen of a fault that was played at length stands in docs/faults.md from then on, until it is played again.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import machine
from tests.faults.plays import PLAYS, ROOT, Play

REPORT = ROOT / "docs" / "faults.md"
HEAD = """# What the product survives

Made by `make faults` ({machine}). Each fault is played to a real server that takes records in, or to its store; afterwards every record that was acknowledged must be there once, and
every version, cell and value is recomputed from the records and compared. `tests/faults` plays each a few times in every run of the tests; what feeds survive is in [reference/faults.md](reference/faults.md).

| what was done | times | what was seen | minutes | on |
|---|---|---|---|---|
"""


def main(names: list[str]) -> int:
    """Play them; 1 if any was not survived."""
    failed, quick = 0, "--quick" in names
    names = [name for name in names if name != "--quick"]
    for play, long, short in PLAYS:
        times = short if quick else long
        if (names and play.__name__ not in names) or not times:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch) / "site"
            folder.mkdir()
            try:
                seen = play(folder, times)
            except AssertionError as error:
                seen, failed = f"**not survived**: {error}", 1
        row = f"| {said(play)} | {times:,} | {seen} | {(time.monotonic() - began) / 60:.1f} | {time.strftime('%Y-%m-%d')} |"
        print(row, flush=True)
        if not quick and not seen.startswith("not played"):
            write(play, row)
    return failed


def said(play: Play) -> str:
    """What a play does."""
    return " ".join((play.__doc__ or "").split()).rstrip(".")


def write(play: Play, row: str) -> None:
    """Put what was seen in the place of what was seen before."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in text.splitlines() if line.startswith("| ")}
    rows[said(play)] = row
    kept = [rows[said(each)] for each, _, _ in PLAYS if said(each) in rows]
    REPORT.write_text(HEAD.format(machine=machine()) + "\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
