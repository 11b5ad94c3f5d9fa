"""The editor of a playlist: which screens walls show in turn, and for how long each; a form that needs no script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ioc.catalogue.screens import PlaylistSettings
from ioc.text import dates
from ioc.views.arrangement_history import PastView
from ioc.views.playlist_editor import RotationView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import Context


@dataclass(frozen=True)
class TurnGiven:
    """A screen (``screen:code`` of a template) and for how many seconds it stays, as they stand in the form; nothing is as usual."""

    screen: str
    stays: str


@dataclass(frozen=True)
class Step:
    """What a button has done to the order: which, the row that it is about now, and the same in words."""

    does: str
    row: int
    told: str


# What is wrong with what stands in the form, by turn, if it is of one, and by key.
Wrong = Mapping[tuple[int | None, str], str]


@dataclass(frozen=True)
class Given:
    """What stands in the form: names, seconds, the night, turns, and the revision that all this is based on."""

    vi: str
    en: str
    dwell: str
    start: str
    end: str
    brightness: str
    revision: str
    turns: tuple[TurnGiven, ...]


def given_of(settings: PlaylistSettings | None, revision: str) -> Given:
    """The form of a playlist as it is; empty for one that is yet to be."""
    if settings is None:
        return Given("", "", "30", "", "", "", revision, (TurnGiven("", ""),))
    night = settings.night
    return Given(
        vi=settings.label.vi,
        en=settings.label.en,
        dwell=f"{settings.dwell.total_seconds():.0f}",
        start=night.start if night else "",
        end=night.end if night else "",
        brightness=str(night.brightness) if night else "",
        revision=revision,
        turns=tuple(
            TurnGiven(":".join(filter(None, (turn.screen, turn.of))), f"{turn.dwell.total_seconds():.0f}" if turn.dwell else "")
            for turn in settings.screens
        ),
    )


def playlist_editor(
    view: RotationView, given: Given, wrong: Wrong, context: Context, told: str = "", status: int = 200, step: Step | None = None
) -> Page:
    """The page.

    Args:
        view: the playlist as it is kept.
        given: what stands in the form.
        wrong: what is wrong with that.
        context, status: of the page.
        told: what has come of the last button.
        step: what it has done to the order.
    """
    words, name = context.words, view.id
    file = [h.li[f"{words('editor.line', line=each.line)} {words.say(each.what)} {words.say(each.hint)}"] for each in view.faults]
    form = h.form(".ioc-form.ioc-rotation", method="post", action=context.link(f"/admin/playlists/{name}"), autocomplete="off")[
        h.button(".ioc-unseen", tabindex="-1", aria_hidden="true"),  # what Enter in a field does
        h.input(type="hidden", name="revision", value=given.revision),
        h.p(".ioc-told", role="status")[told or (step.told if step else "")],
        h.div(".ioc-rotation-frame")[
            _field(words("editor.name_vi"), wrong.get((None, "label")), name="vi", value=given.vi, lang="vi", maxlength="200"),
            _field(words("editor.name_en"), None, name="en", value=given.en, lang="en", maxlength="200"),
            _field(words("playlists.dwell"), wrong.get((None, "dwell")), name="dwell", value=given.dwell, type="number", min="3"),
        ],
        _turns(given, view, wrong, context, step),
        h.fieldset(".ioc-rotation-frame")[
            h.legend[words("playlists.night")],
            _field(words("playlists.from"), wrong.get((None, "night")), name="from", value=given.start, placeholder="19:30", maxlength="5"),
            _field(words("playlists.to"), None, name="to", value=given.end, placeholder="06:30", maxlength="5"),
            _field(words("playlists.brightness"), None, name="brightness", value=given.brightness, type="number", min="5", max="100"),
        ],
        h.p[
            h.button(".ioc-choice.ioc-chief")[words("editor.save")],
            h.a(".ioc-link", href=context.link(f"/wall/{name}"))[words("playlists.look")] if view.settings else None,
            h.a(".ioc-link", href=context.link("/admin/screens/edit"))[words("editor.all")],
        ],
        _past(view, context),
    ]
    title = view.settings.label.of(context.language) if view.settings else name
    content = [
        h.section(".ioc-card", role="alert")[h.p[words("playlists.faulty")], h.ul[file]] if file else None,
        h.section(".ioc-card")[form],
    ]
    heading = Heading(words("playlists.of", title=title), subtitle=words("playlists.subtitle"))
    return shell([Markup(each, className="ioc-editor-list") for each in content if each], heading, None, context, status=status)


def _field(label: str, fault: str | None, **attributes: str) -> h.Element:
    told = h.span(".ioc-field-fault", role="alert")[fault] if fault else None
    return h.label(".ioc-field")[h.span[label], h.input(aria_invalid="true" if fault else None, **attributes), told]


def _turns(given: Given, view: RotationView, wrong: Wrong, context: Context, step: Step | None) -> h.Element:
    """The screens in order, each with the buttons that move it or take it out; the focus stays on the row that one was pressed for."""
    words, last = context.words, len(given.turns) - 1
    focused = (step.row, _focused(step, last)) if step else None
    rows = (
        h.li[
            h.label(".ioc-field")[
                h.span[words("playlists.turn", number=at + 1)],
                _choice(turn.screen, view, context, focused=focused == (at, "")),
                _fault(at, wrong),
            ],
            h.label(".ioc-field")[
                h.span[words("playlists.stays")], h.input(name="stays", type="number", min="3", value=turn.stays, placeholder=given.dwell)
            ],
            h.div(".ioc-choices")[
                _move("earlier", "↑", at, at == 0, view, context, focused=focused == (at, "earlier")),
                _move("later", "↓", at, at == last, view, context, focused=focused == (at, "later")),
                _move("remove", "×", at, last == 0, view, context, focused=focused == (at, "remove")),
            ],
        ]
        for at, turn in enumerate(given.turns)
    )
    none = wrong.get((None, "screens"))
    return h.div[
        h.ol(".ioc-rotation-turns", aria_label=words("playlists.turns"))[rows],
        h.p(".ioc-field-fault", role="alert")[none] if none else None,
        h.p[_button("add", words("playlists.add"), view, context)],
    ]


def _focused(step: Step, last: int) -> str:
    """Which button of its row has the focus after a step; none is the choice of the screen."""
    if last <= 0 or step.does == "add":
        return ""
    return {("earlier", 0): "later", ("later", last): "earlier"}.get((step.does, step.row), step.does)


def _fault(at: int, wrong: Wrong) -> h.Node:
    said = " ".join(text for (turn, _), text in wrong.items() if turn == at)
    return h.span(".ioc-field-fault", role="alert")[said] if said else None


def _way(does: str, view: RotationView, context: Context) -> str:
    return context.link(f"/admin/playlists/{view.id}/{does}")


def _button(does: str, label: str, view: RotationView, context: Context, at: int = 0) -> h.Element:
    return h.button(".ioc-choice", formaction=_way(does, view, context), name="at", value=at)[label]


def _move(does: str, sign: str, at: int, disabled: bool, view: RotationView, context: Context, *, focused: bool) -> h.Element:
    said = context.words(f"playlists.{does}", number=at + 1)
    way = _way(does, view, context)
    return h.button(".ioc-choice", formaction=way, name="at", value=at, disabled=disabled, autofocus=focused, aria_label=said, title=said)[
        sign
    ]


def _choice(chosen: str, view: RotationView, context: Context, *, focused: bool) -> h.Element:
    """All that can be shown: a screen; of a template each unit in turn, or one."""
    language = context.language
    known = {name: settings.label.of(language) for name, settings in view.screens.items() if not settings.template}
    templates = {name: settings.label.of(language) for name, settings in view.screens.items() if settings.template}

    def option(value: str, label: str) -> h.Element:
        return h.option(value=value, selected=value == chosen)[label]

    groups = (
        h.optgroup(label=label)[
            option(name, context.words("playlists.each", title=label)),
            *(option(each, text.of(language)) for each, text in view.labels.items() if each.startswith(f"{name}:")),
        ]
        for name, label in templates.items()
    )
    gone = None if chosen in {"", *known, *templates, *view.labels} else option(chosen, context.words("playlists.gone", name=chosen))
    return h.select(name="screen", autofocus=focused)[gone, [option(name, label) for name, label in known.items()], groups]


def _past(view: RotationView, context: Context) -> h.Element:
    words = context.words
    back = words("playlists.ships" if view.ships else "playlists.give_up")
    entries = (
        h.li[
            h.p[
                h.b(data_cell=words("export.column.number"))[f"{each.number}"],
                " ",
                h.span(data_cell=words("export.column.author"))[_who(each, context)],
                ", ",
                h.span(data_cell=words("export.column.written"))[dates.moment(each.at, context.zone)],
                " ",
                _button("restore", words("editor.restore"), view, context, each.number) if index and each.is_whole else None,
            ]
        ]
        for index, each in enumerate(view.past)
    )
    return h.section[
        listing("past", words("editor.past"), h.ol(".ioc-entries")[entries], context)
        if view.past
        else [h.h2[words("editor.past")], h.p(".ioc-faint")[words("playlists.no_past")]],
        h.p[_button("give_up", back, view, context)] if view.revision else None,
    ]


def _who(past: PastView, context: Context) -> str:
    words = context.words
    return words(f"editor.how.{past.how}") if past.how == "by_hand" else words(f"editor.how.{past.how}", by=past.by or words("editor.here"))
