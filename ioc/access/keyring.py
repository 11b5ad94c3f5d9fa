"""The key of an installation: what it keeps and has to know again (the second factors of accounts) is kept shut under it.

It stands in a file of its own in the data folder, for the account alone that runs the product. A backup holds it only if the backup is
encrypted; after a restore from one that is not, without the file, second factors are set up anew.
"""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from ioc.errors import Said, StoreError

FILE = "access.key"
_SHUT = "shut:"


class Keyring:
    """Shuts and opens what is kept.

    Args:
        folder: where data live.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    @cached_property
    def _key(self) -> bytes:
        """The key, made when there is none. Raises StoreError."""
        try:
            with suppress(FileNotFoundError):
                return self._path.read_bytes().strip()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            made = self._path.with_suffix(f".{os.getpid()}.tmp")
            made.touch(mode=0o600)
            with made.open("wb") as file:
                file.write(Fernet.generate_key())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(made, self._path)  # unless another process was first
            except FileExistsError:
                pass
            finally:
                made.unlink()
            return self._path.read_bytes().strip()
        except OSError as error:
            raise StoreError(
                "{file} cannot be read or written: {told}.",
                "Give it to the account that runs this.",
                file=self._path,
                told=Said(str(error.strerror)),
            ) from error

    def shut(self, text: str) -> str:
        """A text as it is kept."""
        return _SHUT + Fernet(self._key).encrypt(text.encode()).decode()

    def opened(self, kept: str | None) -> str | None:
        """What a kept text says; None where there is none, or it was shut under another key."""
        if kept is None or not kept.startswith(_SHUT):
            return kept  # of a release that kept it as it was
        try:
            return Fernet(self._key).decrypt(kept.removeprefix(_SHUT).encode()).decode()
        except (InvalidToken, ValueError):
            return None

    def digest(self, text: str) -> str:
        """By what a text is known again, without telling it."""
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()[:32]
