"""What of an expression applies to one record: of each CASE the branch that is taken, of each COALESCE the first value that there is.

A rule that names every case is long; of one record it says a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from sqlglot import exp

# What is known of a record: whether each condition, as an expression, holds; None where that cannot be told.
Truths = Mapping[str, bool | None]


def choices(tree: exp.Expr) -> Iterator[str]:
    """The conditions that decide which branches of an expression are taken."""
    for case in tree.find_all(exp.Case):
        yield from (branch.this.sql() for branch in case.args["ifs"])
    for first in tree.find_all(exp.Coalesce):
        yield from map(_is_there, _values(first))


def conjuncts(node: exp.Expr, truths: Truths | None) -> Iterator[exp.Expr]:
    """The conditions that must all hold, of those the branches that are taken; TRUE is none.

    Args:
        node: a condition.
        truths: whether each of its ``choices`` holds; None to leave all branches as they are.
    """
    bare = node.unnest()
    if isinstance(bare, exp.And):
        yield from conjuncts(bare.left, truths)
        yield from conjuncts(bare.right, truths)
    elif isinstance(bare, exp.Case) and truths is not None:
        yield from _of_case(bare, truths)
    elif isinstance(bare, exp.Coalesce) and truths is not None:
        found = _first(bare, truths)
        yield from conjuncts(bare.this if _is_false(found) else found, truths)  # “no” is why, but nothing to be told
    elif not (isinstance(bare, exp.Boolean) and bare.this):
        yield bare if truths is None else _applied(bare, truths)


def _of_case(node: exp.Case, truths: Truths) -> Iterator[exp.Expr]:
    """What decides between the branches, and what must hold in the one that is taken."""
    taken, default = _taken(node, truths), node.args.get("default")
    if taken and _is_false(taken.args["true"]):
        yield from conjuncts(exp.Not(this=_apart(taken.this.copy())), truths)
    elif taken:
        yield from conjuncts(taken.this, truths)
        yield from conjuncts(taken.args["true"], truths)
    elif default and not _is_false(default):
        yield from conjuncts(default, truths)
    else:  # none is taken, and one of these would have to be
        possible = [branch.this for branch in node.args["ifs"] if not _is_false(branch.args["true"])]
        yield from conjuncts(reduce(_either, possible), truths) if possible else [node]


def _either(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    return exp.Or(this=_apart(one.copy()), expression=_apart(other.copy()))


def _applied(node: exp.Expr, truths: Truths) -> exp.Expr:
    """The expression without the branches that are not taken."""

    def chosen(each: exp.Expr) -> exp.Expr:
        found = each
        if isinstance(each, exp.Case):
            taken = _taken(each, truths)
            found = taken.args["true"] if taken else each.args.get("default") or each
        elif isinstance(each, exp.Coalesce):
            found = _first(each, truths)
        # Nothing can be compared with nothing: where that is what is left, the rule is told as it is.
        return each if found is each or isinstance(found.unnest(), exp.Null) else _apart(_applied(found, truths))

    return node.transform(chosen).transform(_bare).unnest()


def _taken(node: exp.Case, truths: Truths) -> exp.If | None:
    return next((branch for branch in node.args["ifs"] if truths.get(branch.this.sql())), None)


def _first(node: exp.Coalesce, truths: Truths) -> exp.Expr:
    """The first value that there is, or that of which there should be one."""
    return next((value for value in _values(node) if truths.get(_is_there(value))), node.this)


def _values(node: exp.Coalesce) -> list[exp.Expr]:
    return [node.this, *node.expressions]


def _is_there(value: exp.Expr) -> str:
    return f"({value.sql()}) IS NOT NULL"


def _is_false(node: exp.Expr) -> bool:
    bare = node.unnest()
    return isinstance(bare, exp.Boolean) and not bare.this


def _is_one(node: exp.Expr) -> bool:
    """Whether it is one thing, whatever stands beside it."""
    return isinstance(node, exp.Column | exp.Literal | exp.Boolean) or (isinstance(node, exp.Func) and not isinstance(node, exp.Binary))


def _apart(node: exp.Expr) -> exp.Expr:
    return node if _is_one(node) or isinstance(node, exp.Paren) else exp.Paren(this=node)


def _bare(node: exp.Expr) -> exp.Expr:
    """Without brackets around what is one thing by itself."""
    inner: exp.Expr = node.unnest()
    return inner if _is_one(inner) else node
