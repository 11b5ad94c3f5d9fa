"""``python -m benchmarks [PART …] [--rows N …] [--folder DIR]``: measures, prints, and adds to results.md."""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path

from benchmarks.report import machine, say

PARTS = (
    "loading", "reading", "past", "committing", "compacting", "recounting", "pushing", "pages", "clicking", "walls", "fetching",
    "querying", "dropping", "anomalies", "explaining", "forecasting", "targets", "exporting", "printing", "backing", "policy",
)  # fmt: skip
LONG = ("enduring", "idling", "soaking")


def main() -> None:
    """Run the parts asked for, at each size."""
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"any of {', '.join(PARTS)}, which is the default; {', '.join(LONG)}")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000], help="numbers of dossiers")
    parser.add_argument("--folder", type=Path, default=Path("var/benchmarks"), help="where data and stores are kept")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    say("machine", machine(), time.strftime("%Y-%m-%d"), "")
    for rows in options.rows:
        for part in options.parts:
            importlib.import_module(f"benchmarks.{part}").run(options.folder, rows)


if __name__ == "__main__":
    main()
