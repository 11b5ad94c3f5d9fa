"""The audit trail: who did what, when, from where. Lines are only added, each with the hash of the one before it.

What changes something is on the disk before it is answered. What only looks is written by a thread of its own within a second, so
that no answer waits for it; ``stop`` writes what is left.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.ledger import Connection, Ledger, Row

FILE = "audit.sqlite"
STEPS = (
    """
    CREATE TABLE line (
        number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, action TEXT NOT NULL,
        subject TEXT NOT NULL, detail TEXT NOT NULL, address TEXT NOT NULL, hash TEXT NOT NULL
    );
    CREATE INDEX line_by_who ON line (who, number);
    CREATE INDEX line_by_action ON line (action, number);
    CREATE TABLE beginning (number INTEGER NOT NULL, hash TEXT NOT NULL)
    """,
)
NOTHING = "0" * 64
COLUMNS = ("number", "at", "who", "role", "action", "subject", "detail", "address", "hash")
# What only looks: may wait for the writer's next turn.
LOOKS = frozenset({"view", "export.fetch"})
TURN_SECONDS = 0.5
# More lines than this are never left waiting.
MOST_WAITING = 10_000
ROWS = 100


@dataclass(frozen=True)
class Line:
    """One line. ``number`` counts from 1; ``hash`` is over all else of it and the hash of the line before."""

    number: int
    at: str
    who: str
    role: str
    action: str
    subject: str
    detail: str
    address: str
    hash: str

    def hash_after(self, before: str) -> str:
        """The hash that this line has after another."""
        words = [self.number, self.at, self.who, self.role, self.action, self.subject, self.detail, self.address]
        return sha256((before + json.dumps(words, ensure_ascii=False)).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What looking through the whole trail found: lines, the last hash, and the number of the first wrong line, or None."""

    lines: int
    last: str
    wrong: int | None


@dataclass(frozen=True)
class Sought:
    """Which lines are looked for: part of the name, an action or the beginning of one, part of the subject, days, an older page."""

    who: str = ""
    action: str = ""
    subject: str = ""
    start: str = ""
    end: str = ""
    before: int | None = None
    rows: int = ROWS


