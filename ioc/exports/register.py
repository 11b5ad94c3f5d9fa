"""The register of everything that was exported: what it was, of which data, by whom, and the fingerprint by which it is known again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ioc.access.policy import may_open
from ioc.access.viewer import Viewer
from ioc.exports.subject import has_past, is_listing
from ioc.ledger import Ledger
from ioc.text.fold import folded

FILE = "exports.sqlite"
# Letters and digits that nobody takes for one another, on paper or on the telephone.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = 8
_ALIKE = str.maketrans("OIL", "011")
# So many are told at once.
PAGE_ROWS = 50

STEPS = (
    """CREATE TABLE export (
    code TEXT PRIMARY KEY, made_at TEXT NOT NULL, made_by TEXT NOT NULL, scope TEXT, subject TEXT NOT NULL, title TEXT NOT NULL,
    period TEXT NOT NULL, filters TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, as_of TEXT, format TEXT NOT NULL,
    language TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, simulated INTEGER NOT NULL,
    classification TEXT NOT NULL, signed_by TEXT NOT NULL, folded TEXT NOT NULL
);
CREATE INDEX export_by_hash ON export (sha256);
CREATE INDEX export_by_moment ON export (made_at);
""",
    # Of what was made before this was kept, the page tells what may be in it.
    """ALTER TABLE export ADD COLUMN records INTEGER NOT NULL DEFAULT 1;
UPDATE export SET records = subject LIKE '/screens/%' OR subject LIKE '/records%' OR subject LIKE '/report%' OR subject LIKE '%#list-%';
""",
)


@dataclass(frozen=True)
class Entry:
    """One export.

    Attributes:
        code: as printed on it, ``K7QF-3MXN``.
        made_at, made_by: when, and who asked for it.
        scope: the unit that its maker's sight was limited to; None for the whole organisation.
        subject: what it is of, as the address of its page.
        title, period, filters: the same in words.
        version: the data version of its numbers.
        at: the moment that it speaks of: asked for as of then, its page shows the same numbers.
        as_of: the past moment that was asked for, or None for what was the present.
        format, language: of the file.
        file, size, sha256: its name, its bytes, and their fingerprint.
        simulated: whether any record behind it was simulated.
        classification: how it is classified, in words; empty for nothing.
        signed_by: who signed it; empty for nobody.
        records: whether records are in it, and not numbers alone.
    """

    code: str
    made_at: datetime
    made_by: str
    scope: str | None
    subject: str
    title: str
    period: str
    filters: str
    version: int
    at: datetime
    as_of: datetime | None
    format: str
    language: str
    file: str
    size: int
    sha256: str
    simulated: bool
    classification: str = ""
    signed_by: str = ""
    records: bool = False


_MOMENTS = ("made_at", "at", "as_of")
_NAMES = tuple(field.name for field in fields(Entry))


def new_code() -> str:
    """A code that nobody can guess."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    return f"{letters[:4]}-{letters[4:]}"


def code_of(text: str) -> str:
    """A code as somebody has typed it, in its one form; empty for what cannot be one."""
    letters = re.sub(r"[\s-]", "", text).upper().translate(_ALIKE)
    known = len(letters) == CODE_LETTERS and set(letters) <= set(LETTERS)
    return f"{letters[:4]}-{letters[4:]}" if known else ""


def as_it_was(entry: Entry) -> str:
    """The address of the page of an export as it was: the same numbers, whatever has been corrected since. Of a page that is of the present
    only, the page."""
    bare, mark, part = entry.subject.partition("#")
    if not has_past(urlsplit(bare).path):
        return entry.subject
    sign = "&" if "?" in bare else "?"
    at = entry.at.isoformat().replace("+", "%2B")
    return f"{bare}{sign}as_of={at}{mark}{part}"


def may_fetch(entry: Entry, viewer: Viewer) -> bool:
    """Whether a viewer may have the file of an export: who made it was limited as the viewer is, and its page may be opened.

    Pages show less to whoever may see less: lists are handed to who made them alone, and what holds records to who may see records.
    """
    bare, _, part = entry.subject.partition("#")
    path = unquote(urlsplit(bare).path)
    if viewer.scope not in {None, entry.scope} or not may_open(viewer, "GET", path):
        return False
    if entry.made_by == viewer.name or viewer.is_administrator:
        return True
    return not is_listing(part) and (viewer.may("records") or not entry.records)


class Register:
    """The register of one deployment.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._ledger = Ledger(folder / FILE, STEPS)

    def add(self, entry: Entry) -> None:
        """Enter an export. Raises StoreError."""
        given = asdict(entry) | {name: _kept(getattr(entry, name)) for name in _MOMENTS}
        given["folded"] = folded(" ".join((entry.title, entry.made_by, entry.file, entry.filters, entry.period, entry.subject, entry.code)))
        columns = (*_NAMES, "folded")
        with self._ledger.writing() as connection:
            connection.execute(f"INSERT INTO export ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})", given)

    def find(self, code: str) -> Entry | None:
        """The export with a code, however it is typed."""
        return next(self._read("code = ?", code_of(code)), None)

    def of_file(self, sha256: str) -> Entry | None:
        """The export whose file has a fingerprint."""
        return next(self._read("sha256 = ?", sha256), None)

    def search(self, text: str = "", scope: str | None = None, before: datetime | None = None, most: int = PAGE_ROWS) -> list[Entry]:
        """Exports, the newest first, that have every word of ``text`` in them.

        Args:
            scope: of the viewer; only what was made within the same is told, None tells all.
            before: only what was made before.
            most: at most so many.
        """
        wanted = [f"%{_as_written(word)}%" for word in folded(text).split()]
        conditions, values = ["folded LIKE ? ESCAPE '\\'"] * len(wanted), list(wanted)
        if scope is not None:
            conditions, values = [*conditions, "scope = ?"], [*values, scope]
        if before is not None:
            conditions, values = [*conditions, "made_at < ?"], [*values, _kept(before) or ""]
        return list(self._read(" AND ".join(conditions) or "TRUE", *values, most=most))

    def forget(self, before: datetime) -> list[Entry]:
        """Forget what was made before a moment; tells what that was."""
        old = list(self._read("made_at < ?", _kept(before) or "", most=-1))
        if old:
            with self._ledger.writing() as connection:
                connection.execute("DELETE FROM export WHERE made_at < ?", [_kept(before)])
        return old

    def copy(self, to: Path) -> None:
        """A consistent copy, as part of a backup."""
        self._ledger.copy(to)

    def _read(self, condition: str, *values: str, most: int = 1) -> Iterator[Entry]:
        sql = f"SELECT {', '.join(_NAMES)} FROM export WHERE {condition} ORDER BY made_at DESC, code LIMIT {int(most)}"
        return map(_entry, self._ledger.rows(sql, values))


def _entry(row: Sequence[Any]) -> Entry:
    given = dict(zip(_NAMES, row, strict=True))
    given |= {name: datetime.fromisoformat(given[name]) if given[name] else None for name in _MOMENTS}
    return Entry(**given | {name: bool(given[name]) for name in ("simulated", "records")})


def _kept(moment: datetime | None) -> str | None:
    """A moment as text that sorts as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def _as_written(text: str) -> str:
    """Text in which % and _ stand for themselves."""
    return re.sub(r"([\\%_])", r"\\\1", text)
