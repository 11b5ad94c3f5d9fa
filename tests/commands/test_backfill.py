"""``ioc feeds backfill`` as a person runs it: a line of progress, and Ctrl-C ends it in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import yaml

from ioc.clock import SystemClock
from ioc.store.backfill import BackfillState
from ioc.store.store import Store
from tests.data_sources.web import Asked, Web, send
from tests.office import CATALOGUE, catalogue, rows_of

ROOT = Path(__file__).parents[2]


def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.2)
    day = asked.params["since"][:10]
    send(handler, [{"id": day, "unit": "a", "joined_on": day}])


def test_progress_is_told_and_an_interrupt_leaves_what_has_come(tmp_path: Path) -> None:
    web = Web(answer)
    mark = {"column": "joined_on", "param": "since", "until_param": "until"}
    feed = {"kind": "http", "record": "staff", "schedule": {"every": "1d"}, "options": {"url": web.url, "watermark": mark}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"catalogue": str(CATALOGUE), "data": "data", "feeds": {"web": feed}}))
    command = [sys.executable, "-m", "ioc", "feeds", "backfill", "--from", "2026-01-01", "--to", "2026-04-10", "web"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)
    try:
        assert process.stderr
        told = next(line for line in process.stderr if line.startswith("2 of"))
        assert told == "2 of 100 days, 2 records\n"
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=30)
        assert process.returncode == 1 and "of 100 days" in rest
    finally:
        process.kill()
        web.close()
    store = Store(tmp_path / "data" / "ioc.duckdb", catalogue(), SystemClock())
    kept = store.feed_state("web").backfill
    assert kept and kept.state is BackfillState.CANCELLED and 2 <= kept.done < 100
    assert rows_of(store, "SELECT count(*) FROM rec_staff")[0][0] >= kept.records >= 2
    store.close()
