"""The demonstration ministry played through real doors: what its sources send is what is stored, whatever the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from ioc.__main__ import main
from ioc.catalogue.load import BUILT_IN, load
from ioc.clock import SystemClock
from ioc.store.store import Store
from tests.data_sources.broker import Broker
from tests.office import rows_of

ROOT = Path(__file__).parents[2]
SPAN = ("--from", "2026-11-02", "--until", "2026-11-04")


def feeds(free_port: int, broker: Broker) -> dict[str, Any]:
    plain = {"simulated": True}
    return {
        "files": {"kind": "file", "record": "petition", "options": {"path": "in", "watch": True, "settle_seconds": 0.1}, **plain},
        "posts": {"kind": "push", "record": "survey_answer", "options": {"token": "a-long-token"}, **plain},
        "address": {
            "kind": "http",
            "record": "workfile",
            "schedule": {"every": "1s"},
            "options": {
                "url": f"http://127.0.0.1:{free_port}/rows",
                "records": "data.items",
                "paging": {"by": "page", "param": "page", "size": 200, "size_param": "size"},
                "watermark": {"column": "updated_at", "param": "since"},
            },
            **plain,
        },
        "devices": {
            "kind": "mqtt",
            "record": "session",
            "options": {"host": "127.0.0.1", "port": broker.port, "topics": ["ioc/{device}"], "client_id": "ioc"},
            **plain,
        },
    }


def test_what_sources_send_over_the_wire_is_stored(tmp_path: Path, free_port: int) -> None:
    broker = Broker(tmp_path)
    (tmp_path / "in").mkdir()
    config = {"catalogue": "moha", "data": "data", "feeds": feeds(free_port, broker)}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IOC_CONFIG": str(tmp_path / "config.yaml")}
    with (tmp_path / "log.txt").open("w") as log:
        command = [sys.executable, "-m", "ioc", "run", "--port", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        assert server.stdout
        address = server.stdout.readline().removeprefix("IOC: ").strip()
        done = subprocess.run(
            [sys.executable, "-m", "ioc", "simulate", *SPAN, "--rate", "40000", "--address", address, "--linger", "8"],
            capture_output=True,
            text=True,
            env=environment,
            check=True,
            timeout=120,
        )
        sent = json.loads(done.stdout)["sent"]
        assert all(count > 5 for count in sent.values()) and len(sent) == 4, sent
        end = time.monotonic() + 20
        while any(count < 0.9 * sent[feed] for feed, count in _accepted(address).items()) and time.monotonic() < end:
            time.sleep(0.2)
        with urllib.request.urlopen(f"{address}api/v1/indicators/petitions_answered_on_time/values?period=day", timeout=20) as answer:
            assert json.load(answer)["simulated"]
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close() if server.stdout else None
        broker.stop()
    store = Store(tmp_path / "data" / "ioc.duckdb", load(BUILT_IN / "moha"), SystemClock())
    came = dict(rows_of(store, "SELECT feed, sum(accepted + duplicates + rejected + secret + skipped) FROM run GROUP BY feed"))
    store.close()
    again = came.pop("address") - sent.pop("address")
    assert came == sent, "what became of every row is known"
    assert again >= 0, "rows of the same moment are fetched again"


def _accepted(address: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{address}api/v1/feeds", timeout=20) as answer:
        return {each["feed"]: each["accepted"] for each in json.load(answer)["feeds"]}


def test_without_a_feed_to_play_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.yaml").write_text("catalogue: moha\nfeeds:\n  a: {kind: push, record: dossier, options: {token: a-long-token}}\n")
    assert main(["simulate", "--config", str(tmp_path / "config.yaml"), "--until", "2026-11-02"]) == 1
    assert "No feed is marked" in capsys.readouterr().err
