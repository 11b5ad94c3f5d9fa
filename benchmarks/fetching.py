"""How long a million rows take from an address into readable cells, against a client that reads and parses the same and throws it away."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import orjson
import urllib3

from benchmarks.data import make_csv, open_store
from benchmarks.report import say
from data_sources.http.feed import connect
from data_sources.http.options import HttpOptions
from ioc.catalogue.mapping import identity
from ioc.intake.ingest import Target, take_in

PAGE, TRIES = 10_000, 3
SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
pages = [path.read_bytes() for path in sorted(Path(sys.argv[1]).glob("page-*"))]
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path == "/lines":
            chunks, kind = pages, "application/x-ndjson"
            body = b"".join(page[1:-1].replace(b"},{", b"}\\n{") + b"\\n" for page in pages)
        else:
            number = int(parse_qs(parts.query)["page"][0])
            body, kind = pages[number - 1] if number <= len(pages) else b"[]", "application/json"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def run(folder: Path, rows: int) -> None:
    """Measure fetching, as pages of JSON and as lines. At most a million rows: the ratio does not depend on how many."""
    rows = min(rows, 1_000_000)
    pages = folder / f"pages-{rows}"
    _make_pages(folder, pages, rows)
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(pages)], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        kinds: tuple[tuple[str, Callable[[str], int], dict[str, object]], ...] = (
            ("pages of 10,000 as JSON", _bare_pages, {"url": f"{url}/pages", "paging": {"by": "page", "param": "page"}}),
            ("one answer of lines (NDJSON)", _bare_lines, {"url": f"{url}/lines", "max_mib": 4096}),
        )
        for name, bare, options in kinds:
            tries = [(_bare(bare, url, rows), _whole(folder, options, rows)) for _ in range(TRIES)]
            limit, mine = map(min, zip(*tries, strict=True))
            part = f"http {rows:,}"
            say(part, f"{name}: a bare client, rows parsed and thrown away", f"{rows / limit:,.0f} rows/s", "the limit")
            say(part, f"{name}: into readable cells", f"{rows / mine:,.0f} rows/s = {limit / mine:.0%}", "at least 50 %")
    finally:
        server.kill()
        server.wait()


def _make_pages(folder: Path, pages: Path, rows: int) -> None:
    """The dossiers as JSON, a file a page."""
    if pages.exists():
        return
    csv = folder / f"dossiers-{rows}.csv"
    make_csv(csv, rows)
    pages.mkdir()
    with duckdb.connect() as connection:
        reader = connection.sql(f"SELECT * FROM read_csv('{csv}', all_varchar = true)").to_arrow_reader(PAGE)
        for number, batch in enumerate(reader):
            (pages / f"page-{number:06d}").write_bytes(orjson.dumps(batch.to_pylist()))
    csv.unlink()


def _bare(fetch: Callable[[str], int], url: str, rows: int) -> float:
    """Seconds that a bare client takes."""
    start = time.perf_counter()
    assert fetch(url) == rows
    return time.perf_counter() - start


def _bare_pages(url: str) -> int:
    pool, count, number = urllib3.PoolManager(), 0, 0
    while True:
        number += 1
        found = orjson.loads(pool.request("GET", f"{url}/pages?page={number}").data)
        if not found:
            return count
        count += len(found)


def _bare_lines(url: str) -> int:
    count, rest = 0, b""
    response = urllib3.PoolManager().request("GET", f"{url}/lines", preload_content=False)
    for chunk in response.stream(1 << 18):
        *lines, rest = (rest + chunk).split(b"\n")
        count += sum(1 for line in lines if orjson.loads(line))
    return count


def _whole(folder: Path, options: dict[str, object], rows: int) -> float:
    """Seconds from asking to readable cells in a new store."""
    shutil.rmtree(folder / "fetched", ignore_errors=True)
    store = open_store(folder / "fetched")
    try:
        target = Target("benchmark", "dossier", identity(store.catalogue.records["dossier"]))
        store.tidying.leave_to(lambda record: None)  # as with ``ioc run``: nobody who delivers waits until the file is in order
        start = time.perf_counter()
        outcome = take_in(store, target, connect(HttpOptions.model_validate(options), folder).deliveries())
        taken = time.perf_counter() - start
        assert outcome.tally.accepted == rows and not outcome.faults, outcome
        return taken
    finally:
        store.close()
