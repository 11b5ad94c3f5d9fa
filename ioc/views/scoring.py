"""A score as a tree, and beside it what its source published: what differs is said metric by metric, and never made equal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ioc.catalogue.model import Catalogue, Unit
from ioc.catalogue.period import Period
from ioc.indicators.composite import Node
from ioc.indicators.values import Question, score
from ioc.store.listing import ListQuestion, read_records
from ioc.store.snapshot import Snapshot
from ioc.views.drilldown import numbers_behind
from ioc.views.score import Published, ScoreNode, ScoreView, Why

RECORD = "published_score"
# What the whole is called where it is published.
TOTAL = "TOTAL"
# Published scores have two decimals: so little is no difference.
ROUNDING = Decimal("0.005")
MOST_PUBLISHED = 10_000
_COLUMNS = ("provider", "metric", "period_from", "period_to", "numerator", "denominator", "score", "max_score")


def score_view(snapshot: Snapshot, question: Question, today: date, language: str) -> ScoreView | None:
    """The score that a question without split asks for; by itself, of the latest span published, else of this year so far.

    None where there is nothing to count. Raises UnknownName or BadQuestion.
    """
    catalogue = snapshot.catalogue
    span = _span(snapshot, question, today)
    asked = Question(question.indicator, start=span.start, end=span.end, where=question.where)
    found = next(iter(score(snapshot, asked, today).values()), None)
    if found is None:
        return None
    provider, published = (None, {}) if question.where else _published(snapshot, question.indicator, span)
    label = catalogue.codes["score_providers"][provider].of(language) if provider else None
    tree = score_node(catalogue, found, published, language)
    return ScoreView(question.indicator, span, span.end >= today, label, tree)


def _span(snapshot: Snapshot, question: Question, today: date) -> Period:
    if question.start or question.end:
        end = question.end or today
        return Period(question.start or date(end.year, 1, 1), end)
    rows = _rows(snapshot, question.indicator)
    published = [Period(row[2], row[3]) for row in rows]
    return max(published, key=lambda span: span.end, default=Period(date(today.year, 1, 1), today))


def _rows(snapshot: Snapshot, indicator: str) -> list[tuple[Any, ...]]:
    record = snapshot.catalogue.records.get(RECORD)
    if record is None:
        return []
    text = indicator.replace("'", "''")
    asked = ListQuestion(RECORD, _COLUMNS, condition=f"indicator = '{text}'", order=(("period_to", True),), limit=MOST_PUBLISHED)
    return list(read_records(snapshot, asked))


def _published(snapshot: Snapshot, indicator: str, span: Period) -> tuple[str | None, Mapping[str, Published]]:
    """Who published a score of exactly this span, and each metric of it."""
    mine = [row for row in _rows(snapshot, indicator) if (row[2], row[3]) == (span.start, span.end)]
    provider = min((str(row[0]) for row in mine), default=None)
    return provider, {str(row[1]): Published(*map(_decimal, row[4:])) for row in mine if row[0] == provider}


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def score_node(catalogue: Catalogue, node: Node, published: Mapping[str, Published], language: str) -> ScoreNode:
    """A part of a score, or the whole, in words, with what was published of each metric beside it."""
    code = node.part.code if node.part else TOTAL
    theirs = published.get(code or "")
    spec = catalogue.indicators[node.indicator] if node.indicator else None
    label = node.part.label if node.part and node.part.label else spec.label if spec else None
    difference = None
    if node.points is not None and theirs is not None and theirs.points is not None:
        difference = node.points - theirs.points
    return ScoreNode(
        indicator=node.indicator,
        code=code,
        label=label.of(language) if label else "",
        unit=spec.unit if spec else Unit.PERCENT,
        precision=spec.precision if spec else 1,
        points=node.points,
        most=node.most,
        measured=node.measured,
        value=node.value.value if node.value else None,
        numerator=node.value.numerator if node.value else None,
        denominator=node.value.denominator if node.value else None,
        published=theirs,
        difference=difference,
        why=_why(node, theirs, difference, published),
        children=tuple(score_node(catalogue, child, published, language) for child in node.children),
        behind=numbers_behind(catalogue, node.indicator) if node.indicator else None,
    )


def _why(node: Node, theirs: Published | None, difference: Decimal | None, published: Mapping[str, Published]) -> Why | None:
    """Where a difference comes from: nothing measured, other records counted, the same ones judged otherwise, or other points given."""
    if theirs is None:
        return None
    if node.points is None:
        return "not_measured"
    if difference is None or abs(difference) <= ROUNDING:
        return "same"
    if node.children:
        divided = any(child.part and child.part.code in published for child in node.children)
        return "parts" if divided else "partly" if node.measured < node.most else "undivided"
    if theirs.denominator is None:
        return "unfounded"
    ours = node.value
    if ours is None or ours.denominator != theirs.denominator:
        return "other_records"
    return "other_judgement" if ours.numerator != theirs.numerator else "other_points"
