"""The look, in one place: colours, and what charts share. Sizes and spacing are in assets/frame.css, by the same names.

Hues are Okabe and Ito's, which colour-blind people tell apart; on each ground they are set so that text reaches 4.5 : 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ioc.goals.status import Status

FONT = '"Inter Variable", "Noto Sans", system-ui, sans-serif'
SCHEMES = ("dark", "light")


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme."""

    page: str
    surface: str
    ink: str
    muted: str
    rule: str
    accent: str
    goal: str
    scale: tuple[str, ...]


PALETTES = {
    "dark": Palette(
        page="#0b1018",
        surface="#121a26",
        ink="#f2f5f9",
        muted="#a3b0c2",
        rule="#263244",
        accent="#56b4e9",
        goal="#f0e442",
        scale=("#16263a", "#1d3f5e", "#256088", "#3486b8", "#56b4e9", "#a9dcf7"),
    ),
    "light": Palette(
        page="#f4f6f9",
        surface="#ffffff",
        ink="#101828",
        muted="#4b5768",
        rule="#d8dfe8",
        accent="#0068a5",
        goal="#8a5a00",
        scale=("#eef5fb", "#cfe4f4", "#9ccbe9", "#5aa9d9", "#1f7fbd", "#004f86"),
    ),
}

STATUS_COLOURS = {
    "dark": {
        Status.ACHIEVED: "#3fc79a",
        Status.ON_TRACK: "#56b4e9",
        Status.AT_RISK: "#f2b134",
        Status.OFF_TRACK: "#ff8a5c",
        Status.MISSED: "#ff8a5c",
        Status.NO_DATA: "#a3b0c2",
        Status.STALE: "#a3b0c2",
        Status.NO_GOAL: "#a3b0c2",
    },
    "light": {
        Status.ACHIEVED: "#00734f",
        Status.ON_TRACK: "#0068a5",
        Status.AT_RISK: "#8a5a00",
        Status.OFF_TRACK: "#b34700",
        Status.MISSED: "#b34700",
        Status.NO_DATA: "#4b5768",
        Status.STALE: "#4b5768",
        Status.NO_GOAL: "#4b5768",
    },
}

# Shapes that differ in outline, so that they can be told apart without colour and from afar.
STATUS_SHAPES = {
    Status.ACHIEVED: "●",
    Status.ON_TRACK: "▶",
    Status.AT_RISK: "▲",
    Status.OFF_TRACK: "▼",
    Status.MISSED: "■",
    Status.NO_DATA: "○",
    Status.STALE: "◌",
    Status.NO_GOAL: "—",
}


def figure_layout(scheme: str, language: str) -> dict[str, Any]:
    """What all charts share: fonts, grounds, separators, axes without clutter."""
    palette = PALETTES[scheme]
    axis = {
        "gridcolor": palette.rule,
        "linecolor": palette.rule,
        "zeroline": False,
        "tickcolor": palette.rule,
        "automargin": True,
        "fixedrange": True,
    }
    return {
        "font": {"family": FONT, "color": palette.muted, "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": ",." if language == "vi" else ".,",
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "showlegend": False,
        "hoverlabel": {"font": {"family": FONT, "size": 14}, "bgcolor": palette.surface, "bordercolor": palette.rule},
        "hovermode": "closest",
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }
