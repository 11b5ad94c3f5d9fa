"""A socket in the data folder for commands on this machine: only the account that runs the product may open it.

A command asks the process that serves for what that process alone can do. Each line is a JSON object. While a command stays on the
line, what it was lent stays lent; when it ends, however it ends, the line does.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SOCKET = "ioc.socket"
Said = Mapping[str, Any]


class Line:
    """One end of a conversation."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._read = connection, connection.makefile("rb")

    def say(self, what: Said) -> None:
        """Say something. Raises OSError when the other end is gone."""
        self._connection.sendall(json.dumps(what).encode() + b"\n")

    def hear(self) -> Said | None:
        """What the other end says next; None when it is gone."""
        try:
            line = self._read.readline()
            found: Said | None = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError):
            return None
        return found

    def hang_up(self) -> None:
        """End the conversation, also for whoever waits on it."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)


class ControlSocket:
    """Answers commands.

    Args:
        folder: where data live.
        answers: what is done for whoever asks for it, by name, with the line to talk on.
    """

    def __init__(self, folder: Path, answers: Mapping[str, Callable[[Line], None]]) -> None:
        self._folder, self._answers = folder, answers
        self._listening: socket.socket | None = None
        self._lines: set[Line] = set()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to answer. Whoever starts owns the store, so that a socket that stands there is one of a process that has ended."""
        with _short(self._folder) as path:
            path.unlink(missing_ok=True)
            self._listening = socket.socket(socket.AF_UNIX)
            self._listening.bind(str(path))
            path.chmod(0o600)
        self._listening.listen(8)
        self._begin(self._accept, self._listening)

    def stop(self, seconds: float) -> None:
        """End every conversation."""
        if self._listening is None:
            return
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        (self._folder / SOCKET).unlink(missing_ok=True)
        for line in tuple(self._lines):
            line.hang_up()
        for thread in self._threads:
            thread.join(seconds)
        self._listening.close()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._begin(self._answer, connection)

    def _begin(self, work: Callable[[socket.socket], None], of: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(of,), name="control socket", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            line = Line(connection)
            self._lines.add(line)
            try:
                asked = line.hear()
                answer = self._answers.get(str(asked.get("ask"))) if asked else None
                if answer:
                    answer(line)
                elif asked:
                    line.say({"fault": "unknown"})
            except OSError:  # the other end is gone, as it may be at any time
                pass
            finally:
                self._lines.discard(line)


@contextmanager
def call(folder: Path, ask: str, seconds: float | None = None) -> Iterator[Line | None]:
    """A conversation with the process that serves; None when there is none. ``seconds``: how long each answer is waited for."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            with _short(folder) as path:
                connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            yield None
            return
        connection.settimeout(seconds)
        line = Line(connection)
        line.say({"ask": ask})
        yield line


@contextmanager
def _short(folder: Path) -> Iterator[Path]:
    """The socket's path, which may have 107 letters only: by way of the open folder, however deep it lies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield Path(f"/proc/self/fd/{handle}") / SOCKET
    finally:
        os.close(handle)
