"""Chromium told what to do over a pipe, with nothing else turned on: Playwright's log of the network would count as the page's memory."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CHROMIUM = "/usr/bin/chromium"
# As docs/reference/screens.md has a wall's browser started; IOC_KIOSK="" measures without.
KIOSK = os.environ.get("IOC_KIOSK", "--js-flags=--jitless").split()
FLAGS = (
    "--headless", "--no-sandbox", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--remote-debugging-pipe",
)  # fmt: skip
TO, FROM = 3, 4  # where Chromium reads commands and writes answers


class Tab:
    """One page.

    Args:
        to, of: the ends of the pipes.
    """

    def __init__(self, to: int, of: int) -> None:
        self._to, self._of = to, of
        self._number, self._session, self._rest = 0, "", b""
        self._told: list[dict[str, Any]] = []  # what was told unasked since the last snapshot began
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Page.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its answer. Raises RuntimeError when it cannot be done."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._to, json.dumps(command).encode() + b"\0")
        while (told := self._next()).get("id") != self._number:
            if told.get("method", "").startswith("HeapProfiler."):
                self._told.append(told)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        found: dict[str, Any] = told["result"]
        return found

    def snapshot(self) -> dict[str, float]:
        """What the heap holds by kind of thing, in bytes: ``code`` is what the engine makes of scripts as they run."""
        self._told.clear()
        self.send("HeapProfiler.takeHeapSnapshot", reportProgress=False)
        said = json.loads(
            "".join(each["params"]["chunk"] for each in self._told if each.get("method") == "HeapProfiler.addHeapSnapshotChunk")
        )
        meta = said["snapshot"]["meta"]
        kinds, fields, nodes = meta["node_types"][0], meta["node_fields"], said["nodes"]
        kind, size, wide = fields.index("type"), fields.index("self_size"), len(fields)
        found: dict[str, float] = dict.fromkeys(kinds, 0.0)
        for at in range(0, len(nodes), wide):
            found[kinds[nodes[at + kind]]] += nodes[at + size]
        return found

    def evaluate(self, script: str) -> Any:
        """What a script of the page comes to, once it is done."""
        found = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["text"])
        return found["result"].get("value")

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            self._rest += os.read(self._of, 1 << 20)
        told, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(told)
        return found


@contextmanager
def chromium(width: int, height: int, *more: str) -> Iterator[Tab]:
    """A Chromium of one page, of this size, started with ``more`` beside what measuring needs."""
    commands, answers = os.pipe(), os.pipe()

    def connect() -> None:
        read, written = os.dup(commands[0]), os.dup(answers[1])  # neither is one of the two yet
        os.dup2(read, TO)
        os.dup2(written, FROM)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        arguments = [CHROMIUM, *FLAGS, *more, f"--window-size={width},{height}", f"--user-data-dir={profile}", "about:blank"]
        quiet = subprocess.DEVNULL
        # Nothing else runs in this process yet: the ends of the pipes are given their places before Chromium begins.
        browser = subprocess.Popen(arguments, preexec_fn=connect, close_fds=False, stdout=quiet, stderr=quiet)  # noqa: PLW1509
        for end in (commands[0], answers[1]):
            os.close(end)
        try:
            yield Tab(commands[1], answers[0])
        finally:
            browser.terminate()
            browser.wait()
            for end in (commands[1], answers[0]):
                os.close(end)
