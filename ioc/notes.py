"""Notes that people write on figures: of an indicator or of all, of a unit or of all, on a span of days; with answers below them.

What a note once said is never lost: a changed text is kept beside the new one, a note that was taken back is only shown no more. So a
page of a past moment has the notes of that moment.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ioc.errors import Refusal
from ioc.ledger import Connection, Ledger, Row

FILE = "notes.sqlite"
STEPS = (
    """
    CREATE TABLE note (
        id INTEGER PRIMARY KEY, answers INTEGER REFERENCES note (id), indicator TEXT, unit TEXT, start TEXT NOT NULL, "end" TEXT NOT NULL,
        author TEXT NOT NULL, written_at TEXT NOT NULL, removed_at TEXT
    );
    CREATE INDEX note_by_end ON note ("end");
    CREATE TABLE said (
        note INTEGER NOT NULL REFERENCES note (id), number INTEGER NOT NULL, text TEXT NOT NULL, since TEXT NOT NULL,
        PRIMARY KEY (note, number)
    )
    """,
)
LONGEST = 2000


@dataclass(frozen=True)
class Place:
    """What a note is about: an indicator or every one, a unit or all, and days, both inclusive."""

    indicator: str | None
    unit: str | None
    start: date
    end: date


@dataclass(frozen=True)
class Note:
    """One note, as it stood at a moment.

    Attributes:
        answers: the note that it is an answer to.
        written_at: aware; ``changed``: it had another text before.
    """

    id: int
    answers: int | None
    place: Place
    author: str
    written_at: datetime
    changed: bool
    text: str


class Notes:
    """Every note of a deployment.

    Args:
        folder: where data live.
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / FILE, STEPS)

    def about(
        self, indicators: Sequence[str], start: date, end: date, units: Sequence[str] | None = None, as_of: datetime | None = None
    ) -> list[Note]:
        """The notes that touch some days of indicators, the newest days first, each with its answers after it.

        Args:
            indicators: those about every indicator touch them too.
            start, end: inclusive days.
            units: only those about one of these, or about no unit; None is no limit.
            as_of: as they stood then.

        Raises:
            StoreError.
        """
        then = _kept(as_of) if as_of else "9"  # after any moment
        sql = """
            SELECT note.*, said.text, said.number FROM note JOIN said ON said.note = note.id
            WHERE (indicator IN (SELECT value FROM json_each(:indicators)) OR indicator IS NULL) AND start <= :end AND "end" >= :start
              AND written_at <= :then AND (removed_at IS NULL OR removed_at > :then)
              AND said.number = (SELECT max(other.number) FROM said AS other WHERE other.note = note.id AND other.since <= :then)
            ORDER BY note.start DESC, coalesce(answers, id) DESC, id"""
        rows = self.ledger.rows(
            sql, {"indicators": json.dumps(list(indicators)), "start": start.isoformat(), "end": end.isoformat(), "then": then}
        )
        found = [_note(row) for row in rows]
        seen = [each for each in found if units is None or each.place.unit is None or each.place.unit in units]
        there = {each.id for each in seen}
        return [each for each in seen if each.answers is None or each.answers in there]

    def place(self, note: int) -> Place:
        """What a note is about. Raises Refusal where there is no such note."""
        return _place(self._there(note))

    def write(self, place: Place, text: str, author: str, now: datetime) -> int:
        """Write a note; its number. Raises Refusal for a text or days that are none."""
        return self._add(None, place, _text(text), author, now)

    def answer(self, note: int, text: str, author: str, now: datetime) -> int:
        """Write below a note; the number of what was written. Raises Refusal where there is no such note."""
        above = self._there(note)
        return self._add(above["answers"] or above["id"], _place(above), _text(text), author, now)

    def change(self, note: int, text: str, author: str, now: datetime) -> None:
        """Give a note another text. Raises Refusal unless its author does."""
        said = _text(text)
        self._of(note, author)
        with self.ledger.writing() as connection:
            sql = "INSERT INTO said SELECT note, max(number) + 1, ?, ? FROM said WHERE note = ? GROUP BY note"
            connection.execute(sql, (said, _kept(now), note))

    def remove(self, note: int, author: str, now: datetime) -> None:
        """Take a note back, with what was answered. Raises Refusal unless its author does."""
        self._of(note, author)
        with self.ledger.writing() as connection:
            sql = "UPDATE note SET removed_at = ? WHERE (id = ? OR answers = ?) AND removed_at IS NULL"
            connection.execute(sql, (_kept(now), note, note))

    def _add(self, answers: int | None, place: Place, text: str, author: str, now: datetime) -> int:
        if place.start > place.end:
            raise Refusal("note_days", 400)
        values = (answers, place.indicator, place.unit, place.start.isoformat(), place.end.isoformat(), author, _kept(now))
        with self.ledger.writing() as connection:
            return _inserted(connection, values, text)

    def _there(self, note: int) -> Row:
        rows = self.ledger.rows("SELECT * FROM note WHERE id = ? AND removed_at IS NULL", (note,))
        if not rows:
            raise Refusal("note_gone", 404)
        return rows[0]

    def _of(self, note: int, author: str) -> None:
        if self._there(note)["author"] != author:
            raise Refusal("note_of_another", 403)


def _inserted(connection: Connection, values: tuple[str | int | None, ...], text: str) -> int:
    sql = 'INSERT INTO note (answers, indicator, unit, start, "end", author, written_at) VALUES (?, ?, ?, ?, ?, ?, ?)'
    number = connection.execute(sql, values).lastrowid
    connection.execute("INSERT INTO said VALUES (?, 1, ?, ?)", (number, text, values[-1]))
    return int(number or 0)


def _text(text: str) -> str:
    found = text.strip()
    if not found:
        raise Refusal("note_empty", 400)
    if len(found) > LONGEST:
        raise Refusal("note_long", 400, longest=LONGEST)
    return found


def _kept(moment: datetime) -> str:
    """A moment as it is kept: in UTC, so that the order of texts is that of moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _place(row: Row) -> Place:
    return Place(row["indicator"], row["unit"], date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))


def _note(row: Row) -> Note:
    written = datetime.fromisoformat(row["written_at"])
    return Note(row["id"], row["answers"], _place(row), row["author"], written, row["number"] > 1, row["text"])
