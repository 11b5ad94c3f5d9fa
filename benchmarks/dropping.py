"""How many small files a second are taken in from a folder, each once and with a run of its own: messages, and files of one record."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from benchmarks.data import open_store
from benchmarks.report import say
from data_sources.file import FileOptions, connect
from ioc.catalogue.mapping import identity
from ioc.intake.ingest import Target, take_in
from ioc.intake.port import Occasion

FILES = 2_000


def run(folder: Path, rows: int) -> None:
    """Measure with an empty store, whatever the size of the other parts."""
    scratch = folder / "dropped"
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "in").mkdir(parents=True)
    for number in range(FILES):
        dossier = {"dossier_id": f"H{number}", "unit": "Unit 01", "procedure": "PR-001", "status": "in_progress", "channel": "online"}
        moments = {"received_at": "2026-10-01 00:00:00", "due_at": "2026-10-09 00:00:00", "updated_at": "2026-10-01 00:00:00"}
        (scratch / "in" / f"{number}.json").write_text(json.dumps([dossier | moments | {"fully_online": "true"}]))
    store = open_store(scratch)
    try:
        target = Target("benchmark", "dossier", identity(store.catalogue.records["dossier"]))
        feed = connect(FileOptions(path="in", settle_seconds=0, archive="done"), scratch)
        clock, processor = time.perf_counter(), time.process_time()
        outcome = take_in(store, target, feed.deliveries(Occasion()), again=False)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        assert outcome.tally.accepted == FILES == len(outcome.runs) and not outcome.faults, outcome
        figure = f"{FILES / clock:.0f} files/s; {processor / FILES * 1000:.1f} ms of processor time each"
        say(f"folder, {FILES:,} files", "one record each, put into the archive", figure, "at least 100/s")
    finally:
        store.close()
        shutil.rmtree(scratch)
