"""Notes on figures, for a viewer: those beside an indicator's trend, and what the viewer may do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ioc.access.scope import units_within
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Catalogue
from ioc.catalogue.tree import units_below
from ioc.clock import Clock
from ioc.errors import Refusal, UnknownName
from ioc.notes import Note, Notes, Place
from ioc.text import lines
from ioc.views.model import Choice, IndicatorView
from ioc.views.panels.types import ScreenView
from ioc.views.unit import UnitView

# So much of a note is told at a chart.
MOST_LETTERS = 120


@dataclass(frozen=True)
class NoteView:
    """One note.

    ``unit`` and ``indicator`` are in words, empty for all; ``everywhere``: about every indicator; ``own``: the viewer has written it.
    """

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
    indicator: str = ""
    answers: tuple[NoteView, ...] = ()


@dataclass(frozen=True)
class NotesView:
    """The notes on the days of a trend, or of a page of many indicators: then ``indicator`` is empty.

    ``may_write``: whether the viewer may add one; it would be about ``unit``, in words ``about``, which are empty for all, and about
    one of ``choices``, where there are several indicators.
    """

    indicator: str
    unit: str
    about: str
    start: date
    end: date
    notes: tuple[NoteView, ...]
    may_write: bool
    choices: tuple[Choice, ...] = ()

    @property
    def said(self) -> tuple[NoteView, ...]:
        """Every note and answer, each answer after what it answers."""
        return tuple(each for note in self.notes for each in (note, *note.answers))


@dataclass(frozen=True)
class NotesQuestion:
    """What notes are asked for: those on some inclusive days of an indicator, about some units and those below them; without, all.

    ``among``: in place of one ``indicator``, those of a page.
    """

    indicator: str
    start: date
    end: date
    units: tuple[str, ...] = ()
    among: tuple[str, ...] = ()


def of_unit(view: UnitView, today: date) -> NotesQuestion:
    """The question for the notes on a unit's page: of its indicators, of the last year."""
    names = tuple(row.indicator for group in view.groups for row in group.rows)
    return NotesQuestion("", _year_before(today), today, (view.unit.code,), names)


def of_screen(view: ScreenView, catalogue: Catalogue, today: date) -> NotesQuestion:
    """The question for the notes on a screen: of the indicators that it shows, of the last year; of one unit where it is of that one."""
    names = tuple(dict.fromkeys(name for panel in view.panels for name in panel.frame.on or ()))
    of = {tuple(code for _, code in panel.frame.where if code in catalogue.units) for panel in view.panels if panel.frame.on}
    return NotesQuestion("", _year_before(today), today, next(iter(of)) if len(of) == 1 else (), names)


def _year_before(day: date) -> date:
    return day - timedelta(days=365)


def beside(view: IndicatorView, catalogue: Catalogue) -> NotesQuestion:
    """The question for the notes on the trend of an indicator's page."""
    units = tuple(each.code.code for each in view.filters if each.code.code in catalogue.units)
    return NotesQuestion(view.tile.indicator, view.start, view.end, units)


def noted(notes: Notes, catalogue: Catalogue, viewer: Viewer, asked: NotesQuestion, as_of: datetime | None = None) -> NotesView:
    """What was noted, as far as a viewer may see it, as it stands or stood at a past moment. Raises UnknownName."""
    if asked.indicator and asked.indicator not in catalogue.indicators:
        raise UnknownName("indicator", asked.indicator, catalogue.indicators)
    wanted = tuple(dict.fromkeys(code for unit in asked.units for code in units_below(catalogue, unit)))
    within = units_within(catalogue, viewer.scope)
    seen = within if not wanted else wanted if within is None else tuple(code for code in wanted if code in within)
    found = notes.about((asked.indicator,) if asked.indicator else asked.among, asked.start, asked.end, seen, as_of)
    # Whoever sees only an own unit writes about that one where the page is of all.
    unit = asked.units[0] if len(asked.units) == 1 else "" if asked.units else viewer.scope or ""
    may = viewer.may("notes") and as_of is None and _may_be_about(catalogue, viewer, unit)
    threads = _threads(found, catalogue, viewer)
    choices = tuple(Choice(name, catalogue.indicators[name].label.of(viewer.language)) for name in asked.among)
    return NotesView(asked.indicator, unit, unit_label(catalogue, unit, viewer.language), asked.start, asked.end, threads, may, choices)


def shortened(text: str) -> str:
    """A note as one line that has room at a chart."""
    return lines.shortened(" ".join(text.split()), MOST_LETTERS)


def unit_label(catalogue: Catalogue, unit: str | None, language: str) -> str:
    """A unit in words; its code where it is a unit no more, empty for all units."""
    return catalogue.units[unit].label.of(language) if unit in catalogue.units else unit or ""


def _may_be_about(catalogue: Catalogue, viewer: Viewer, unit: str) -> bool:
    """Whether a viewer may write about a unit; about all units only who sees all."""
    within = units_within(catalogue, viewer.scope)
    return within is None or (bool(unit) and unit in within)


def _threads(found: Sequence[Note], catalogue: Catalogue, viewer: Viewer) -> tuple[NoteView, ...]:
    answers: dict[int, list[NoteView]] = {}
    for note in found:
        if note.answers is not None:
            answers.setdefault(note.answers, []).append(_view(note, catalogue, viewer))
    tops = (note for note in found if note.answers is None)
    return tuple(replace(_view(note, catalogue, viewer), answers=tuple(answers.get(note.id, ()))) for note in tops)


def _view(note: Note, catalogue: Catalogue, viewer: Viewer) -> NoteView:
    place = note.place
    unit = unit_label(catalogue, place.unit, viewer.language)
    told = (note.id, place.start, place.end, unit, place.indicator is None, note.author, note.written_at, note.changed, note.text)
    spec = catalogue.indicators.get(place.indicator or "")
    label = spec.label.of(viewer.language) if spec else place.indicator or ""
    return NoteView(*told, own=note.author == viewer.name, indicator=label)


class Margin:
    """What is written in the margin of figures.

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
        return self.about(viewer, beside(view, self._catalogue), as_of)

    def about(self, viewer: Viewer, asked: NotesQuestion, as_of: datetime | None = None) -> NotesView:
        """The notes that a page asks for. Raises StoreError."""
        return noted(self._notes, self._catalogue, viewer, asked, as_of)

    def on_screen(self, viewer: Viewer, view: ScreenView, today: date, as_of: datetime | None = None) -> NotesView:
        """The notes on what a screen shows. Raises StoreError."""
        return self.about(viewer, of_screen(view, self._catalogue, today), as_of)

    def write(self, viewer: Viewer, indicator: str, unit: str, days: tuple[date, date], text: str) -> None:
        """Write a note; an empty indicator or unit is every one. Raises Refusal or UnknownName."""
        self._check(viewer)
        for kind, name, known in (("indicator", indicator, self._catalogue.indicators), ("unit", unit, self._catalogue.units)):
            if name and name not in known:
                raise UnknownName(kind, name, known)
        if not _may_be_about(self._catalogue, viewer, unit):
            raise Refusal("notes_beyond", 403)
        place = Place(indicator or None, unit or None, *days)
        self._told(viewer, "note.write", self._notes.write(place, text, viewer.name, self._clock.now()), text)

    def answer(self, viewer: Viewer, note: int, text: str) -> None:
        """Write below a note that the viewer may see. Raises Refusal."""
        self._check(viewer)
        within, unit = units_within(self._catalogue, viewer.scope), self._notes.place(note).unit
        if within is not None and unit is not None and unit not in within:
            raise Refusal("note_gone", 404)  # what one may not see is not there
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
