"""What looking at who asks adds to an answer: processor time of pages and API with the policy, and of the policy alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import g

from ioc.access.asking import asked
from ioc.access.entrance import SESSION_COOKIE
from ioc.access.policy import may_open
from ioc.access.sessions import FULL
from ioc.app import create_app
from ioc.clock import SystemClock
from ioc.commands.setting import load_config

TIMES = 300
PATHS = ("/api/v1/version", "/api/v1/targets", "/", "/milestones")


def spent(act: Callable[[], object], times: int = TIMES) -> float:
    """Processor time of one, in milliseconds: the least of three rounds."""
    rounds = []
    for _ in range(3):
        began = time.process_time()
        for _ in range(times):
            act()
        rounds.append((time.process_time() - began) / times * 1000)
    return min(rounds)


def main() -> None:
    """Print a line for each address."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.yaml").write_text("catalogue: moha\ndata: data\naccess: {}\n", encoding="utf-8")
        clock = SystemClock()
        application = create_app(load_config(Path(folder) / "config.yaml"), clock)
        application.accounts.put("head", "head", "leader", None, "oidc", None, clock.now())
        assert application.entrance.sessions
        secret = application.entrance.sessions.begin("head", FULL, "", clock.now())
        client = application.flask.test_client()
        client.set_cookie(SESSION_COOKIE, secret)
        for path in PATHS:
            assert client.get(path).status_code == 200
            whole = spent(lambda path=path: client.get(path).close())  # type: ignore[misc]

            with application.flask.test_request_context(path, headers={"Cookie": f"{SESSION_COOKIE}={secret}"}):

                def look(path: str = path) -> None:
                    g.viewer = application.entrance.viewer(asked())
                    assert may_open(g.viewer, "GET", path)

                policy = spent(look, TIMES * 10)
            print(f"{path}: {whole:.2f} ms, of that {policy:.3f} ms for who asks and may: {policy / whole:.1%}")
        application.close()


if __name__ == "__main__":
    main()
