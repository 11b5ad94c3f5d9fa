"""Devices that show walls without a person's sign-in: each has a token, which it brings in its first address and then keeps as a cookie.

They stand in a file of the data folder, so that they can be issued and revoked beside a running server, which sees it at its next
question. Of a token only its hash is kept.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ioc.errors import Refusal, StoreError

FILE = "devices.json"
TOKEN_BYTES = 24


@dataclass(frozen=True)
class Device:
    """One device: its name, the hash of its token, when it was issued, and when it was revoked, if so."""

    name: str
    hash: str
    issued_at: str
    revoked_at: str | None = None


class Devices:
    """All devices of a deployment.

    Args:
        folder: where data live.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._read: tuple[tuple[int, int], tuple[Device, ...]] = ((0, 0), ())

    def all(self) -> tuple[Device, ...]:
        """Every device that was ever issued a token, the oldest first. Raises StoreError."""
        try:
            stat = self._file.stat()
            mark = (stat.st_mtime_ns, stat.st_ino)
            if self._read[0] != mark:
                self._read = (mark, tuple(Device(**each) for each in json.loads(self._file.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(f"The list of devices {self._file} cannot be read: {error}", "Mend it, or put a copy back.") from error
        return self._read[1]

    def named(self, token: str | None) -> Device | None:
        """The device that a token was issued to and not revoked."""
        digest = _hash(token or "")
        return next((each for each in self.all() if each.hash == digest and each.revoked_at is None), None)

    def issue(self, name: str, now: datetime) -> str:
        """A new device's token, which is told this once. Raises Refusal if a device of this name has one."""
        if any(each.name == name and each.revoked_at is None for each in self.all()):
            raise Refusal("device_known", name=name)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._write((*self.all(), Device(name, _hash(token), now.isoformat())))
        return token

    def revoke(self, name: str, now: datetime) -> None:
        """Let a device in no more. Raises Refusal if there is none of this name."""
        if not any(each.name == name and each.revoked_at is None for each in self.all()):
            raise Refusal("device_unknown", 404, name=name)
        revoked = now.isoformat()
        self._write(
            Device(each.name, each.hash, each.issued_at, each.revoked_at or (revoked if each.name == name else None)) for each in self.all()
        )

    def _write(self, devices: Iterable[Device]) -> None:
        """Another file takes the place of this one at once, so that nobody reads half of it."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        text = json.dumps([asdict(each) for each in devices], ensure_ascii=False, indent=1)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(self._file)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
