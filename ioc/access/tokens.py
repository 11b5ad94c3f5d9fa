"""Tokens: what lets in machines. Each is of a kind, bound to what it is for, may end, and can be revoked with immediate effect.

``wall`` shows walls (bound to playlists, or all); ``feed`` brings records to feeds; ``read`` reads pages and answers as a role.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from datetime import datetime

from ioc.access.hashing import digest, new_secret
from ioc.errors import Refusal, UnknownName
from ioc.ledger import Connection, Ledger, Row


@dataclass(frozen=True)
class Token:
    """One token, without its secret. ``bound_to`` are names of playlists or feeds; none is all."""

    hash: str
    kind: str
    name: str
    bound_to: tuple[str, ...] = ()
    role: str | None = None
    unit: str | None = None
    made_by: str = ""
    made_at: str = ""
    ends_at: str | None = None
    revoked_at: str | None = None

    def reaches(self, name: str) -> bool:
        """Whether it is for a playlist or feed."""
        return not self.bound_to or name in self.bound_to


class Tokens:
    """All tokens of a deployment. What was read holds until the ledger changes.

    Args:
        ledger: where they are kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, Token] = {}
        self._mark = -1
        self._guard = threading.Lock()

    def all(self, kind: str | None = None) -> tuple[Token, ...]:
        """Every token that was ever issued, or those of a kind, the oldest first. Raises StoreError."""
        return tuple(each for each in self._read().values() if kind in {None, each.kind})

    def of(self, secret: str | None, kind: str, now: datetime) -> Token | None:
        """The token of a secret, if it is of a kind, has not ended and was not revoked."""
        found = self._read().get(digest(secret)) if secret else None
        if found is None or found.kind != kind or found.revoked_at or (found.ends_at and now.isoformat() >= found.ends_at):
            return None
        return found

    def issue(self, token: Token, now: datetime) -> str:
        """A new token; its secret is told this once. Raises Refusal if one of this kind and name is in force."""
        secret = new_secret()
        with self._ledger.writing() as connection:
            if connection.execute(
                "SELECT 1 FROM token WHERE kind = ? AND name = ? AND revoked_at IS NULL", (token.kind, token.name)
            ).fetchone():
                raise Refusal("device_known", name=token.name)
            put(connection, replace(token, hash=digest(secret), made_at=now.isoformat()))
        return secret

    def revoke(self, name: str, now: datetime, kind: str | None = None) -> None:
        """Let a token in no more. Raises UnknownName if none of this name is in force."""
        sql = "UPDATE token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL AND kind = coalesce(?, kind)"
        with self._ledger.writing() as connection:
            if not connection.execute(sql, (now.isoformat(), name, kind)).rowcount:
                raise UnknownName("token", name, (each.name for each in self.all(kind) if each.revoked_at is None))

    def _read(self) -> dict[str, Token]:
        mark = self._ledger.mark()
        with self._guard:
            if mark == self._mark and mark:
                return self._known
        rows = self._ledger.rows("SELECT * FROM token ORDER BY made_at, rowid")
        known = {row["hash"]: _token(row) for row in rows}
        with self._guard:
            self._known, self._mark = known, mark
        return known


def put(connection: Connection, token: Token) -> None:
    """Write a token down."""
    values = (token.kind, token.name, json.dumps(token.bound_to), token.role, token.unit)
    times = (token.made_by, token.made_at, token.ends_at, token.revoked_at)
    connection.execute("INSERT OR IGNORE INTO token VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (token.hash, *values, *times))


def _token(row: Row) -> Token:
    return Token(
        row["hash"],
        row["kind"],
        row["name"],
        tuple(json.loads(row["bound_to"])),
        row["role"],
        row["unit"],
        row["made_by"],
        row["made_at"],
        row["ends_at"],
        row["revoked_at"],
    )
