"""Notes on figures, for a viewer: those beside an indicator's trend, and what the viewer may do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ioc.access.scope import units_within
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Catalogue
from ioc.clock import Clock
from ioc.errors import Refusal, UnknownName
from ioc.notes import Note, Notes, Place
from ioc.views.model import IndicatorView


@dataclass(frozen=True)
class NoteView:
    """One note. ``unit`` is in words, empty for all; ``everywhere``: about every indicator; ``own``: the viewer has written it."""

    id: int
    start: date
    end: date
    unit: str
    everywhere: bool
    author: str
    written_at: datetime
    changed: bool
    text: str
    own: bool
    answers: tuple[NoteView, ...] = ()


@dataclass(frozen=True)
class NotesView:
    """The notes on the days of a trend.

    ``may_write``: whether the viewer may add one; it would be about ``unit``, which is empty for all.
    """

    indicator: str
    unit: str
    start: date
    end: date
    notes: tuple[NoteView, ...]
    may_write: bool


class Margin:
    """What stands in the margin of figures.

    Args:
        notes: where notes are kept.
        catalogue: names units and indicators.
        clock: tells when something was written.
        trail: where it is written down that somebody wrote, changed or removed something.
    """

    def __init__(self, notes: Notes, catalogue: Catalogue, clock: Clock, trail: AuditTrail) -> None:
        self._notes, self._catalogue, self._clock, self._trail = notes, catalogue, clock, trail

    def beside(self, viewer: Viewer, view: IndicatorView, as_of: datetime | None = None) -> NotesView:
        """The notes beside an indicator's trend. Raises StoreError."""
        units = [each.code.code for each in view.filters if each.code.code in self._catalogue.units]
        within = units_within(self._catalogue, viewer.scope)
        seen = tuple(units) if units else within
        found = self._notes.about(view.tile.indicator, view.start, view.end, seen, as_of)
        unit = units[0] if len(units) == 1 else ""
        may = viewer.may("notes") and as_of is None
        return NotesView(view.tile.indicator, unit, view.start, view.end, self._threads(found, viewer), may)

    def write(self, viewer: Viewer, indicator: str, unit: str, days: tuple[date, date], text: str) -> None:
        """Write a note; an empty indicator or unit is every one. Raises Refusal or UnknownName."""
        self._check(viewer)
        for kind, name, known in (("indicator", indicator, self._catalogue.indicators), ("unit", unit, self._catalogue.units)):
            if name and name not in known:
                raise UnknownName(kind, name, known)
        place = Place(indicator or None, unit or None, *days)
        self._told(viewer, "note.write", self._notes.write(place, text, viewer.name, self._clock.now()), text)

    def answer(self, viewer: Viewer, note: int, text: str) -> None:
        """Write below a note. Raises Refusal."""
        self._check(viewer)
        self._told(viewer, "note.answer", self._notes.answer(note, text, viewer.name, self._clock.now()), text)

    def change(self, viewer: Viewer, note: int, text: str) -> None:
        """Give an own note another text. Raises Refusal."""
        self._check(viewer)
        self._notes.change(note, text, viewer.name, self._clock.now())
        self._told(viewer, "note.change", note, text)

    def remove(self, viewer: Viewer, note: int) -> None:
        """Take an own note back. Raises Refusal."""
        self._check(viewer)
        self._notes.remove(note, viewer.name, self._clock.now())
        self._told(viewer, "note.remove", note, "")

    def _check(self, viewer: Viewer) -> None:
        if not viewer.may("notes"):
            raise Refusal("notes", 403)

    def _told(self, viewer: Viewer, action: str, note: int, text: str) -> None:
        self._trail.note(viewer, action, f"note {note}", text)

    def _threads(self, found: Sequence[Note], viewer: Viewer) -> tuple[NoteView, ...]:
        answers: dict[int, list[NoteView]] = {}
        for note in found:
            if note.answers is not None:
                answers.setdefault(note.answers, []).append(self._view(note, viewer))
        return tuple(replace(self._view(note, viewer), answers=tuple(answers.get(note.id, ()))) for note in found if note.answers is None)

    def _view(self, note: Note, viewer: Viewer) -> NoteView:
        place, units = note.place, self._catalogue.units
        unit = units[place.unit].label.of(viewer.language) if place.unit in units else place.unit or ""
        everywhere = place.indicator is None
        own = note.author == viewer.name
        return NoteView(note.id, place.start, place.end, unit, everywhere, note.author, note.written_at, note.changed, note.text, own)
