"""What explains an indicator, as plain JSON values and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ioc.api.json_values import day, moment, number, stamp
from ioc.text.words import Words
from ioc.views.explanation import Compared, Contribution, ExplanationView, Measured
from ioc.views.model import IndicatorView, SplitRow, SplitView, Stamp
from ioc.views.notes import NotesView, NoteView
from ioc.views.reading import summary, told
from ioc.views.unusual import AnomaliesView


def explanation(view: ExplanationView, reading: Sequence[str], words: Words, zone: ZoneInfo) -> dict[str, Any]:
    """The answer. Numbers of effects are decimals of nine places whose sums are exact: read them as decimals, not as floats."""
    by = [each.code for each in view.by]
    return {
        "indicator": view.indicator,
        "label": view.label,
        "unit": view.unit.value,
        "by": by,
        "against": view.against,
        **stamp(view.stamp, zone),
        "before": _side(view.before),
        "after": _side(view.after),
        "change": number(view.change),
        "mix": number(view.mix),
        "rate": number(view.rate),
        "additive": view.additive,
        "breaks": [{"day": day(each.on), "parts": list(each.parts), "source": each.source} for each in view.breaks],
        "reading": list(reading),
        "words": [*summary(view, words), *told(view, words)],
        "groups": [_contribution(each, by) for each in view.groups],
        "contributions": [_contribution(each, by) for each in view.rows],
        "others": {"count": view.rest.count, **_effects(view.rest.effect, view.rest.mix, view.rest.rate)},
    }


def rows(view: ExplanationView) -> list[dict[str, Any]]:
    """The contributions as rows that add up to the change: what is not told one by one stands in the last."""
    by = [each.code for each in view.by]
    found = [_flat(each, by) for each in view.rows]
    if view.rest.count:
        others = {**dict.fromkeys(by, "*"), **_effects(view.rest.effect, view.rest.mix, view.rest.rate)}
        found.append({**others, **dict.fromkeys(_MEASURED)})
    return found


_MEASURED = ("value_before", "value_after", "share_before", "share_after")


def columns(view: ExplanationView) -> tuple[str, ...]:
    """The columns of ``rows``."""
    return (*(each.code for each in view.by), "effect", "mix", "rate", *_MEASURED)


def _flat(each: Contribution, by: Sequence[str]) -> dict[str, Any]:
    measured = (each.before.value, each.after.value, each.before.share, each.after.share)
    return {
        **_codes(each, by),
        **_effects(each.effect, each.mix, each.rate),
        **dict(zip(_MEASURED, map(number, measured), strict=True)),
    }


def _contribution(each: Contribution, by: Sequence[str]) -> dict[str, Any]:
    found = {
        **_codes(each, by),
        "label": ", ".join(choice.label for choice in each.codes),
        **_effects(each.effect, each.mix, each.rate),
        "before": _measured(each.before),
        "after": _measured(each.after),
    }
    return found | ({"drivers": [_contribution(driver, by) for driver in each.drivers]} if each.drivers else {})


def _codes(each: Contribution, by: Sequence[str]) -> dict[str, str | None]:
    return {dimension: choice.code or None for dimension, choice in zip(by, each.codes, strict=False)}


def _effects(effect: Decimal, mix: Decimal, rate: Decimal) -> dict[str, Any]:
    return {"effect": number(effect), "mix": number(mix), "rate": number(rate)}


def _measured(side: Measured) -> dict[str, Any]:
    return {
        "numerator": number(side.numerator),
        "denominator": number(side.denominator),
        "value": number(side.value),
        "share": number(side.share),
    }


def _side(side: Compared) -> dict[str, Any]:
    return {
        "from": day(side.span.start),
        "to": day(side.span.end),
        "where": {each.code: each.label for each in side.filters},
        "value": number(side.value),
    }


def anomalies(view: AnomaliesView, zone: ZoneInfo) -> dict[str, Any]:
    """What is unusual about an indicator."""
    return {
        "indicator": view.indicator,
        "label": view.label,
        "judged": view.judged,
        "since": day(view.since),
        "told_at": moment(view.at, zone),
        **stamp(view.stamp, zone),
        "anomalies": [
            {
                "dimension": each.dimension.code if each.dimension else None,
                "code": each.code.code if each.code else None,
                "label": each.code.label if each.code else None,
                "from": day(each.span.start),
                "to": day(each.span.end),
                **{name: number(getattr(each, name)) for name in ("value", "expected", "low", "high", "score")},
                "text": each.text,
            }
            for each in view.anomalies
        ],
    }


def ranking(view: IndicatorView, zone: ZoneInfo) -> dict[str, Any]:
    """An indicator by the codes of one dimension: ranked, with what has moved and what lies outside of the funnel's limits."""
    split = view.split
    return {
        "indicator": view.tile.indicator,
        "by": split.dimension if split else None,
        "from": day(view.start),
        "to": day(view.end),
        **stamp(view.stamp, zone),
        "ranked": bool(split and split.ranked),
        "whole": number(split.whole) if split else None,
        "ranking": [_rank(row, split) for row in split.rows] if split else [],
    }


def _rank(row: SplitRow, split: SplitView) -> dict[str, Any]:
    return {
        split.dimension: row.code or None,
        "label": row.label,
        "rank": row.rank,
        "moved": row.moved,
        "numerator": number(row.numerator),
        "denominator": number(row.denominator),
        "value": number(row.value),
        "standing": row.standing,
    }


def notes(indicator: str, view: NotesView | None, at: Stamp, zone: ZoneInfo) -> dict[str, Any]:
    """What was noted on an indicator. A note about every indicator says so; one without a unit is about all."""

    def one(each: NoteView) -> dict[str, Any]:
        said = {"id": each.id, "from": day(each.start), "to": day(each.end), "unit": each.unit or None, "everywhere": each.everywhere}
        by = {"author": each.author, "written_at": moment(each.written_at, zone), "changed": each.changed, "text": each.text}
        return said | by

    shown = view.notes if view else ()
    listed = [one(each) | {"answers": [one(answer) for answer in each.answers]} for each in shown]
    return {"indicator": indicator, **stamp(at, zone), "notes": listed}
