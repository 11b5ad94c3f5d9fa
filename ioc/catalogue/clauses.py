"""A condition taken apart for a reader: the clauses that must all hold, each as a row of tokens.

Tokens are the names of fields, values, and words of a language that is not known here; whoever shows them has the labels and the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from ioc.catalogue.branches import Truths, conjuncts
from ioc.catalogue.expression import PARAMETERS, parse
from ioc.catalogue.kinds import Kind


@dataclass(frozen=True)
class Token:
    """A piece of a clause.

    Attributes:
        kind: ``field`` (its name), ``value`` (as written), ``word`` (a key), ``text`` (to be shown as it is).
        text: the name, value, key or text.
        field: of a value, the field that it is compared with, whose codes say what it means.
    """

    kind: str
    text: str
    field: str = ""


@dataclass(frozen=True)
class Clause:
    """One condition among several that must all hold: its expression, and its tokens."""

    expression: str
    tokens: tuple[Token, ...]


def clauses(text: str, fields: Mapping[str, Kind], truths: Truths | None = None) -> tuple[Clause, ...]:
    """The clauses of a condition that has been checked, each once; TRUE has none, nor has that a value which is no field's is there.

    Args:
        text: the condition.
        fields: the names that it uses, and what each gives.
        truths: whether each of its ``choices`` holds for a record: only what applies to it is told.
    """
    parts = {part.sql(): part for part in conjuncts(parse(text, fields).tree, truths) if not _goes_without_saying(part)}
    return tuple(Clause(said, tuple(_tokens(part))) for said, part in parts.items())


def _tokens(node: exp.Expr, beside: str = "") -> Iterator[Token]:
    """The tokens of a node; ``beside`` is the field that it is compared with."""
    if isinstance(node, exp.Literal):
        yield Token("value", node.name, beside)
    elif isinstance(node, exp.Paren):
        yield Token("text", "(")
        yield from _tokens(node.this, beside)
        yield Token("text", ")")
    elif isinstance(node, exp.Coalesce | exp.Cast):
        yield from _tokens(node.this, beside)
    elif type(node) in _JOINTS:
        yield from _joined(node, _JOINTS[type(node)])
    elif type(node) in _RULES:
        yield from _RULES[type(node)](node)
    else:
        yield Token("text", node.sql())


def _goes_without_saying(part: exp.Expr) -> bool:
    """Whether it says that something is stated which is made of no field: “1 − 0 is stated”."""
    negated = part.this.unnest() if isinstance(part, exp.Not) else None
    return isinstance(negated, exp.Is) and isinstance(negated.expression, exp.Null) and negated.find(exp.Column) is None


def _column(node: exp.Expr) -> Iterator[Token]:
    yield Token("word" if node.name in PARAMETERS else "field", node.name)


def _boolean(node: exp.Expr) -> Iterator[Token]:
    yield _word("yes" if node.this else "no")


def _is(node: exp.Expr) -> Iterator[Token]:
    yield from _tokens(node.this.unnest())
    if isinstance(node.expression, exp.Null):
        yield _word("unknown" if _is_stated(node.this) else "no_result")
    else:
        yield _word("is_true" if node.expression.this else "is_false")


def _between(node: exp.Expr) -> Iterator[Token]:
    yield from _tokens(node.this)
    yield _word("from")
    yield from _tokens(node.args["low"], _field(node.this))
    yield _word("to")
    yield from _tokens(node.args["high"], _field(node.this))


def _function(node: exp.Expr) -> Iterator[Token]:
    """A function of ours: its word, and its arguments with “to” between them; a time zone is not told."""
    name, (first, *more) = node.name.lower(), node.expressions
    if name in _LATER:
        yield from _later(first, more[0], _LATER[name])
        return
    yield _word(name)
    yield from _tokens(first)
    if name != "date_of":
        for argument in more:
            yield _word("to")
            yield from _tokens(argument)


def _later(day: exp.Expr, count: exp.Expr, unit: Token) -> Iterator[Token]:
    """A day so many days or months later, or earlier."""
    yield from _tokens(day)
    yield Token("text", "−" if isinstance(count, exp.Neg) else "+")
    yield from _tokens(count.this if isinstance(count, exp.Neg) else count)
    yield unit


def _not(node: exp.Expr) -> Iterator[Token]:
    yield from _negated(node.this.unnest())


def _in(node: exp.Expr) -> Iterator[Token]:
    yield from _listed(node, "one_of")


def _negated(node: exp.Expr) -> Iterator[Token]:
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        yield from _tokens(node.this.unnest())
        yield _word("known" if _is_stated(node.this) else "has_result")
    elif isinstance(node, exp.In):
        yield from _listed(node, "none_of")
    elif isinstance(node, exp.Column | exp.Coalesce):
        yield from _tokens(node)
        yield _word("is_false")
    else:
        yield _word("not")
        yield from _tokens(node)


def _is_stated(node: exp.Expr) -> bool:
    """Whether something is a field, which may be stated or not; all else is worked out from fields."""
    bare = node.unnest()
    return isinstance(bare, exp.Column) or (isinstance(bare, exp.Coalesce | exp.Cast) and _is_stated(bare.this))


def _joined(node: exp.Expr, sign: Token) -> Iterator[Token]:
    yield from _tokens(node.this, _field(node.expression))
    yield sign
    yield from _tokens(node.expression, _field(node.this))


def _listed(node: exp.Expr, word: str) -> Iterator[Token]:
    yield from _tokens(node.this)
    yield _word(word)
    for number, value in enumerate(node.expressions):
        if number:
            yield Token("text", ",")
        yield from _tokens(value, _field(node.this))


def _cases(node: exp.Expr) -> Iterator[Token]:
    for branch in node.args["ifs"]:
        yield _word("if")
        yield from _tokens(branch.this)
        yield _word("then")
        yield from _tokens(branch.args["true"])
        yield Token("text", ";")
    if node.args.get("default"):
        yield _word("else")
        yield from _tokens(node.args["default"])


def _field(node: exp.Expr) -> str:
    """The field that a node is about, if it is about one."""
    bare = node.unnest()
    found = bare if isinstance(bare, exp.Column) else next(iter(bare.find_all(exp.Column)), None)
    return found.name if found is not None else ""


def _word(key: str) -> Token:
    return Token("word", key)


_LATER: Mapping[str, Token] = {"plus_days": _word("days"), "plus_months": _word("months")}
_JOINTS: Mapping[type[exp.Expr], Token] = {
    exp.And: _word("and"), exp.Or: _word("or"), exp.EQ: _word("equals"), exp.NEQ: _word("differs"),
    exp.LT: Token("text", "<"), exp.LTE: Token("text", "≤"), exp.GT: Token("text", ">"), exp.GTE: Token("text", "≥"),
    exp.Add: Token("text", "+"), exp.Sub: Token("text", "−"), exp.Mul: Token("text", "×"), exp.Div: Token("text", "÷"),
}  # fmt: skip
_RULES: Mapping[type[exp.Expr], Callable[[exp.Expr], Iterator[Token]]] = {
    exp.Column: _column, exp.Boolean: _boolean, exp.Not: _not, exp.Is: _is, exp.In: _in, exp.Between: _between, exp.Case: _cases,
    exp.Anonymous: _function,
}  # fmt: skip
