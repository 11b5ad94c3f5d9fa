"""The product behind nginx as ``deploy/nginx.conf`` has it: TLS ends there, and everything else is as without it."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from ioc.access.accounts import Accounts, open_ledger
from ioc.access.trail import AuditTrail, Sought
from ioc.clock import SystemClock
from tests.access.journeys import PASSWORD
from tests.backup.deployments import deployment
from tests.house.tree import ROOT, read

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
AROUND = "daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {temporary} {own} }}"


@dataclass(frozen=True)
class Front:
    """Where the proxy listens, and where the data are."""

    tls: int
    plain: int
    data: Path

    def begin(self, method: str, path: str, body: str = "", **headers: str) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        trusting = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=60, context=trusting)
        connection.request(method, path, body, {"Host": f"127.0.0.1:{self.tls}", **headers})
        return connection, connection.getresponse()

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, Any, bytes]:
        connection, answer = self.begin(method, path, body, **headers)
        with closing(connection), answer:
            return answer.status, answer.headers, answer.read()

    def sign_in(self) -> tuple[int, str]:
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        status, headers, _ = self.ask("POST", "/login", urlencode({"name": "lan", "password": PASSWORD}), **kind)
        return status, headers["Set-Cookie"]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    if NGINX is None or shutil.which("openssl") is None:
        pytest.skip("there is no nginx or no openssl")
    folder = tmp_path_factory.mktemp("proxy")
    key, chain = folder / "key.pem", folder / "chain.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-keyout",
        key,
        "-out",
        chain,
    ]
    subprocess.run(made, check=True, capture_output=True)
    config = deployment(folder, more="access: {}\nserver: {trusted_proxies: [127.0.0.1]}\n")
    Accounts(open_ledger(config.data)).add("lan", "leader", None, PASSWORD, SystemClock().now(), must_change=False)
    command = [sys.executable, "-m", "ioc", "run", "--config", folder / "var.yaml", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    running = [server]
    try:
        assert server.stdout
        behind = server.stdout.readline().rstrip("/\n").rpartition(":")[2]
        tls, plain = _free(), _free()
        (folder / "nginx.conf").write_text(_as_here(folder, behind, tls, plain, chain, key), encoding="utf-8")
        checked = subprocess.run([NGINX, "-t", "-c", folder / "nginx.conf"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        running.insert(0, subprocess.Popen([NGINX, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL, text=True))
        found = Front(tls, plain, config.data)
        _until(lambda: found.ask("GET", "/healthz")[0] == 200)
        yield found
    finally:
        for each in running:
            each.terminate()
            assert each.wait(30) == 0
        if server.stdout:
            server.stdout.close()


def _as_here(folder: Path, behind: str, tls: int, plain: int, chain: Path, key: Path) -> str:
    """The shipped file with the names, ports and places of this test, and nothing else of it changed."""
    own = read("deploy/nginx.conf")
    for pattern, by in (
        (r"127\.0\.0\.1:8050", f"127.0.0.1:{behind}"),
        (r"listen \[::\]:\d+[^;]*;", ""),
        (r"listen 443", f"listen 127.0.0.1:{tls}"),
        (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"/etc/ioc/tls/fullchain.pem", str(chain)),
        (r"/etc/ioc/tls/privkey.pem", str(key)),
    ):
        own, count = re.subn(pattern, by, own)
        assert count, pattern
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    return AROUND.format(folder=folder, temporary=temporary, own=f"\n{own}\n")


def _free() -> int:

    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            if so():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_signing_in_and_reading_over_tls(front: Front) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front.plain, timeout=20)) as connection:
        connection.request("GET", "/milestones")
        assert connection.getresponse().status == 308, "nobody reads in clear text"
    status, headers, _ = front.ask("GET", "/login")
    assert status == 200 and headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    status, cookie = front.sign_in()
    assert status == 303 and "Secure" in cookie and "HttpOnly" in cookie
    assert front.ask("GET", "/api/v1/targets", Cookie=cookie.partition(";")[0])[0] == 200
    assert front.ask("GET", "/api/v1/targets")[0] == 401, "a proxy on this machine makes nobody one who sits before it"
    line = AuditTrail(front.data, SystemClock()).find(Sought(action="sign_in"))[0]
    assert (line.who, line.address) == ("lan", "127.0.0.1")


def test_events_come_through_as_they_happen(front: Front) -> None:
    connection, stream = front.begin("GET", "/live", Cookie=front.sign_in()[1].partition(";")[0])
    with closing(connection), stream:
        assert stream.status == 200 and stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.readline().startswith(b"retry"), "nothing is gathered on the way"
        row = {"id": "p1", "unit": "a", "received_at": "2026-11-05", "online": True, "updated_at": "2026-11-20"}
        headers = {"Content-Type": "application/json", "Authorization": "Bearer a-token-of-some-length"}
        status, _, body = front.ask("POST", "/api/v1/feeds/portal/records", json.dumps([row]), **headers)
        assert status == 202
        while not (line := stream.readline()).startswith(b"data:"):
            assert line, "it stays open"
        assert json.loads(line.removeprefix(b"data:"))["version"] == json.loads(body)["version"]
