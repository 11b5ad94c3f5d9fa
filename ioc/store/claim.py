"""A store belongs to one process at a time; whoever else comes is told which."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from ioc.errors import StoreInUse

SUFFIX = ".lock"


class Claim:
    """This process's claim to a store, until it is released or the process ends, however it ends.

    The engine has a lock of its own, which is lost as soon as anything in this process closes the same file; this one is not.

    Args:
        path: the store's file; the claim is laid to a file beside it.

    Raises:
        StoreInUse: another process has it.
        OSError: nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path.with_suffix(SUFFIX), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise StoreInUse(
                "The store {store} is open in another process{owner}.",
                "Stop the other one first; one process owns the store.",
                store=path,
                owner=f" ({owner})" if owner else "",
            ) from error
        with suppress(OSError):  # a full disk: then the claim tells no number
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let others have it."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
