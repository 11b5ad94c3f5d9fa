"""Notes beside a trend: what was written, with its answers, a form for one more, and marks on the trend's days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ioc.text import dates
from ioc.views.model import Point
from ioc.views.notes import NotesView, NoteView, shortened
from layouts import elements as h
from layouts import figures
from layouts.figures import Figure
from layouts.markup import Markup
from layouts.panels.export import export
from layouts.state import Context
from layouts.theme import PALETTES


def panel(view: NotesView, context: Context) -> Markup | None:
    """The panel, or None where there is nothing to read and nothing to write."""
    if not view.notes and not view.may_write:
        return None
    words = context.words
    listed = (
        h.ul(".ioc-notes")[(_note(each, view, context) for each in view.notes)] if view.notes else h.p(".ioc-faint")[words("notes.none")]
    )
    taken = export(words("notes.title"), "notes", context) if view.notes else None
    return Markup(
        [
            h.div(".ioc-panel-head")[h.h2(".ioc-panel-title", id="notes")[words("notes.title")], taken],
            listed,
            _new(view, context) if view.may_write else None,
        ],
        tag="section",
        className="ioc-panel ioc-panel-notes",
    )


def _note(note: NoteView, view: NotesView, context: Context) -> h.Element:
    words = context.words
    of = words("notes.everywhere") if note.everywhere else "" if view.indicator else note.indicator
    about = [dates.days(note.start, note.end), note.unit, of]
    answers = h.ul(".ioc-notes")[
        (h.li[_said(each, context), h.div(".ioc-note-acts")[_own(each, context)] if view.may_write else None] for each in note.answers)
    ]
    answer = h.details[h.summary[words("notes.answer")], _text_form(f"/notes/{note.id}/answers", "", words("notes.send"), context)]
    return h.li[
        h.p(".ioc-note-about")[" · ".join(filter(None, about))],
        _said(note, context),
        h.div(".ioc-note-acts")[answer, _own(note, context)] if view.may_write else None,
        answers if note.answers else None,
    ]


def _said(note: NoteView, context: Context) -> h.Node:
    words = context.words
    author = note.author or words("notes.here")
    changed = f" ({words('notes.changed')})" if note.changed else ""
    return [
        h.p(".ioc-note-text")[note.text],
        h.p(".ioc-faint")[f"{author}, {dates.moment(note.written_at, context.zone)}{changed}"],
    ]


def _own(note: NoteView, context: Context) -> h.Node:
    """What its author may do with a note."""
    words = context.words
    if not note.own:
        return None
    return [
        h.details[h.summary[words("notes.change")], _text_form(f"/notes/{note.id}", note.text, words("notes.save"), context)],
        h.form(method="post", action=f"/notes/{note.id}/removal")[_back(context), h.button(".ioc-note-act")[words("notes.remove")]],
    ]


def _new(view: NotesView, context: Context) -> h.Element:
    words = context.words
    return h.details(".ioc-note-new")[
        h.summary[words("notes.new")],
        h.form(".ioc-form", method="post", action="/notes")[
            _back(context),
            h.input(type="hidden", name="unit", value=view.unit),
            h.p(".ioc-faint")[words("notes.unit", unit=view.about or words("notes.all_units"))],
            h.div(".ioc-note-days")[(_day(name, value, context) for name, value in (("from", view.end), ("to", view.end)))],
            h.label(".ioc-field")[
                h.span[words("notes.about")],
                h.select(name="indicator")[_about(view, context)],
            ],
            _text("", context),
            h.p[h.button(".ioc-choice.ioc-chief")[words("notes.write")]],
        ],
    ]


def _about(view: NotesView, context: Context) -> list[h.Element]:
    """What a new note may be about."""
    every = h.option(value="")[context.words("notes.everywhere")]
    if view.indicator:
        return [h.option(value=view.indicator)[context.words("notes.this_indicator")], every]
    return [every, *(h.option(value=each.code)[each.label] for each in view.choices)]


def _day(name: str, value: date, context: Context) -> h.Element:
    return h.label(".ioc-field")[
        h.span[context.words(f"notes.{name}")], h.input(name=name, value=dates.day(value), placeholder="dd/mm/yyyy", required=True)
    ]


def _text_form(action: str, text: str, doing: str, context: Context) -> h.Element:
    return h.form(".ioc-form", method="post", action=action)[_back(context), _text(text, context), h.p[h.button(".ioc-choice")[doing]]]


def _text(text: str, context: Context) -> h.Element:
    said = context.words("notes.text")
    return h.label(".ioc-field")[h.span[said], h.textarea(name="text", rows="3", maxlength="2000", required=True)[text]]


def _back(context: Context) -> h.VoidElement:
    """Where to go afterwards: where one was."""
    return h.input(type="hidden", name="back", value=context.with_query())


def marked(figure: Figure, points: Sequence[Point], view: NotesView, context: Context) -> Figure:
    """A trend with a small flag under each point in whose days something was noted."""
    flag = {"size": 11, "symbol": "triangle-up", "color": PALETTES[context.scheme].ink, "standoff": 9, "angle": 0}
    return figures.marked(figure, points, dict(_by_point(points, view)), flag)


def _by_point(points: Sequence[Point], view: NotesView) -> Iterator[tuple[int, list[str]]]:
    """What was noted on the days of each point that has a value."""
    for index, point in enumerate(points):
        here = (each for each in view.notes if each.start <= point.end and each.end >= point.start)
        texts = [f"{dates.days(each.start, each.end)}: {_short(each.text)}" for each in here]
        if texts and point.value is not None:
            yield index, texts


def _short(text: str) -> str:
    """A note as a line on a chart; Plotly would read markup in it."""
    return shortened(text).replace("&", "&amp;").replace("<", "&lt;")
