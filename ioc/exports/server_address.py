"""Where a running server is: a file in the data folder tells commands beside it, and what is printed on exports."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ioc.config import Config

FILE = "server.json"
# What the token is called by which a command asks a server, before a number; and who that is on an export.
TOKEN, COMMAND_LINE = "ioc export", "command line"


def note(data: Path, address: str) -> None:
    """Write down where this process serves. Raises OSError."""
    (data / FILE).write_text(json.dumps({"address": address, "process": os.getpid()}), encoding="utf-8")


def forget(data: Path) -> None:
    """It serves no more."""
    (data / FILE).unlink(missing_ok=True)


def running(data: Path) -> str | None:
    """The address of the server that runs on this data; None when there is none."""
    try:
        found = json.loads((data / FILE).read_text(encoding="utf-8"))
        os.kill(int(found["process"]), 0)
        return str(found["address"])
    except PermissionError:
        return str(found["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def address(config: Config) -> str:
    """Under what address others reach this deployment: what is configured, else where it serves."""
    server = config.settings.server
    return config.settings.exports.address or running(config.data) or f"http://{server.host}:{server.port}"
