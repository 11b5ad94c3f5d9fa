"""What the product says of itself: figures, ids of requests, and logs without addresses, people or secrets."""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ioc.app import Application
from ioc.logs import HIDDEN, discreet
from tests.api.serving import served
from tests.backup.deployments import CONFIG
from tests.commands.test_backup import post, serving
from tests.house.tree import ROOT

TEXT = re.compile(r"^(ioc_\w+)(?:\{(.*)\})? ([-+.\deE]+|NaN)$")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Application, str]]:
    with served(tmp_path_factory.mktemp("observed"), CONFIG.format(data="var")) as (application, port):
        yield application, f"http://127.0.0.1:{port}"


def get(address: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """An answer: status, headers, text."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def figures(address: str) -> dict[str, float]:
    """Every figure by name and labels."""
    status, headers, text = get(f"{address}/metrics")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/plain")
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            match = TEXT.match(line)
            assert match, line
            found[f"{match[1]}{{{match[2] or ''}}}"] = float(match[3])
    return found


def test_a_wall_that_has_left_is_counted_no_more(site: tuple[Application, str]) -> None:
    address = site[1].removeprefix("http://")
    with socket.create_connection(address.split(":"), timeout=20) as wall:
        wall.sendall(f"GET /live?wall=w1 HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
        assert wall.recv(12) == b"HTTP/1.1 200"
        assert figures(site[1])["ioc_walls{}"] == 1
    until = time.monotonic() + 20
    while not (gone := any(each.is_gone for each in site[0].bus.walls().walls)) and time.monotonic() < until:
        time.sleep(0.05)
    assert gone and figures(site[1])["ioc_walls{}"] == 0


def test_what_comes_in_and_is_asked_is_counted(site: tuple[Application, str]) -> None:
    _, address = site
    before = figures(address)
    post(address, 0, 30)
    for _ in range(3):
        assert get(f"{address}/api/v1/indicators/online_rate/values")[0] == 200
    get(f"{address}/no/such/address/d17")
    unknown = 'ioc_request_seconds_count{method="GET",route="other",status="404"}'
    while (after := figures(address)).get(unknown, 0) == before.get(unknown, 0):  # an answer is counted when its last byte has gone
        time.sleep(0.05)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    route = 'method="GET",route="/api/v1/indicators/<indicator>/values",status="200"'
    assert more(f"ioc_request_seconds_count{{{route}}}") == 3
    assert more('ioc_request_seconds_count{method="POST",route="/api/v1/feeds/<feed>/records",status="202"}') == 1
    assert more(unknown) == 1
    assert more('ioc_feed_rows{fate="accepted",feed="portal"}') == 30
    assert more("ioc_commit_seconds_count{}") >= 1
    assert more("ioc_data_version{}") == 1
    assert after["ioc_queue_rows{}"] == 0
    assert after['ioc_store_bytes{of="file"}'] > 0
    assert not [name for name in after if "d17" in name]


def test_open_streams_are_counted(site: tuple[Application, str]) -> None:
    _, address = site
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"x-request-id" in line.recv(4000)
        assert figures(address)["ioc_streams{}"] == 1
    deadline = time.monotonic() + 20
    while figures(address)["ioc_streams{}"]:
        assert time.monotonic() < deadline


def test_every_answer_has_an_id_and_a_proxys_is_kept(site: tuple[Application, str]) -> None:
    _, address = site
    ids = {get(f"{address}{path}")[1]["x-request-id"] for path in ("/healthz", "/api/v1/targets", "/nothing", "/api/v1/feeds/no/records")}
    assert len(ids) == 4
    assert get(f"{address}/healthz", **{"X-Request-Id": "given-by-a-proxy-1"})[1]["x-request-id"] == "given-by-a-proxy-1"
    assert get(f"{address}/healthz", **{"X-Request-Id": "<script>alert(1)</script>"})[1]["x-request-id"].isalnum()


def test_ready_says_why_it_is_not(site: tuple[Application, str]) -> None:
    application, address = site
    assert get(f"{address}/readyz")[0] == 200
    application.store.database.fault = "No space left on device"
    try:
        status, _, text = get(f"{address}/readyz")
        assert (status, text) == (503, "not ready: the store cannot be written\n")
        assert application.alive(), "a full disk is not mended by starting again"
    finally:
        application.store.database.fault = None
    assert get(f"{address}/readyz")[0] == 200


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("password=hunter2 and more", "hunter2"),
        ('{"token": "abcdefgh"}', "abcdefgh"),
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ("sent Bearer abcdefghi twice", "abcdefghi"),
        ("GET /wall/one?token=s3cr3t&x=1", "s3cr3t"),
        ("IOC_BACKUP_KEY api_key: xyz-123", "xyz-123"),
        ("Exception on /records/dossier/000.00.17 [GET]", "000.00.17"),
        ("the page /records/dossier/000.00.17 could not be drawn", "000.00.17"),
    ],
)
def test_secrets_and_records_are_not_logged(said: str, hidden: str) -> None:
    event: dict[str, Any] = dict(discreet(None, "", {"event": said, "number": 3}))
    assert hidden not in event["event"]
    assert HIDDEN in event["event"] or "Exception in a request" in event["event"]
    assert event["number"] == 3


def test_logs_are_lines_of_json_that_name_their_request_and_are_turned_over(tmp_path: Path) -> None:
    code = """
import logging, sys
from pathlib import Path
from ioc.logs import set_up
counted = []
set_up("info", Path(sys.argv[1]), 1, 2, lambda: counted.append(1))
for number in range(9000):
    logging.getLogger("some.library").info("line %s %s", number, "x" * 300)
try:
    raise ValueError("token=abcdefgh")
except ValueError:
    logging.getLogger("ioc").exception("It has failed.")
assert len(counted) == 1
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "logs")], capture_output=True, text=True, cwd=ROOT, check=True)
    last = json.loads(done.stderr.splitlines()[-1])
    assert (last["event"], last["level"], last["logger"]) == ("It has failed.", "error", "ioc")
    assert "ValueError" in last["exception"] and "abcdefgh" not in done.stderr
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["ioc.log", "ioc.log.1", "ioc.log.2"]


def test_requests_are_logged_by_route(tmp_path: Path) -> None:
    from tests.backup.deployments import deployment

    deployment(tmp_path, more="logs: {level: info, folder: logs}\n")
    with serving(tmp_path / "var.yaml") as address:
        _, headers, _ = get(f"{address}/records/dossier/000.00.17?where=unit:a&token=abcdef")
    text = (tmp_path / "logs" / "ioc.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    (mine,) = [line for line in lines if line.get("request") == headers["x-request-id"] and line["logger"] == "ioc.requests"]
    assert (mine["method"], mine["route"]) == ("GET", "/records/<name>/<key>")
    assert "000.00.17" not in text and "abcdef" not in text
    assert logging.getLogger().level != logging.INFO, "another process"
