"""Where the lives of alerts are kept: each as its steps, so that any past moment can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ioc.alerts.lifecycle import Key, Kind, Move, Moves, Severity, Standing
from ioc.ledger import Connection, Ledger, Row

FILE = "alerts.sqlite"
STEPS = (
    """
    CREATE TABLE alert (
        id INTEGER PRIMARY KEY, rule TEXT NOT NULL, about TEXT NOT NULL, indicator TEXT NOT NULL, unit TEXT NOT NULL,
        raised_at TEXT NOT NULL, ended_at TEXT
    );
    CREATE UNIQUE INDEX alert_open ON alert (rule, about) WHERE ended_at IS NULL;
    CREATE INDEX alert_by_end ON alert (ended_at);
    CREATE TABLE step (
        id INTEGER PRIMARY KEY, alert INTEGER NOT NULL REFERENCES alert (id), kind TEXT NOT NULL, at TEXT NOT NULL,
        version INTEGER NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, value TEXT NOT NULL, "limit" TEXT NOT NULL,
        by TEXT NOT NULL, word TEXT NOT NULL
    );
    CREATE INDEX step_by_alert ON step (alert, id);
    CREATE TABLE waiting (rule TEXT NOT NULL, about TEXT NOT NULL, since TEXT NOT NULL, PRIMARY KEY (rule, about));
    CREATE TABLE began (at TEXT NOT NULL)
    """,
)


@dataclass(frozen=True)
class Step:
    """One step of an alert's life; ``by`` and ``word`` are of whoever acknowledged it."""

    id: int
    kind: Kind
    at: datetime
    version: int
    severity: Severity
    state: str
    value: str
    limit: str
    by: str
    word: str


@dataclass(frozen=True)
class Alert:
    """One alert, with its steps up to the moment that was asked for, the first of which raised it."""

    id: int
    rule: str
    about: str
    indicator: str
    unit: str
    steps: tuple[Step, ...]

    @property
    def raised(self) -> Step:
        """What raised it."""
        return self.steps[0]

    @property
    def newest(self) -> Step:
        """Its state as it was last found while it was open."""
        return next(step for step in reversed(self.steps) if step.kind in {Kind.RAISED, Kind.TURNED})

    @property
    def ended(self) -> Step | None:
        """What ended it; None while it is open."""
        return next((step for step in self.steps if step.kind is Kind.ENDED), None)

    @property
    def acknowledged(self) -> Step | None:
        """Who took note of it last; None while nobody has."""
        return next((step for step in reversed(self.steps) if step.kind is Kind.ACKNOWLEDGED), None)


class AlertLedger:
    """The alerts of one deployment.

    Args:
        folder: where data live.
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / FILE, STEPS)

    def open(self) -> dict[Key, Standing]:
        """The open alerts. Raises StoreError."""
        sql = """
            SELECT alert.id, rule, about, severity, state FROM alert JOIN step ON step.alert = alert.id WHERE ended_at IS NULL
              AND step.id = (SELECT max(id) FROM step AS other WHERE other.alert = alert.id AND other.kind IN ('raised', 'turned'))"""
        return {(row["rule"], row["about"]): Standing(row["id"], Severity(row["severity"]), row["state"]) for row in self.ledger.rows(sql)}

    def waiting(self) -> dict[Key, datetime]:
        """Since when what must last has held. Raises StoreError."""
        return {(row["rule"], row["about"]): datetime.fromisoformat(row["since"]) for row in self.ledger.rows("SELECT * FROM waiting")}

    def began(self) -> datetime | None:
        """When watching began; None before. Raises StoreError."""
        rows = self.ledger.rows("SELECT at FROM began")
        return datetime.fromisoformat(rows[0]["at"]) if rows else None

    def begin(self, now: datetime) -> None:
        """Watching begins, unless it has before. Raises StoreError."""
        if self.began() is None:
            with self.ledger.writing() as connection:
                connection.execute("INSERT INTO began SELECT ? WHERE NOT EXISTS (SELECT 1 FROM began)", (kept(now),))

    def write(self, found: Moves, now: datetime) -> None:
        """Write down what changes, all of it or nothing; where nothing does, nothing is written. Raises StoreError."""
        before = self.waiting()
        if not found.steps and before == dict(found.waiting):
            return
        with self.ledger.writing() as connection:
            for move in found.steps:
                _stepped(connection, move, now)
            connection.execute("DELETE FROM waiting")
            connection.executemany("INSERT INTO waiting VALUES (?, ?, ?)", [(*key, kept(since)) for key, since in found.waiting.items()])

    def acknowledge(self, alert: int, by: str, word: str, version: int, now: datetime) -> bool:
        """Somebody takes note of an open alert; False where there is none. Raises StoreError."""
        with self.ledger.writing() as connection:
            sql = """
                INSERT INTO step (alert, kind, at, version, severity, state, value, "limit", by, word)
                SELECT alert, 'acknowledged', ?, ?, severity, state, value, "limit", ?, ? FROM step
                WHERE alert = (SELECT id FROM alert WHERE id = ? AND ended_at IS NULL) ORDER BY id DESC LIMIT 1"""
            return connection.execute(sql, (kept(now), version, by, word, alert)).rowcount == 1

    def lives(self, since: datetime, until: datetime | None = None) -> list[Alert]:
        """The alerts that were open at a moment (now), or have ended since another before it. Raises StoreError."""
        then = kept(until) if until else "9"  # after any moment
        sql = """
            SELECT alert.*, step.id AS number, kind, at, version, severity, state, value, "limit", by, word
            FROM alert JOIN step ON step.alert = alert.id
            WHERE raised_at <= :then AND (ended_at IS NULL OR ended_at >= :since) AND step.at <= :then ORDER BY alert.id, step.id"""
        return _alerts(self.ledger.rows(sql, {"then": then, "since": kept(since)}))


def kept(moment: datetime) -> str:
    """A moment as it is kept: in UTC, so that the order of texts is that of moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _stepped(connection: Connection, move: Move, now: datetime) -> None:
    """Write one step."""
    each, id_ = move.finding, move.id
    if move.kind is Kind.RAISED:
        values = (each.rule, each.about, each.indicator, each.unit, kept(now))
        sql = "INSERT INTO alert (rule, about, indicator, unit, raised_at) VALUES (?, ?, ?, ?, ?)"
        id_ = connection.execute(sql, values).lastrowid
    elif move.kind is Kind.ENDED:
        connection.execute("UPDATE alert SET ended_at = ? WHERE id = ?", (kept(now), id_))
    sql = "INSERT INTO step (alert, kind, at, version, severity, state, value, \"limit\", by, word) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')"
    given = (id_, move.kind, kept(now), each.version, each.severity, each.state, each.value, each.limit)
    connection.execute(sql, given)


def _alerts(rows: Iterable[Row]) -> list[Alert]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row)
    return [_alert(steps) for steps in found.values()]


def _alert(rows: Sequence[Row]) -> Alert:
    first = rows[0]
    return Alert(first["id"], first["rule"], first["about"], first["indicator"], first["unit"], tuple(_step(row) for row in rows))


def _step(row: Row) -> Step:
    at = datetime.fromisoformat(row["at"])
    what = (row["version"], Severity(row["severity"]), row["state"], row["value"], row["limit"])
    return Step(row["number"], Kind(row["kind"]), at, *what, row["by"], row["word"])
