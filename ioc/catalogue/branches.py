"""What of an expression applies to one record: of each CASE the branch that is taken, of each COALESCE the first value that there is.

A rule that names every case is long; of one record it says a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    elif not (isinstance(bare, exp.Boolean) and bare.this):
        yield bare if truths is None else _applied(bare, truths)


def _of_case(node: exp.Case, truths: Truths) -> Iterator[exp.Expr]:
    """What decides between the branches, and what must hold in the one that is taken."""
    taken = _taken(node, truths)
    if taken:
        never = _is_false(taken.args["true"])
        yield from conjuncts(exp.Not(this=_bracketed(taken.this)) if never else taken.this, truths)
        if not never:
            yield from conjuncts(taken.args["true"], truths)
    elif node.args.get("default") and not _is_false(node.args["default"]):
        yield from conjuncts(node.args["default"], truths)
    else:  # none of the branches is taken, and one must be
        for condition in (branch.this for branch in node.args["ifs"] if not _is_false(branch.args["true"])):
            yield from conjuncts(condition, truths)


def _applied(node: exp.Expr, truths: Truths) -> exp.Expr:
    """The expression without the branches that are not taken."""

    def chosen(each: exp.Expr) -> exp.Expr:
        if isinstance(each, exp.Case):
            taken = _taken(each, truths)
            found = taken.args["true"] if taken else each.args.get("default")
        elif isinstance(each, exp.Coalesce):
            values = _values(each)
            found = next((value for value in values if truths.get(_is_there(value))), values[-1])
        else:
            return each
        return _plain(_applied(found, truths)) if found else exp.Null()

    return _plain(node.transform(chosen))


def _taken(node: exp.Case, truths: Truths) -> exp.If | None:
    return next((branch for branch in node.args["ifs"] if truths.get(branch.this.sql())), None)


def _values(node: exp.Coalesce) -> list[exp.Expr]:
    return [node.this, *node.expressions]


def _is_there(value: exp.Expr) -> str:
    return f"({value.sql()}) IS NOT NULL"


def _is_false(node: exp.Expr) -> bool:
    bare = node.unnest()
    return isinstance(bare, exp.Boolean) and not bare.this


def _bracketed(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node.copy()) if isinstance(node, exp.Binary) else node.copy()


def _plain(node: exp.Expr) -> exp.Expr:
    """Without brackets around what is one thing by itself."""

    def bare(each: exp.Expr) -> exp.Expr:
        inner: exp.Expr = each.this if isinstance(each, exp.Paren) else each
        return each if isinstance(inner, exp.Binary) else inner

    return node.transform(bare)
