"""The words for what an indicator can be split by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ioc.catalogue.model import Catalogue
from ioc.catalogue.tree import BELOW, NOTHING, groups
from ioc.indicators.explanation import Where
from ioc.text.words import words
from ioc.views.model import Choice
from ioc.views.tiles import records_of

# The code list that names kinds of units.
KINDS = "unit_kinds"


def dimension_label(catalogue: Catalogue, indicator: str, dimension: str, language: str) -> str:
    """The words for a dimension: those of its field."""
    for record in records_of(catalogue, indicator):
        field = catalogue.records[record].fields.get(dimension)
        if field:
            return field.label.of(language)
    return dimension


def code_labels(catalogue: Catalogue, indicator: str, dimension: str, language: str) -> dict[str, str]:
    """The words for the codes of a dimension of an indicator; short ones for units."""
    return code_labels_of(catalogue, sorted(records_of(catalogue, indicator)), dimension, language)


def code_labels_of(catalogue: Catalogue, records: Iterable[str], dimension: str, language: str) -> dict[str, str]:
    """The same for the first of some record types that has the dimension."""
    for record in records:
        field = catalogue.records[record].fields.get(dimension)
        if field and field.codes == "units":
            units = {code: (unit.short or unit.label).of(language) for code, unit in catalogue.units.items()}
            return units | group_labels(catalogue, language)
        if field and field.codes:
            return {code: text.of(language) for code, text in catalogue.code_list(field.codes).items()}
    return {}


def group_labels(catalogue: Catalogue, language: str) -> dict[str, str]:
    """The words for the groups of units of one kind: those of the code list ``unit_kinds``, where there is one."""
    kinds = catalogue.codes.get(KINDS, {})
    of = {group: kinds.get(catalogue.units[codes[0]].kind) for group, codes in groups(catalogue).items()}
    return {group: label.of(language) if label else group for group, label in of.items()}


def code_label(labels: Mapping[str, str], code: str, language: str) -> str:
    """The words for one code of a question, also for a unit with all below it, or for none."""
    if code == NOTHING:
        return words(language)("records.nothing")
    if code not in labels and code.endswith(BELOW):
        return words(language)("unit_page.with_below", unit=code_label(labels, code.removesuffix(BELOW), language))
    return labels.get(code, code)


def filters_of(catalogue: Catalogue, indicator: str, where: Where, language: str) -> tuple[Choice, ...]:
    """What a question is limited to: each dimension, with the words for its codes."""
    found = []
    for dimension, codes in where:
        labels = code_labels(catalogue, indicator, dimension, language)
        found.append(Choice(dimension, ", ".join(code_label(labels, code, language) for code in codes)))
    return tuple(found)
