"""A real server that answers as a test says, also badly."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Asked:
    """A request, as the server saw it."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        self.method, self.path = handler.command, parts.path
        self.params = dict(parse_qsl(parts.query))
        self.headers = {key.lower(): value for key, value in handler.headers.items()}
        length = int(self.headers.get("content-length", 0))
        self.body = handler.rfile.read(length).decode()


class Web:
    """The server. ``answer`` gets each request and the handler to write to; what is asked is remembered."""

    def __init__(self, answer: Callable[[Asked, BaseHTTPRequestHandler], None], port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.closed = False
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if web.closed:  # what is connected already is cut too
                    self.close_connection = True
                    return
                asked = Asked(self)
                web.asked.append(asked)
                answer(asked, self)

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://{'localhost' if tls else '127.0.0.1'}:{self.port}/rows"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        self.closed = True
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def send(handler: BaseHTTPRequestHandler, body: Any, status: int = 200, kind: str = "application/json", **headers: str) -> None:
    """A whole answer; what is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    sent = {"Content-Type": kind, "Content-Length": str(len(content))} | {key.replace("_", "-"): value for key, value in headers.items()}
    for key, value in sent.items():
        handler.send_header(key, value)
    handler.end_headers()
    handler.wfile.write(content)


def certificate(folder: Path, *, expired: bool = False) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that has signed itself, and a server's context with it."""
    program = shutil.which("openssl")
    assert program, "openssl is part of every system that has Python"
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=me\n[me]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\n"
        "x509_extensions=x\n[any]\ncommonName=supplied\n[x]\nsubjectAltName=DNS:localhost\nbasicConstraints=CA:TRUE\n"
    )
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01\n")
    end = "20200201000000Z" if expired else "20991231000000Z"
    request = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request.pem"]
    sign = ["ca", "-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", "key.pem", "-in", "request.pem", "-out", "cert.pem"]
    for arguments in (request, [*sign, "-notext", "-startdate", "20200101000000Z", "-enddate", end]):
        subprocess.run([program, *arguments], check=True, capture_output=True, cwd=folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context
