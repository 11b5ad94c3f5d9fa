"""Whether the server's memory stays flat while records are pushed for ten minutes at 5,000 a second: new ones, and ones that change."""

from __future__ import annotations

from pathlib import Path

from benchmarks.pushing import SENDERS, memory, send, serving
from benchmarks.report import say

MINUTES = 10
PACE = SENDERS * 500 / 5_000


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    with serving(folder, rows) as (port, pid):
        held, records, refused = [memory(pid)], 0, 0
        for _ in range(MINUTES):
            sent = send(port, 500, SENDERS, PACE, 60)
            held.append(memory(pid))
            records, refused = records + sent.records, refused + sent.refused
        figure = f"{records / MINUTES / 60:,.0f} records/s, {refused} told to wait; MiB by minute: {', '.join(map(str, held))}"
        say(f"push {rows:,}", f"memory of the server, {MINUTES} minutes at 5,000 records/s", figure, "flat")
