"""The program as users run it, in processes of their own, which can be killed.

Such a process is a fork of one that has imported everything, so that it stands in a fraction of the time, and can be killed by the hundreds.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from ioc.__main__ import main
from ioc.intake import conductor

FORKS = multiprocessing.get_context("forkserver")
# What a server or a command imports only when it needs it comes last; nothing takes longer than what looks ahead.
KINDS = [f"data_sources.{kind}.feed" for kind in ("http", "mqtt", "sql")]
FORKS.set_forkserver_preload(["ioc.__main__", "ioc.commands.run", "ioc.commands.simulate", *KINDS, __name__, "statsmodels.tsa.holtwinters"])


def served(folder: Path) -> tuple[ForkServerProcess, str]:
    """``ioc run`` by the config.yaml of a folder, and its address; it is ready when this returns. What it says of itself is added to log.txt."""
    said, telling = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_serve, args=(folder, telling))
    process.start()
    telling.close()
    with said:
        try:
            return process, said.recv()
        except EOFError:
            raise AssertionError((folder / "log.txt").read_text()) from None


def done(folder: Path, *command: str, seconds: float = 180) -> str:
    """What a command says that is given in a folder, once it is done."""
    said, complained = folder / "said.txt", folder / "complained.txt"
    process = FORKS.Process(target=_do, args=(folder, command, said, complained))
    process.start()
    process.join(seconds)
    if process.exitcode != 0:
        process.kill()
        raise AssertionError(complained.read_text())
    return said.read_text()


def _serve(folder: Path, telling: Connection) -> None:
    """What a person types; the address is told when it is ready, and all else that is said written down."""
    os.chdir(folder)
    conductor.FIRST_RETRY = timedelta(seconds=1)
    read, write = os.pipe()
    with (folder / "log.txt").open("a") as log:
        os.dup2(log.fileno(), 2)
    os.dup2(write, 1)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    threading.Thread(target=_tell, args=(read, telling), daemon=True).start()
    sys.exit(main(["run", "--config", str(folder / "config.yaml"), "--port", "0"]))


def _tell(read: int, telling: Connection) -> None:
    with os.fdopen(read) as said:
        for line in said:
            if line.startswith("IOC: "):
                telling.send(line.removeprefix("IOC: ").strip())


def _do(folder: Path, command: Sequence[str], said: Path, complained: Path) -> None:
    os.chdir(folder)
    with said.open("w") as out, complained.open("w") as faults:
        sys.stdout, sys.stderr = out, faults
        sys.exit(main(list(command)))
