"""A source system that offers its records at an address, as the options of a feed of kind `http` expect them."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa

from data_sources.http.options import HttpOptions
from data_sources.senders.rows import Row, rows
from ioc.errors import FeedUnavailable

# So many of the newest records are offered.
MOST_ROWS = 100_000
PAGE = 500


class Web:
    """Serves the newest records on the port of the feed's address, which must be one of this machine."""

    def __init__(self, options: HttpOptions) -> None:
        self._options = options
        self._rows: list[Row] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.answer(self, dict(parse_qsl(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                web.answer(self, {key: str(value) for key, value in json.loads(self.rfile.read(length) or b"{}").items()})

            def log_message(self, *_: Any) -> None:
                pass

        address = urlsplit(options.url)
        try:
            self._server = ThreadingHTTPServer((address.hostname or "", address.port or 80), Handler)
        except OSError as fault:
            raise FeedUnavailable(
                f"{options.url} cannot be served from here: {fault.strerror}.",
                "Give the feed a free port of this machine meanwhile.",
            ) from fault
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="simulated-source", daemon=True).start()

    def send(self, records: pa.Table) -> None:
        """Offer more records."""
        self._rows = [*self._rows, *rows(records)][-MOST_ROWS:]

    def close(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, params: dict[str, str]) -> None:
        """One page of what is asked for."""
        options, found = self._options, self._rows
        if options.watermark and (since := params.get(options.watermark.param)):
            found = [row for row in found if str(row.get(options.watermark.column) or "") >= since]
        size = int(params.get(options.paging.size_param, PAGE)) if options.paging else len(found)
        start = self._start(params, size)
        document: Any = found[start : start + size]
        for step in reversed(options.records.split(".") if options.records else []):
            document = {step: document}
        body = json.dumps(document, ensure_ascii=False).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _start(self, params: dict[str, str], size: int) -> int:
        paging = self._options.paging
        if paging is None or paging.param not in params:
            return 0
        at = int(params[paging.param])
        return (at - paging.start) * size if paging.by == "page" else at
