"""An application of the office, served over the wire by the server that serves it in life."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from ioc.app import Application, create_app
from ioc.clock import Clock, FrozenClock
from ioc.commands.deployment import load_config
from tests.office import CATALOGUE, NOW


@contextmanager
def served(folder: Path, config: str, clock: Clock | None = None) -> Iterator[tuple[Application, int]]:
    """The application of a configuration, and the port that it is served on; its clock stands still unless another is given."""
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    (folder / CATALOGUE.name).symlink_to(CATALOGUE)
    application = create_app(load_config(folder / "config.yaml"), clock or FrozenClock(NOW))
    listening = socket.create_server(("127.0.0.1", 0))
    settings = uvicorn.Config(application.asgi, interface="asgi3", lifespan="off", log_level="error", timeout_graceful_shutdown=1)
    running = uvicorn.Server(settings)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        application.start()
        yield application, listening.getsockname()[1]
    finally:
        application.bus.close()
        application.stop(5)
        running.should_exit = True
        thread.join(10)
        application.close()
        listening.close()
