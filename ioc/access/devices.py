"""Devices that show walls without a person's sign-in: each has a token, which it brings in its first address and then keeps as a cookie.

They are tokens of the kind ``wall``. Those of earlier releases, in a file of JSON, are taken over once.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from ioc.access.accounts import open_ledger
from ioc.access.tokens import Token, Tokens, put
from ioc.errors import StoreError
from ioc.ledger import Ledger

FILE = "devices.json"
KIND = "wall"


class Devices:
    """All devices of a deployment.

    Args:
        folder: where data live.
        ledger: the file of accounts there, if it is open already.
    """

    def __init__(self, folder: Path, ledger: Ledger | None = None) -> None:
        self._ledger = ledger or open_ledger(folder)
        self._file = folder / FILE
        self._tokens = Tokens(self._ledger)

    def all(self) -> tuple[Token, ...]:
        """Every device that was ever issued a token, the oldest first. Raises StoreError."""
        self._take_over()
        return self._tokens.all(KIND)

    def named(self, token: str | None, now: datetime) -> Token | None:
        """The device that a token was issued to, and neither ended nor revoked."""
        self._take_over()
        return self._tokens.of(token, KIND, now)

    def issue(self, name: str, now: datetime) -> str:
        """A new device's token, which is told this once. Raises Refusal if a device of this name has one."""
        self._take_over()
        return self._tokens.issue(Token("", KIND, name), now)

    def revoke(self, name: str, now: datetime) -> None:
        """Let a device in no more. Raises UnknownName if none of this name is in force."""
        self._take_over()
        self._tokens.revoke(name, now, KIND)

    def close(self) -> None:
        """Let go of the file."""
        self._ledger.close()

    def _take_over(self) -> None:
        """What an earlier release kept is moved here."""
        if not self._file.exists():
            return
        try:
            old = json.loads(self._file.read_text(encoding="utf-8"))
            tokens = [Token(each["hash"], KIND, each["name"], made_at=each["issued_at"], revoked_at=each["revoked_at"]) for each in old]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError(
                "The list of devices {file} cannot be read: {told}", "Mend it, or put a copy back.", file=self._file, told=error
            ) from error
        with self._ledger.writing() as connection:
            for token in tokens:
                put(connection, token)
        self._file.rename(self._file.with_suffix(".json.taken"))
