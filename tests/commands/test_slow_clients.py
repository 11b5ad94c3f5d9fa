"""Whoever sends the head of a request slowly is hung up on; whoever has sent it is not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from ioc.commands import slow_clients
from ioc.commands.slow_clients import Patient

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_answer, http=Patient, lifespan="off", log_level="error", timeout_keep_alive=60))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    with socket.create_connection(listening.getsockname(), timeout=20) as connection:
        yield connection
    server.should_exit = True
    thread.join(10)


def test_nothing_at_all(line: socket.socket) -> None:
    assert line.recv(100) == b""


def test_a_head_that_never_ends_also_after_a_request_that_was_answered(line: socket.socket) -> None:
    line.sendall(HEAD + b"\r\nx")
    assert line.recv(100).startswith(b"HTTP/1.1 204")
    line.sendall(HEAD)
    assert line.recv(100) == b""


def test_a_head_that_has_come_is_answered_however_long_that_takes(line: socket.socket) -> None:
    line.sendall(HEAD + b"\r\n")
    line.settimeout(1.5)  # three times as long as a head may take
    with pytest.raises(TimeoutError):
        line.recv(100)
    line.settimeout(20)
    line.sendall(b"x")
    assert line.recv(100).startswith(b"HTTP/1.1 204")
