"""What every test may ask for: the public data sets beside the project, a free port, a browser."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("patient", deadline=None)  # a busy machine is no fault of the code under test
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def no_terminal() -> None:
    """What runs tests side by side says that they have a terminal of 80 columns; answers are not to be cut for it."""
    os.environ.pop("COLUMNS", None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets beside the project; without it the test is skipped."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data sets are not there: ../shared/data")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium; without it the test is skipped."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no browser: the system package chromium is not installed")
    return path


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
