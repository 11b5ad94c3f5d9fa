"""The words for what an indicator can be split by."""

from __future__ import annotations

from collections.abc import Iterable

from ioc.catalogue.model import Catalogue
from ioc.indicators.explanation import Where
from ioc.views.model import Choice
from ioc.views.tiles import records_of


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
            return {code: (unit.short or unit.label).of(language) for code, unit in catalogue.units.items()}
        if field and field.codes:
            return {code: text.of(language) for code, text in catalogue.code_list(field.codes).items()}
    return {}


def filters_of(catalogue: Catalogue, indicator: str, where: Where, language: str) -> tuple[Choice, ...]:
    """What a question is limited to: each dimension, with the words for its codes."""
    return tuple(
        Choice(dimension, ", ".join(code_labels(catalogue, indicator, dimension, language).get(code, code) for code in codes))
        for dimension, codes in where
    )
