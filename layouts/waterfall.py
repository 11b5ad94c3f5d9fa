"""A change as a waterfall: from the value before, by what each group added, to the value after. Its numbers add up as they are written."""

from __future__ import annotations

from decimal import Decimal

from ioc.text.amounts import signed_amount, signed_number
from ioc.text.lines import shortened
from ioc.text.numbers import with_unit
from ioc.views.explanation import ExplanationView, Step
from ioc.views.reading import side
from layouts.figures import Figure, plain
from layouts.state import Context
from layouts.theme import CHART_TEXT, PALETTES, Palette, figure_layout

# Names longer than this are cut; the whole name shows under the pointer.
MOST_LETTERS = 32
# Room on either side of the steps for what is written there, as a share of their span.
ROOM = 0.36


def waterfall(view: ExplanationView, context: Context) -> Figure:
    """One row for the value before, one for each step, one for the value after, from top to bottom."""
    palette = PALETTES[context.scheme]
    course = [view.start]
    for step in view.steps:
        course.append(course[-1] + step.effect)
    names = [side(view.before), *(step.label for step in view.steps), side(view.after)]
    layout = figure_layout(context.scheme, context.language)
    layout["bargap"] = 0.34
    layout["xaxis"] |= {"showgrid": False, "showticklabels": False, "range": _range(course)}
    layout["yaxis"] |= {
        "showgrid": False,
        "range": [len(names) - 0.5, -0.5],
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": [shortened(name, MOST_LETTERS) + "  " for name in names],
    }
    line = {"color": palette.muted, "width": 1, "dash": "2px,3px"}
    layout["shapes"] = [
        {"type": "line", "x0": plain(at), "x1": plain(at), "y0": row, "y1": row + 1, "line": line, "layer": "below"}
        for row, at in enumerate(course)
    ]
    return {"data": [_steps(view, course, palette, context), _ends(view, palette, context)], "layout": layout}


def _steps(view: ExplanationView, course: list[Decimal], palette: Palette, context: Context) -> Figure:
    good = 1 if view.direction == "up" else -1
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(1, len(view.steps) + 1)),
        "x": [plain(step.effect) for step in view.steps],
        "base": [plain(at) for at in course[:-1]],
        "marker": {"color": [palette.achieved if step.effect * good >= 0 else palette.missed for step in view.steps]},
        "text": [signed_number(step.effect, context.words, view.places) for step in view.steps],
        "textposition": "outside",
        "textfont": {"size": CHART_TEXT, "color": palette.ink},
        "cliponaxis": False,
        "customdata": [_said(step, view, context) for step in view.steps],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _ends(view: ExplanationView, palette: Palette, context: Context) -> Figure:
    values = [view.start, view.start + sum((step.effect for step in view.steps), Decimal(0))]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [plain(value) for value in values],
        "y": [0, len(view.steps) + 1],
        "marker": {"size": 11, "color": palette.accent},
        "text": [f"<b> {with_unit(value, view.unit, context.words, view.places)} </b>" for value in values],
        # Beside the steps, where there is room.
        "textposition": ["middle right", "middle left"] if values[1] > values[0] else ["middle left", "middle right"],
        "textfont": {"size": CHART_TEXT, "color": palette.ink},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _said(step: Step, view: ExplanationView, context: Context) -> str:
    words = context.words
    lines = [f"<b>{step.label}</b>", signed_amount(step.effect, view.unit, words, view.places)]
    if not view.additive:
        parts = ((step.rate, "explanation.kind_rate"), (step.mix, "explanation.kind_mix"))
        lines += [f"{signed_amount(value, view.unit, words, view.places)} {words(key)}" for value, key in parts]
    return "<br>".join(lines)


def _range(course: list[Decimal]) -> list[float]:
    low, high = float(min(course)), float(max(course))
    room = (high - low or 1.0) * ROOM
    return [low - room, high + room]
