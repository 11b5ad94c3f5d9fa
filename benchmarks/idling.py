"""What 200 scheduled feeds cost while none of them has anything new: half look into a folder, half ask an address."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.report import say

FEEDS, SECONDS, SETTLING = 200, 300, 60
SERVER = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(304)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def run(folder: Path, rows: int) -> None:
    """Measure on an empty store, whatever the size of the other parts; each feed is asked once in the time that is measured."""
    with tempfile.TemporaryDirectory() as scratch, _process("-c", SERVER) as (_, address):
        config = Path(scratch) / "config.yaml"
        config.write_text(_config(Path(scratch), int(address)), encoding="utf-8")
        with _process("-m", "ioc", "run", "--config", str(config)) as (pid, _):
            time.sleep(SETTLING)
            before = _processor_seconds(pid)
            time.sleep(SECONDS)
            share = (_processor_seconds(pid) - before) / SECONDS
    say("idle", f"{FEEDS} feeds, each asked every 5 minutes, nothing new: {SECONDS} s", f"{share:.2%} of one core", "below 2 %")


def _config(scratch: Path, port: int) -> str:
    catalogue = os.path.relpath(Path(__file__).parent / "catalogue", scratch)
    lines = [f"catalogue: {catalogue}", "data: data", "server: {port: 0}", "feeds:"]
    for number in range(FEEDS):
        (scratch / f"in{number}").mkdir()
        way = f"kind: file, options: {{path: in{number}}}" if number % 2 else f"kind: http, options: {{url: 'http://127.0.0.1:{port}/'}}"
        lines.append(f"  feed{number}: {{{way}, record: dossier, schedule: {{every: 5m}}}}")
    return "\n".join(lines)


@contextmanager
def _process(*arguments: str) -> Iterator[tuple[int, str]]:
    """A program that runs meanwhile: its number, and the port that it prints, alone or at the end of an address."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.pid, process.stdout.readline().rstrip("/\n").rpartition(":")[2]
        finally:
            process.terminate()


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
