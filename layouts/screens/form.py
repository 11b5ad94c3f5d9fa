"""A form: fields of a record type, what waits for a second person, what was decided. It works without any script."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ioc.catalogue.model import FieldType
from ioc.text import dates
from ioc.text.numbers import number
from ioc.views.forms import FormEntry, FormField, FormView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import Context

_HINTS = {
    FieldType.DATE: "dd/mm/yyyy",
    FieldType.TIMESTAMP: "dd/mm/yyyy hh:mm",
}


def form(
    view: FormView,
    person: str,
    context: Context,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    said: str = "",
    status: int = 200,
    taken: bool = False,
) -> Page:
    """The page.

    Args:
        view: the form.
        person: who has signed in.
        context: address, language, scheme.
        typed: what was typed, when something is wrong with it.
        faults: what is wrong, in words, by field; "" is about all of it.
        said: what has just been done, or could not be.
        status: of the HTTP answer.
        taken: whether what was entered can be taken along.
    """
    words = context.words
    content = [
        h.p(".ioc-said", role="status")[said] if said else None,
        h.section(".ioc-card")[h.h2[words("form.enter")], _fields(view, context, typed or {}, faults or {})],
        h.section(".ioc-card")[_taken("waiting", _waiting(view, person, context) if view.waiting else None, taken, context)],
        h.section(".ioc-card")[_taken("decided", _decided(view, context) if view.decided else None, taken, context)],
    ]
    heading = Heading(view.title, view.organisation, words("form.signed_in", person=person))
    return shell([Markup(content, className="ioc-form-page")], heading, None, context, status=status)


def _fields(view: FormView, context: Context, typed: Mapping[str, str], faults: Mapping[str, str]) -> h.Element:
    words = context.words
    return h.form(".ioc-form", method="post", action=context.link(f"/forms/{view.feed}"), autocomplete="off")[
        h.p(".ioc-field-fault", role="alert")[faults[""]] if "" in faults else None,
        (_field(field, typed.get(field.name, ""), faults.get(field.name, ""), context) for field in view.fields),
        h.p[h.button(".ioc-choice.ioc-chief")[words("form.send")], h.span(".ioc-faint")[words("form.second")]],
    ]


def _field(field: FormField, text: str, fault: str, context: Context) -> h.Element:
    name = [h.span[field.label, h.b(title=context.words("form.required"))[" *"] if field.required else None]]
    common: dict[str, str | bool | None] = {
        "name": field.name,
        "required": field.required,
        "aria_invalid": "true" if fault else None,
        "aria_describedby": f"fault-{field.name}" if fault else None,
    }
    return h.label(".ioc-field")[
        name,
        _control(field, text, context, common),
        h.span(".ioc-field-fault", id=f"fault-{field.name}")[" ".join([fault, _hint(field, context)])] if fault else None,
    ]


def _hint(field: FormField, context: Context) -> str:
    """How a field is written."""
    if field.type is FieldType.NUMBER:
        return number(Decimal("12.5"), context.language)
    return "12" if field.type is FieldType.INTEGER else _HINTS.get(field.type, "")


def _control(field: FormField, text: str, context: Context, common: dict[str, str | bool | None]) -> h.Node:
    if field.choices or field.type is FieldType.BOOLEAN:
        choices = [(each.code, each.label) for each in field.choices] or [(each, context.words(each)) for each in ("yes", "no")]
        return h.select(**common)[h.option(value="")["…"], (h.option(value=code, selected=code == text)[label] for code, label in choices)]
    numeric = field.type in {FieldType.INTEGER, FieldType.NUMBER}
    return h.input(
        value=text, inputmode="decimal" if numeric else None, placeholder=_hint(field, context) or None, maxlength="500", **common
    )


def _values(entry: FormEntry) -> h.Element:
    return h.dl(".ioc-entry")[(h.div[h.dt[label], h.dd[text]] for label, text in entry.values)]


def _taken(name: str, entries: h.Node, taken: bool, context: Context) -> h.Node:
    """Entries with their heading, and the button of exports for whoever is known on other pages too."""
    title = context.words(f"form.{name}")
    if entries and taken:
        return listing(name, title, entries, context)
    return [h.h2[title], entries or h.p(".ioc-faint")[context.words("form.nothing")]]


def _waiting(view: FormView, person: str, context: Context) -> h.Element:
    return h.ol(".ioc-entries")[(_waiting_entry(view, each, person, context) for each in view.waiting)]


def _waiting_entry(view: FormView, entry: FormEntry, person: str, context: Context) -> h.Element:
    words = context.words
    own = entry.entered_by == person
    why = words("form.why_withdraw" if own else "form.why_refuse")
    at = dates.moment(entry.entered_at, context.zone)
    address = context.link(f"/forms/{view.feed}/{entry.number}")
    return h.li[
        _values(entry),
        h.p(".ioc-faint", data_cell=words("export.column.state"))[words("form.entered", person=entry.entered_by, moment=at)],
        h.form(".ioc-decide", method="post", action=address)[
            h.span(".ioc-faint")[words("form.own")]
            if own
            else h.button(".ioc-choice.ioc-chief", name="decision", value="confirm")[words("form.confirm")],
            h.label[h.span(".ioc-unseen")[why], h.input(name="note", placeholder=why, maxlength="500")],
            h.button(".ioc-choice", name="decision", value="refuse")[words("form.withdraw" if own else "form.refuse")],
        ],
    ]


def _decided(view: FormView, context: Context) -> h.Element:
    return h.ol(".ioc-entries")[(_decided_entry(each, context) for each in view.decided)]


def _decided_entry(entry: FormEntry, context: Context) -> h.Element:
    words = context.words
    at = dates.moment(entry.decided_at, context.zone) if entry.decided_at else ""
    told = words(f"form.{entry.decision}", person=entry.decided_by, moment=at)
    entered = words("form.entered", person=entry.entered_by, moment=dates.moment(entry.entered_at, context.zone))
    return h.li[
        _values(entry),
        h.p(".ioc-faint", data_cell=context.words("export.column.state"))[f"{entered} {told}", f" {entry.note}" if entry.note else None],
    ]
