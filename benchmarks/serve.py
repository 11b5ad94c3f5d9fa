"""Serves the benchmark's store and its screen of eight panels, as ``ioc run`` would: ``python -m benchmarks.serve FOLDER PORT``."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from benchmarks.data import NOW, catalogue
from benchmarks.reading import settings
from ioc.app import create_app
from ioc.clock import FrozenClock
from ioc.config import Config


def main(folder: Path, port: int) -> None:
    """Serve until killed."""
    config = Config(settings().model_copy(update={"data": str(folder)}), catalogue(), Path())
    application = create_app(config, FrozenClock(NOW))
    uvicorn.run(application.asgi, port=port, interface="asgi3", lifespan="off", log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
