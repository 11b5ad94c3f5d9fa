"""The editor of screens: the list of what can be arranged, and one screen as a wall shows it, with a form for the panel chosen.

``assets/editor`` moves panels and asks the server what each draft looks like; what is right and what is drawn is decided there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup as Safe

from ioc.catalogue.screens import SIZES, PlaylistSettings
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.arrangement_history import Changes, PastView
from ioc.views.model import Choice
from ioc.views.screen_editor import EACH_UNIT, ArrangedView, Choices, ScreenTile
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import Context

PERIODS = ("day", "week", "month", "quarter", "year")
# Which keys a panel of a kind has, apart from its title and size.
KEYS = {
    "number": ("indicator", "where", "months"),
    "trend": ("indicator", "where", "period", "months"),
    "ranking": ("indicator", "where", "by", "months", "most"),
    "heatmap": ("indicator", "where", "by", "period", "months", "most"),
    "map": ("indicator", "where", "by", "months", "geojson"),
    "bullet": ("indicators", "group", "where", "months"),
    "milestones": ("most",),
    "funnel": ("indicators", "group", "where", "months"),
    "score": ("indicator", "where", "months"),
    "alerts": ("indicators", "group"),
    "feeds": (),
    "clock": (),
    "text": ("text",),
    "records": ("record", "where", "columns", "filter", "most"),
}
# Keys with several controls under one name.
SEVERAL = {"text", "title", "size", "indicators", "where"}
# What the script says by itself.
SAID = (
    "moved",
    "resized",
    "added",
    "removed",
    "taken_out",
    "at_fault",
    "undone",
    "unsaved",
    "saving",
    "failed",
    "tile",
    "wrong",
    "all_well",
    "leave",
    "kept",
    "overtaken",
    "sure",
    "rows",
)


def editor_list(tiles: Sequence[ScreenTile], playlists: Mapping[str, PlaylistSettings], context: Context, fault: str = "") -> Page:
    """Every screen that can be arranged, and the way to a new one; and every playlist."""
    words = context.words
    columns = [Column(name, words(f"editor.list.{name}"), name == "panels") for name in ("name", "panels", "kept", "last")]
    listed = lines(words("editor.title"), columns, (_tile(tile, context) for tile in tiles))
    empty = (("", "editor.empty"), (EACH_UNIT, "editor.empty_template"))
    options = [
        *(h.option(value=value)[words(key)] for value, key in empty),
        *(h.option(value=tile.id)[tile.label.of(context.language)] for tile in tiles),
    ]
    kept = ((name, context.get(name)) for name in ("lang", "theme"))
    new = h.form(".ioc-form.ioc-editor-new", method="get", action="/admin/screens/edit", autocomplete="off")[
        (h.input(type="hidden", name=name, value=value) for name, value in kept if value),
        h.label(".ioc-field")[
            h.span[words("editor.id")],
            h.input(
                name="new",
                required=True,
                pattern="[a-z][a-z0-9_]*",
                maxlength="60",
                aria_describedby="new-hint",
                aria_invalid="true" if fault else None,
                value=context.get("new"),
            ),
            h.span("#new-hint.ioc-field-fault", role="alert")[fault] if fault else h.span("#new-hint.ioc-faint")[words("editor.id_hint")],
        ],
        h.label(".ioc-field")[h.span[words("editor.like")], h.select(name="like")[options]],
        h.p[h.button(".ioc-choice")[words("editor.begin")]],
    ]
    content = [
        h.section(".ioc-card")[listing("screens", words("editor.title"), listed, context, is_named=False)],
        h.section(".ioc-card")[h.h2[words("editor.new")], new],
        h.section(".ioc-card")[h.h2[words("playlists.title")], _playlists(playlists, context)],
        h.p[h.a(".ioc-link", href=context.link("/admin/screens"))[words("walls.title")]],
    ]
    heading = Heading(words("editor.title"), subtitle=words("editor.subtitle"))
    return shell([Markup(content, className="ioc-editor-list")], heading, None, context, status=400 if fault else 200)


def _playlists(playlists: Mapping[str, PlaylistSettings], context: Context) -> h.Element:
    """Every playlist; a new one is arranged at an address of its own name."""
    named = (
        h.li[h.a(".ioc-link", href=context.link(f"/admin/playlists/{name}"))[each.label.of(context.language)]]
        for name, each in playlists.items()
    )
    number = next(number for number in range(1, len(playlists) + 2) if f"playlist_{number}" not in playlists)
    new = h.a(".ioc-switch", href=context.link(f"/admin/playlists/playlist_{number}"))[context.words("playlists.new")]
    return h.div[h.ul(".ioc-entries")[named], h.p[new]]


def _tile(tile: ScreenTile, context: Context) -> Line:
    words = context.words
    name = h.a(".ioc-link", href=context.link(f"/admin/screens/{tile.id}/edit"))[unbroken(tile.label.of(context.language))]
    kept = words("editor.list.faulty" if tile.is_faulty else "editor.list.own" if tile.is_own else "editor.list.ships")
    last = f"{_who(tile.last.by, tile.last.how, context)}, {dates.moment(tile.last.at, context.zone)}" if tile.last else "–"
    return Line((name, str(tile.panels), kept, last))


def editor(view: ArrangedView, context: Context) -> Page:
    """One screen."""
    words = context.words
    given = {
        "id": view.id,
        "draft": view.draft,
        "revision": view.revision,
        "sizes": SIZES,
        "keys": KEYS,
        "kinds": {kind: words(f"editor.kind.{kind}") for kind in SIZES},
        "said": {name: words(f"editor.said.{name}") for name in SAID},
        "query": context.link(""),
    }
    content = [
        h.script(type="application/json", id="editor-given")[_in_script(given)],
        _bar(view, context),
        h.div(".ioc-editor-notice", role="alert", hidden=not view.faults)[_faults(view, context)],
        h.div(".ioc-editor-room")[
            h.div(".ioc-editor-canvas")[
                h.div(".ioc-grid", role="listbox", aria_label=words("editor.canvas"), aria_describedby="editor-keys"),
                h.p("#editor-rows.ioc-editor-rows", role="status", hidden=True),
                h.p(".ioc-faint")[words("editor.pointer"), " ", h.span("#editor-keys")[words("editor.keys")]],
            ],
            h.aside(".ioc-editor-side", aria_label=words("editor.panel"))[_form(view.choices, context)],
        ],
        h.section(".ioc-card.ioc-editor-past")[listing("past", words("editor.past"), h.div("#editor-past")[past(view, context)], context)],
    ]
    title = view.label.of(context.language) if view.label else words("editor.new")
    subtitle = words("editor.template", name=view.id, unit=view.sample) if view.sample else view.id
    heading = Heading(words("editor.of", title=title), subtitle=subtitle)
    return shell([Markup(content, className="ioc-editor")], heading, view.stamp, context, main="ioc-editor-main")


def _bar(view: ArrangedView, context: Context) -> h.Element:
    """The names of the screen, and what is done to the whole of it."""
    words = context.words
    show = h.a(".ioc-switch", href=context.link(f"/screens/{view.shown_at}"))[words("editor.show")] if view.shown_at else None
    return h.form("#editor-bar.ioc-editor-bar", autocomplete="off")[
        (
            _labelled(words(f"editor.name_{language}"), h.input(name=f"label.{language}", lang=language, maxlength="200"), "label")
            for language in ("vi", "en")
        ),
        h.div(".ioc-choices")[
            _button("add", words("editor.add")),
            _button("undo", words("editor.undo"), disabled=True),
            h.button("#editor-save.ioc-choice.ioc-chosen", type="submit")[words("editor.save")],
            show,
            h.a(".ioc-switch", href=context.link("/admin/screens/edit"))[words("editor.all")],
        ],
        h.p("#editor-told.ioc-editor-told", role="status"),
    ]


def _faults(view: ArrangedView, context: Context) -> h.Node:
    if not view.faults:
        return None
    listed = h.ul[
        (
            h.li[f"{context.words('editor.line', line=fault.line)} {context.words.say(fault.what)} {context.words.say(fault.hint)}"]
            for fault in view.faults
        )
    ]
    return [h.p[context.words("editor.faulty")], listed]


def _form(choices: Choices, context: Context) -> h.Element:
    """The keys of the panel chosen; the script shows those that its kind has."""
    words = context.words
    kinds = [h.option(value=kind)[words(f"editor.kind.{kind}")] for kind in SIZES]
    lists = {"indicators": choices.indicators, "dimensions": choices.dimensions, "scopes": choices.scopes}
    fields = [
        ("kind", h.select(id="editor-kind", name="kind")[kinds]),
        ("indicator", h.input(id="editor-indicator", name="indicator", list="editor-indicators", data_code="")),
        ("indicators", _several("indicators", "indicators", context)),
        ("group", h.select(id="editor-group", name="group")[_options(choices.groups)]),
        ("record", h.select(id="editor-record", name="record")[_options(choices.records)]),
        ("where", _several("where", "scopes", context)),
        ("by", h.input(id="editor-by", name="by", list="editor-dimensions", data_code="")),
        (
            "period",
            h.select(id="editor-period", name="period")[
                (h.option(value="" if each == "month" else each)[words(f"editor.period.{each}")] for each in PERIODS)
            ],
        ),
        ("months", h.input(id="editor-months", name="months", type="number", min="0", max="240")),
        ("most", h.input(id="editor-most", name="most", type="number", min="1", max="1000")),
        ("columns", h.input(id="editor-columns", name="columns", placeholder="code, received_on")),
        ("filter", h.input(id="editor-filter", name="filter")),
        ("geojson", h.input(id="editor-geojson", name="geojson")),
        ("text", _pair("text", context)),
        ("title", _pair("title", context)),
        ("size", _size(context)),
    ]
    return h.form("#editor-form.ioc-editor-form", autocomplete="off", hidden=True)[
        h.h2(".ioc-panel-title")[words("editor.panel")],
        (_field(name, control, context) for name, control in fields),
        h.div(".ioc-choices")[
            _button("earlier", words("editor.earlier")),
            _button("later", words("editor.later")),
            _button("duplicate", words("editor.duplicate")),
            _button("remove", words("editor.remove")),
        ],
        (
            h.datalist(id=f"editor-{name}")[(h.option(value=each.label, data_code=each.code) for each in known)]
            for name, known in lists.items()
        ),
    ]


def _field(name: str, control: h.BaseElement, context: Context) -> h.Element:
    label = context.words(f"editor.key.{name}")
    fault = h.span(".ioc-field-fault", id=f"editor-fault-{name}", hidden=True)
    if name in SEVERAL:
        return h.fieldset(".ioc-field", data_key=name)[h.legend[label], control, fault]
    return h.div(".ioc-field", data_key=name)[h.label(for_=f"editor-{name}")[label], control, fault]


def _labelled(label: str, control: h.BaseElement, key: str) -> h.Element:
    return h.label(".ioc-field", data_key=key)[h.span[label], control]


def _several(name: str, known: str, context: Context) -> h.Element:
    """A field that takes one after the other."""
    words = context.words
    return h.div(".ioc-several", data_several=name)[
        h.ul(data_remove=words("editor.take_out")),
        h.input(name=name, list=f"editor-{known}", placeholder=words("editor.one_more"), aria_label=words(f"editor.key.{name}")),
    ]


def _pair(name: str, context: Context) -> h.Element:
    return h.div(".ioc-pair")[
        (
            h.input(
                name=f"{name}.{each}",
                lang=each,
                maxlength="300",
                aria_label=f"{context.words(f'editor.key.{name}')}, {each}",
                placeholder=each,
            )
            for each in ("vi", "en")
        )
    ]


def _size(context: Context) -> h.Element:
    words = context.words
    return h.div(".ioc-pair")[
        (h.input(name=f"size.{each}", type="number", min="1", max="12", aria_label=words(f"editor.{each}")) for each in ("wide", "high"))
    ]


def _options(choices: Iterable[Choice]) -> h.Node:
    return [h.option(value="")["–"], *(h.option(value=each.code)[each.label] for each in choices)]


def _button(does: str, label: str, *, disabled: bool = False) -> h.Element:
    return h.button(".ioc-choice", type="button", data_does=does, disabled=disabled)[label]


def past(view: ArrangedView, context: Context) -> list[h.Element]:
    """The history: who has saved what when, and the way back."""
    words = context.words
    back = [_back("give_up", 0, words("editor.ships" if view.ships else "editor.give_up"))] if view.revision else []
    if not view.past:
        return [h.p(".ioc-faint")[words("editor.no_past")], *back]
    newest = view.past[0].number
    return [h.ol(".ioc-entries")[(_state(each, each.number == newest, context) for each in view.past)], *back]


def _state(past: PastView, is_newest: bool, context: Context) -> h.Element:
    words = context.words
    told = [
        h.span(data_cell=words("export.column.author"))[_who(past.by, past.how, context)],
        ", ",
        h.span(data_cell=words("export.column.written"))[dates.moment(past.at, context.zone)],
    ]
    changes = _changes(past.changes, context) if past.changes else ""
    restore = _back("restore", past.number, words("editor.restore")) if past.is_whole and not is_newest else None
    number = h.b(data_cell=words("export.column.number"))[f"{past.number}"]
    changed = h.p(".ioc-faint", data_cell=words("record.changes"))[changes] if changes else None
    return h.li[h.p[number, " ", told, restore], changed]


def _who(by: str, how: str, context: Context) -> str:
    words = context.words
    if how == "by_hand":
        return words("editor.how.by_hand")
    return words(f"editor.how.{how}", by=by or words("editor.here"))


def _changes(changes: Changes, context: Context) -> str:
    words = context.words
    parts = [words(f"editor.changes.{name}") for name in ("renamed", "moved") if getattr(changes, name)]
    for name in ("added", "changed", "removed"):
        found: tuple[Choice, ...] = getattr(changes, name)
        if found:
            listed = "; ".join(": ".join(filter(None, (words(f"editor.kind.{each.code}"), each.label))) for each in found)
            parts.append(words(f"editor.changes.{name}", panels=listed))
    return ". ".join(parts)


def _back(does: str, number: int, label: str) -> h.Element:
    return h.button(".ioc-choice", type="button", data_back=does, data_number=str(number))[label]


def _in_script(value: object) -> h.Node:
    return Safe(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))
