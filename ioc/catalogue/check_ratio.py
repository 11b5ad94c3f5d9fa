"""Whether the two conditions of a ratio leave anything to measure: a denominator that holds only successes, or none, is a mistake."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from ioc.catalogue.model import Indicator
from ioc.catalogue.source import Finding, Location
from ioc.errors import Said


def check_ratio(path: Location, spec: Indicator) -> Iterator[Finding]:
    """What follows from ``counts`` about ``succeeds``, as far as it can be told from conditions that are joined by AND.

    Both have been parsed before. A ratio of two sums is left alone: its value may be part of its total without any condition.
    """
    if spec.succeeds is None or spec.total is not None:
        return
    counts, succeeds = _conjuncts(spec.counts), _conjuncts(spec.succeeds)
    stock = spec.stock is not None and (spec.stock.succeeds_at or spec.stock.succeeds_until) is not None
    if not stock and all(any(_implies(known, wanted) for known in counts) for wanted in succeeds):
        hint = Said("Leave out of “counts” what “succeeds” says.")
        yield (
            (*path, "counts"),
            Said(
                "Only what succeeds counts: the value is always 100 per cent, for “{counts}” says “{succeeds}” already.",
                counts=spec.counts,
                succeeds=spec.succeeds,
            ),
            hint,
        )
    for wanted in succeeds:
        if any(_excludes(known, wanted) for known in counts):
            yield (
                (*path, "succeeds"),
                Said("Nothing that counts can succeed: “{wanted}” goes beyond “{counts}”.", wanted=wanted.sql(), counts=spec.counts),
                Said("A success must be among what counts."),
            )


def _conjuncts(text: str) -> list[exp.Expr]:
    tree = sqlglot.parse_one(text)
    parts = list(tree.flatten()) if isinstance(tree, exp.And) else [tree]
    bare = [part.unnest() for part in parts]
    return [inner for part in bare for inner in (_conjuncts(part.sql()) if isinstance(part, exp.And) else [part])]


def _implies(known: exp.Expr, wanted: exp.Expr) -> bool:
    """Whether one condition makes sure of another."""
    if known == wanted or wanted == exp.true():
        return True
    (field, values), (other, allowed) = _values(known), _values(wanted)
    if field is None or field != other:
        return _field_known(wanted) is not None and _field_known(wanted) == field
    return values is not None and allowed is not None and values <= allowed


def _excludes(known: exp.Expr, wanted: exp.Expr) -> bool:
    """Whether one condition rules another out."""
    (field, values), (other, allowed) = _values(known), _values(wanted)
    return field is not None and field == other and values is not None and allowed is not None and not values & allowed


def _values(node: exp.Expr) -> tuple[str | None, frozenset[str] | None]:
    """A field and the values that a condition leaves it: of ``x = 'a'``, ``x IN (…)``, ``flag`` and ``NOT flag``."""
    if isinstance(node, exp.Column):
        return node.name, frozenset({"TRUE"})
    if isinstance(node, exp.Not) and isinstance(node.this, exp.Column):
        return node.this.name, frozenset({"FALSE"})
    if isinstance(node, exp.EQ) and isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Literal):
        return node.this.name, frozenset({node.expression.sql()})
    if isinstance(node, exp.In) and isinstance(node.this, exp.Column):
        return node.this.name, frozenset(value.sql() for value in node.expressions)
    return None, None


def _field_known(node: exp.Expr) -> str | None:
    """The field of ``x IS NOT NULL``."""
    inner = node.this if isinstance(node, exp.Not) else None
    if isinstance(inner, exp.Is) and isinstance(inner.this, exp.Column) and isinstance(inner.expression, exp.Null):
        return str(inner.this.name)
    return None
