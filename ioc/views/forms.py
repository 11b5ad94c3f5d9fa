"""Forms for figures that no system delivers: what can be typed, what waits for a second person, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Protocol

from ioc.catalogue.model import Catalogue, FieldSpec, FieldType
from ioc.store.form_entries import Entry
from ioc.store.store import Store
from ioc.text.numbers import number
from ioc.text.words import words
from ioc.views.model import Choice

MOST_DECIDED = 50


@dataclass(frozen=True)
class FormField:
    """A field to be typed into. ``choices`` are the codes that it may hold; without any, it is typed freely."""

    name: str
    label: str
    type: FieldType
    required: bool
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class FormEntry:
    """Something that was typed, in words; ``decision`` is None while it waits."""

    number: int
    values: tuple[tuple[str, str], ...]
    entered_by: str
    entered_at: datetime
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


@dataclass(frozen=True)
class FormView:
    """A form, and what was typed into it."""

    feed: str
    title: str
    organisation: str
    fields: tuple[FormField, ...]
    rules: Mapping[str, str]
    waiting: tuple[FormEntry, ...]
    decided: tuple[FormEntry, ...]


class FieldFault(Protocol):
    """What is wrong with what was typed."""

    @property
    def field(self) -> str | None: ...
    @property
    def reason(self) -> str: ...


class Desk(Protocol):
    """What can be done at the desk of a form; see ``ioc.intake.forms``."""

    def fields(self, feed: str) -> tuple[str, ...]: ...
    def enter(self, feed: str, typed: Mapping[str, str], person: str) -> Sequence[FieldFault]: ...
    def confirm(self, feed: str, number: int, person: str) -> None: ...
    def refuse(self, feed: str, number: int, person: str, note: str) -> None: ...


def form_view(store: Store, feed: str, record: str, fields: Sequence[str], label: str | None, language: str) -> FormView:
    """The form of a feed.

    Args:
        store: where entries wait.
        feed: whose form it is.
        record: the type of its records.
        fields: those that are typed.
        label: of the feed, if it has one.
        language: of the words.
    """
    catalogue, spec = store.catalogue, store.catalogue.records[record]
    return FormView(
        feed,
        label or spec.label.of(language),
        catalogue.organisation.name.of(language),
        tuple(_field(catalogue, record, name, language) for name in fields),
        {name: rule.text.of(language) for name, rule in spec.rules.items()},
        tuple(_entry(catalogue, record, each, language) for each in store.entries(feed, waiting=True)),
        tuple(_entry(catalogue, record, each, language) for each in store.entries(feed, waiting=False, most=MOST_DECIDED)),
    )


def _field(catalogue: Catalogue, record: str, name: str, language: str) -> FormField:
    spec = catalogue.records[record].fields[name]
    codes = catalogue.code_list(spec.codes) if spec.codes else {}
    choices = tuple(Choice(code, text.of(language)) for code, text in codes.items())
    return FormField(name, spec.label.of(language), spec.type, spec.required, choices)


def _entry(catalogue: Catalogue, record: str, entry: Entry, language: str) -> FormEntry:
    spec = catalogue.records[record]
    values = [
        (spec.fields[name].label.of(language), _told(catalogue, spec.fields[name], text, language)) if name in spec.fields else (name, text)
        for name, text in entry.fields.items()
    ]
    return FormEntry(
        entry.number,
        tuple(values),
        entry.entered_by,
        entry.entered_at,
        entry.decision,
        entry.decided_by,
        entry.decided_at,
        entry.note,
    )


def _told(catalogue: Catalogue, field: FieldSpec, text: str, language: str) -> str:
    """What was typed, as the page writes it: who confirms a number is to read it as it will count."""
    if field.codes:
        found = catalogue.code_list(field.codes).get(text)
        return found.of(language) if found else text
    if field.type in {FieldType.NUMBER, FieldType.INTEGER}:
        return _number(text, language)
    return words(language)(text) if field.type is FieldType.BOOLEAN and text in {"yes", "no"} else text


def _number(text: str, language: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return number(value, language, len(text.partition(".")[2]))
