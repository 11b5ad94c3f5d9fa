"""What the filters of a list of records ask: values to be met exactly, beginnings, ranges, nothing at all."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from ioc.catalogue.model import Catalogue, FieldType, RecordType
from ioc.catalogue.tree import NOTHING, named
from ioc.errors import BadQuestion, UnknownName
from ioc.store.listing import Limit
from ioc.views.values import day_from_words

# What parts a least from a greatest value.
TO = ".."
# Fields, each with what it must hold.
Filters = tuple[tuple[str, str], ...]
Where = tuple[tuple[str, tuple[str, ...]], ...]


def codes_of(catalogue: Catalogue, spec: RecordType, filters: Filters) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The filters that name values to be met exactly, those of one field together. Raises UnknownName or BadQuestion."""
    exact: dict[str, list[str]] = {}
    for field, text in filters:
        kind = spec.fields[field].type
        if text != NOTHING and (kind in {FieldType.CODE, FieldType.BOOLEAN} or (kind is FieldType.TEXT and not text.endswith("*"))):
            exact.setdefault(field, []).append(text)
        if kind is FieldType.BOOLEAN and text not in {NOTHING, "true", "false"}:
            raise BadQuestion("filter_value", field=field, text=text)
        _check_code(catalogue, spec, field, text)
    units = {field for field in exact if spec.fields[field].codes == "units"}
    return tuple(
        (field, tuple(code for text in texts for code in (named(catalogue, text) if field in units else (text,))))
        for field, texts in exact.items()
    )


def where_of(spec: RecordType, filters: Filters, dimensions: Collection[str]) -> Where | None:
    """The filters as a question about numbers says them; None where they ask what only records can answer."""
    exact: dict[str, list[str]] = {}
    for field, text in filters:
        if field not in dimensions or (spec.fields[field].type is FieldType.TEXT and text.endswith("*")):
            return None
        exact.setdefault(field, []).append(text)
    return tuple((field, tuple(texts)) for field, texts in exact.items())


def _check_code(catalogue: Catalogue, spec: RecordType, field: str, text: str) -> None:
    codes = spec.fields[field].codes
    known = catalogue.code_list(codes) if codes else {}
    if codes and text != NOTHING and text not in known and named(catalogue, text) == (text,):
        raise UnknownName("code", text, known)


def limit(spec: RecordType, field: str, text: str) -> Limit:
    """What a filter that names no exact value asks. Raises BadQuestion."""
    kind = spec.fields[field].type
    if text == NOTHING:
        return Limit(field, nothing=True)
    if kind is FieldType.TEXT:
        return Limit(field, begins=text.removesuffix("*"))
    low, to, high = text.partition(TO)
    if kind in {FieldType.DATE, FieldType.TIMESTAMP}:
        return Limit(field, day_from_words(low), day_from_words(high if to else low))
    return Limit(field, _number(low), _number(high if to else low))


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise BadQuestion("number", text=text) from error
    if not found.is_finite() or not re.fullmatch(r"-?\d{1,18}([.,]\d{1,9})?", text):
        raise BadQuestion("number", text=text)
    return found
