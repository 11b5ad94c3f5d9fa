"""How far a viewer sees into records of a type: of one unit and those below it, or of all."""

from __future__ import annotations

from dataclasses import dataclass

from ioc.catalogue.model import Catalogue, RecordType
from ioc.views.filters import Filters, codes_of
from ioc.views.model import Choice


@dataclass(frozen=True)
class Sight:
    """A sight that is limited.

    Attributes:
        unit: whose records alone are seen, with those of the units below it; without code for an account that has no unit.
        outside: whether all that is asked for belongs to other units.
        fields: those of the record type that say the unit.
    """

    unit: Choice
    outside: bool
    fields: tuple[str, ...]


def sight_of(catalogue: Catalogue, spec: RecordType, filters: Filters, scope: tuple[str, ...] | None, language: str) -> Sight | None:
    """The sight of a viewer with a scope, the unit at its top first; None where nothing limits it."""
    fields = tuple(name for name, field in spec.fields.items() if field.codes == "units")
    if scope is None or not fields:
        return None
    unit = catalogue.units.get(scope[0])
    asked = (codes for field, codes in codes_of(catalogue, spec, filters) if field in fields)
    outside = not scope[0] or any(not set(codes) & set(scope) for codes in asked)
    return Sight(Choice(scope[0], unit.label.of(language) if unit else scope[0]), outside, fields)