class AuditTrail:
    """The audit trail of a deployment; commands write beside a running server.

    Args:
        folder: where data live.
        clock: tells when a line is written.
        keep: how long lines are kept; what is older is forgotten once a day, as long as ``start`` is in force. None is for ever.
    """

    def __init__(self, folder: Path, clock: Clock, keep: timedelta | None = None) -> None:
        self.ledger, self._clock = Ledger(folder / FILE, STEPS), clock
        self._keep, self._forgets_at = keep, clock.now()
        self._waiting: list[tuple[str, ...]] = []
        self._guard, self._writing, self._stopping = threading.Lock(), threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, viewer: Viewer, action: str, subject: str, detail: str | Mapping[str, object] = "") -> None:
        """Write down that somebody did something.

        Args:
            viewer: who; of somebody nameless, the address tells more.
            action: what, such as ``view``, ``sign_in``, ``export``, ``goal.change``: a word, with a point before what is special about it.
            subject: to what, such as an address or a name. Never a secret.
            detail: what else is worth knowing; a mapping is kept as JSON.

        Raises:
            StoreError: it cannot be written; only for what changes something.
        """
        told = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
        line = (self._clock.now().isoformat(), viewer.name, viewer.role, action, subject, told, viewer.address)
        with self._guard:
            self._waiting.append(line)
            waits = action in LOOKS and self._thread is not None and len(self._waiting) < MOST_WAITING
        if not waits:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Raises StoreError; what could not be written waits on."""
        with self._writing:
            with self._guard:
                lines, self._waiting = self._waiting, []
            if not lines:
                return
            try:
                with self.ledger.writing() as connection:
                    _append(connection, lines)
            except BaseException:
                with self._guard:
                    self._waiting = (lines + self._waiting)[-MOST_WAITING:]
                raise

    def start(self) -> None:
        """Begin to write what looks in turns."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._turns, name="audit", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """Write what waits, and end."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread:
            thread.join(seconds)
        self.flush()

    def _turns(self) -> None:
        while not self._stopping.wait(TURN_SECONDS):
            try:
                self.flush()
                if self._keep is not None and self._clock.now() >= self._forgets_at:
                    self.forget(self._keep)
                    self._forgets_at = self._clock.now() + timedelta(days=1)
            except Exception:  # it waits on, and is tried again; a disk may come back
                continue

    def find(self, sought: Sought = Sought()) -> list[Line]:
        """The newest lines that fit, the newest first. Raises StoreError."""
        clauses, values = ["1 = 1"], list[str | int]()
        for column, text in (("who", sought.who), ("subject", sought.subject)):
            if text:
                clauses.append(f"instr(lower({column}), lower(?)) > 0")
                values.append(text)
        if sought.action:
            clauses.append("(action = ? OR action LIKE ? ESCAPE '\\')")
            plain = sought.action.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            values += [sought.action, f"{plain}.%"]
        for bound, text in ((">=", sought.start), ("<", sought.end)):
            if text:
                clauses.append(f"at {bound} ?")
                values.append(text)
        if sought.before is not None:
            clauses.append("number < ?")
            values.append(sought.before)
        sql = f"SELECT * FROM line WHERE {' AND '.join(clauses)} ORDER BY number DESC LIMIT ?"
        return [_line(row) for row in self.ledger.rows(sql, [*values, sought.rows])]

    def all(self) -> Iterator[Line]:
        """Every line, the oldest first. Raises StoreError."""
        last = 0
        while rows := self.ledger.rows("SELECT * FROM line WHERE number > ? ORDER BY number LIMIT 5000", (last,)):
            yield from map(_line, rows)
            last = rows[-1]["number"]

    def verify(self) -> Verdict:
        """Look through the whole trail: whether every line is as it was written, and none is missing. Raises StoreError."""
        begun = self.ledger.rows("SELECT number, hash FROM beginning ORDER BY number DESC LIMIT 1")
        number, before = (begun[0]["number"], begun[0]["hash"]) if begun else (0, NOTHING)
        lines = 0
        for line in self.all():
            if line.number != number + 1 or line.hash != line.hash_after(before):
                return Verdict(lines, before, number + 1)
            number, before, lines = line.number, line.hash, lines + 1
        return Verdict(lines, before, None)

    def knows(self, last: str) -> bool:
        """Whether a hash that was noted elsewhere is still one of the trail's. Raises StoreError."""
        sql = "SELECT 1 FROM line WHERE hash = ? UNION ALL SELECT 1 FROM beginning WHERE hash = ?"
        return bool(self.ledger.rows(sql, (last, last)))

    def forget(self, keep: timedelta) -> int:
        """Take away what is older than it is to be kept, and note how many lines that were. Raises StoreError."""
        oldest = (self._clock.now() - keep).isoformat()
        with self.ledger.writing() as connection:
            last = connection.execute("SELECT number, hash FROM line WHERE at < ? ORDER BY number DESC LIMIT 1", (oldest,)).fetchone()
            if last is None:
                return 0
            gone = connection.execute("DELETE FROM line WHERE number <= ?", (last["number"],)).rowcount
            connection.execute("INSERT INTO beginning VALUES (?, ?)", (last["number"], last["hash"]))
            now = self._clock.now().isoformat()
            _append(connection, [(now, "", "", "audit.forget", "audit", json.dumps({"lines": gone, "before": oldest}), "")])
            return int(gone)


def _append(connection: Connection, lines: list[tuple[str, ...]]) -> None:
    """Add lines at the end of the chain; nobody else writes meanwhile."""
    sql = "SELECT number, hash FROM line UNION ALL SELECT number, hash FROM beginning ORDER BY number DESC LIMIT 1"
    last = connection.execute(sql).fetchone()
    number, before = (last["number"], last["hash"]) if last else (0, NOTHING)
    for at, who, role, action, subject, detail, address in lines:
        number += 1
        before = Line(number, at, who, role, action, subject, detail, address, "").hash_after(before)
        connection.execute(
            "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, at, who, role, action, subject, detail, address, before)
        )


def _line(row: Row) -> Line:
    return Line(*(row[name] for name in COLUMNS))
