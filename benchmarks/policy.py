"""What looking at who asks adds to an answer: processor time of pages and of the API without access, with it, and of the looking alone."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import g
from flask.testing import FlaskClient

from benchmarks.report import say
from ioc.access.asking import asked
from ioc.access.entrance import SESSION_COOKIE
from ioc.access.policy import may_open
from ioc.access.sessions import FULL
from ioc.app import Application, create_app
from ioc.clock import SystemClock
from ioc.commands.deployment import load_config

ROUNDS, TIMES = 5, 20
# From the cheapest answers, of which the looking is the largest part, to those that read records.
PATHS = (
    "/api/v1/version",
    "/api/v1/targets",
    "/api/v1/indicators/online_rate/values?by=unit",
    "/",
    "/indicators/online_rate",
    "/records/dossier",
    "/search?q=online",
)


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    part, store = f"policy {rows:,}", folder / f"store-{rows}"
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        config = Path(scratch) / "config.yaml"
        catalogue = os.path.relpath(Path(__file__).parent / "catalogue", scratch)
        text = f"catalogue: {catalogue}\ndata: {store.resolve()}\n"
        with _opened(config, text) as (_, client):
            without = {path: _spent(lambda path=path: _read(client, path)) for path in PATHS}  # type: ignore[misc]
        with _opened(config, f"{text}access: {{}}\n") as (application, client):
            assert application.entrance.sessions
            application.accounts.put("head", "head", "leader", None, "oidc", None, SystemClock().now())
            secret = application.entrance.sessions.begin("head", FULL, "", SystemClock().now())
            client.set_cookie(SESSION_COOKIE, secret)
            for path in PATHS:
                whole = _spent(lambda path=path: _read(client, path))  # type: ignore[misc]
                looking = _looking(application, path, secret)
                said = f"{looking:.3f} ms = {looking / whole:.1%} of {whole:.2f} ms; {without[path]:.2f} ms without access"
                say(part, f"to know who asks and whether they may: {path}", said, "below 5 %")


@contextmanager
def _opened(config: Path, text: str) -> Iterator[tuple[Application, FlaskClient]]:
    config.write_text(text, encoding="utf-8")
    application = create_app(load_config(config), SystemClock())
    try:
        yield application, application.flask.test_client()
    finally:
        application.close()


def _read(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    answer.close()


def _looking(application: Application, path: str, secret: str) -> float:
    """Of an answer, what finds out who asks, and looks at whether they may."""

    def look() -> None:
        g.viewer = application.entrance.viewer(asked())
        assert may_open(g.viewer, "GET", path.partition("?")[0])

    with application.flask.test_request_context(path, headers={"Cookie": f"{SESSION_COOKIE}={secret}"}):
        return _spent(look, TIMES * 10)


def _spent(act: Callable[[], object], times: int = TIMES) -> float:
    """Processor time of one, in milliseconds: the median of some rounds, after one that is not counted."""
    act()
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(times):
            act()
        rounds.append((time.process_time() - began) / times * 1000)
    return statistics.median(rounds)
