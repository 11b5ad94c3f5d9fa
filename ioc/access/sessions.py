"""Sessions: who is signed in, on the server's side. A browser keeps a long random word, of which only the hash is kept here."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ioc.access.accounts import Account, Accounts
from ioc.access.hashing import digest, new_secret
from ioc.access.settings import SessionSettings

# Kinds: signed in; name and password were right and a code is still asked for; nothing but a new password may be given.
FULL, HALF, CHANGE = "full", "half", "change"
HALF_LASTS = timedelta(minutes=5)
# That somebody is still there is written down this often at most.
TOUCHED = timedelta(minutes=1)
KEPT = 5000


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in."""

    hash: str
    account: Account
    kind: str
    seen_at: datetime
    ends_at: datetime


@dataclass
class Sessions:
    """All sessions. What was read holds until the ledger changes.

    Attributes:
        accounts: whose.
        settings: how long they last.
    """

    accounts: Accounts
    settings: SessionSettings = field(default_factory=SessionSettings)
    _known: dict[str, Session | None] = field(default_factory=dict)
    _mark: int = -1
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, account: str, kind: str, address: str, now: datetime, instead_of: str | None = None) -> str:
        """A new session; the one that it takes the place of ends. The secret that the browser keeps."""
        secret, lasts = new_secret(), HALF_LASTS if kind == HALF else self.settings.longest
        at, ends = now.isoformat(), (now + lasts).isoformat()
        idle = (now - self.settings.idle).isoformat()
        with self.accounts.ledger.writing() as connection:
            connection.execute("DELETE FROM session WHERE ends_at < ? OR seen_at < ?", (at, idle))
            if instead_of:
                connection.execute("DELETE FROM session WHERE hash = ?", (digest(instead_of),))
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", (digest(secret), account, kind, at, at, ends, address))
        return secret

    def of(self, secret: str | None, now: datetime, *, touch: bool = False) -> Session | None:
        """The session of a secret that is not over. ``touch``: somebody is there."""
        found = self._read(digest(secret)) if secret else None
        if found is None or now >= found.ends_at or now - found.seen_at >= self.settings.idle:
            return None
        if touch and now - found.seen_at > TOUCHED:
            with self.accounts.ledger.writing() as connection:
                connection.execute("UPDATE session SET seen_at = ? WHERE hash = ?", (now.isoformat(), found.hash))
        return found

    def end(self, secret: str) -> None:
        """Sign out."""
        with self.accounts.ledger.writing() as connection:
            connection.execute("DELETE FROM session WHERE hash = ?", (digest(secret),))

    def end_all(self, account: str) -> int:
        """Sign out everywhere; how many sessions have ended."""
        with self.accounts.ledger.writing() as connection:
            return int(connection.execute("DELETE FROM session WHERE account = ?", (account,)).rowcount)

    def count(self, account: str, now: datetime) -> int:
        """In how many places somebody is signed in."""
        idle = (now - self.settings.idle).isoformat()
        sql = "SELECT count(*) AS n FROM session WHERE account = ? AND kind = ? AND ends_at > ? AND seen_at > ?"
        found = self.accounts.ledger.rows(sql, (account, FULL, now.isoformat(), idle))
        return int(found[0]["n"]) if found else 0

    def _read(self, hashed: str) -> Session | None:
        mark = self.accounts.ledger.mark()
        with self._guard:
            if mark != self._mark or len(self._known) > KEPT:
                self._known, self._mark = {}, mark
            if hashed in self._known:
                return self._known[hashed]
        rows = self.accounts.ledger.rows("SELECT * FROM session WHERE hash = ?", (hashed,))
        account = self.accounts.named(rows[0]["account"]) if rows else None
        found = None
        if account and not account.disabled_at:
            seen, ends = (datetime.fromisoformat(rows[0][name]) for name in ("seen_at", "ends_at"))
            found = Session(hashed, account, rows[0]["kind"], seen, ends)
        with self._guard:
            if mark == self._mark and (found or len(self._known) < KEPT // 2):
                self._known[hashed] = found
        return found
