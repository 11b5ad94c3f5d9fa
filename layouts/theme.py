"""The look, in one place: type, colours, shapes, and what charts share. Spacing and grids are in assets/*.css, in rem.

Hues are Okabe and Ito's, which colour-blind people tell apart; in each scheme they are set so that text reaches 4.5 : 1.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ioc.goals.status import Status
from ioc.views.health import Health

# What is told by colour, shape and word.
Mark = Status | Health

FONT = '"Inter", "Noto Sans", system-ui, sans-serif'
FONT_FILE = "fonts/inter.woff2"
SCHEMES = ("dark", "light")
# Sizes of text in charts, in sixteenths of a rem; assets/charts.js scales them, and all else that is measured, with the screen.
CHART_TEXT, CHART_SMALL_TEXT, CHART_LARGE_TEXT = 13, 11, 17
SCALE_STEPS = 6


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme: grounds, inks, and one for each status. ``scale`` goes from the least to the most."""

    page: str
    surface: str
    ink: str
    muted: str
    rule: str
    accent: str
    mark: str
    achieved: str
    on_track: str
    at_risk: str
    missed: str
    scale: tuple[str, ...]


PALETTES = {
    "dark": Palette(
        page="#0a0e13",
        surface="#141b23",
        ink="#f4f6f8",
        muted="#a7b2be",
        rule="#2b3642",
        accent="#62b6ec",
        mark="#f0e442",
        achieved="#45c795",
        on_track="#62b6ec",
        at_risk="#f2b632",
        missed="#ff8552",
        scale=("#22364a", "#25496a", "#2a628f", "#3380b3", "#5eaedf", "#b5def7"),
    ),
    "light": Palette(
        page="#eff2f5",
        surface="#ffffff",
        ink="#10171f",
        muted="#4f5b68",
        rule="#d3dae1",
        accent="#00639e",
        mark="#7a5200",
        achieved="#00704f",
        on_track="#00639e",
        at_risk="#855500",
        missed="#b23c00",
        scale=("#eaf2f8", "#c6deef", "#93c3e2", "#549fce", "#1f76ad", "#004a7a"),
    ),
}

RING = "M8 .6a7.4 7.4 0 1 1 0 14.8A7.4 7.4 0 0 1 8 .6Zm0 2.2a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8"
# Outlines that differ, so that they are told apart without colour and from afar; drawn in a square of 16.
SHAPES: dict[Mark, str] = {
    Status.ACHIEVED: "M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0ZM6.9 11.9l5.9-5.9-1.5-1.5-4.4 4.4-2.2-2.2-1.5 1.5Z",
    Status.ON_TRACK: "M2.4.8 15.6 8 2.4 15.2Z",
    Status.AT_RISK: "M8 .6 16 15H0ZM7 5.6v4.8h2V5.6Zm0 6v2h2v-2Z",
    Status.OFF_TRACK: "M0 1h16L8 15.4Z",
    Status.MISSED: "M.6.6h14.8v14.8H.6ZM4 5.4 6.6 8 4 10.6 5.4 12 8 9.4l2.6 2.6 1.4-1.4L9.4 8 12 5.4 10.6 4 8 6.6 5.4 4Z",
    Status.NO_DATA: RING + "Z",
    Status.STALE: RING + "Zm-1 1.6h2v3.2l2.1 2.1-1.4 1.4L7 8.4Z",
    Status.NO_GOAL: "M1 6.5h14v3H1Z",
    Health.OK: "M13.6 1.8 16 4.2 6 14.2 0 8.2l2.4-2.4L6 9.4Z",
    Health.LATE: "M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0ZM7 3v5.6l3.6 3.6 1.5-1.5L9.2 7.8V3Z",
    Health.SILENT: "M1 1.6h14l-7 13ZM5.2 4.2 8 9.4l2.8-5.2Z",
    Health.FAILING: "M5 0h6l5 5v6l-5 5H5l-5-5V5ZM7 3.6v5.2h2V3.6Zm0 6.6v2.2h2v-2.2Z",
    Health.PAUSED: "M2 1h4.4v14H2ZM9.6 1H14v14H9.6Z",
    Health.NEVER: "M8 0l8 8-8 8-8-8Zm0 3.2L3.2 8 8 12.8 12.8 8Z",
}


def status_colour(scheme: str, status: Mark) -> str:
    """The colour of a status. Those that are equally bad share one, and differ in shape and word; what is not judged is grey."""
    palette = PALETTES[scheme]
    known: dict[Mark, str] = {
        Status.ACHIEVED: palette.achieved,
        Status.ON_TRACK: palette.on_track,
        Status.AT_RISK: palette.at_risk,
        Status.OFF_TRACK: palette.missed,
        Status.MISSED: palette.missed,
        Health.OK: palette.achieved,
        Health.LATE: palette.at_risk,
        Health.SILENT: palette.missed,
        Health.FAILING: palette.missed,
    }
    return known.get(status, palette.muted)


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, as WCAG counts it: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def legible_on(ground: str) -> str:
    """Black or white, whichever is read better on a ground."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, ground))


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def style(font_address: str) -> str:
    """The style sheet of what stands here: the font, each scheme's colours as variables, each status's colour."""
    rules = [
        f'@font-face{{font-family:"Inter";font-weight:400 700;font-display:swap;src:url("{font_address}") format("woff2")}}',
        f":root{{--font:{FONT}}}",
    ]
    rules += [_colours(scheme, f'[data-scheme="{scheme}"]') for scheme in SCHEMES]
    # Paper is white, whatever the screen was.
    return "".join(rules) + f"@media print{{{_colours('light', '[data-scheme]')}}}"


def _colours(scheme: str, where: str) -> str:
    """The rules that give a part of a page the colours of a scheme."""
    palette = PALETTES[scheme]
    colours = {name: value for name, value in asdict(palette).items() if name != "scale"}
    variables = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in colours.items())
    rules = [f"{where}{{color-scheme:{scheme};{variables}}}"]
    rules += [f"{where} .ioc-is-{each.value}{{--status:{status_colour(scheme, each)}}}" for each in (*Status, *Health)]
    rules += [f"{where} .s{number}{{background:{colour};color:{legible_on(colour)}}}" for number, colour in enumerate(palette.scale)]
    rules += [f"{where} .f{number}{{fill:{colour}}}" for number, colour in enumerate(palette.scale)]
    return "".join(rules)


def figure_layout(scheme: str, language: str) -> dict[str, Any]:
    """What all charts share: font, grounds, separators, axes without clutter."""
    palette = PALETTES[scheme]
    axis = {
        "gridcolor": palette.rule,
        "linecolor": palette.rule,
        "showline": False,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
    }
    return {
        "font": {"family": FONT, "color": palette.muted, "size": CHART_TEXT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": ",." if language == "vi" else ".,",
        "margin": {"l": 4, "r": 4, "t": 8, "b": 4},
        "showlegend": False,
        "hoverlabel": {
            "font": {"family": FONT, "size": CHART_TEXT, "color": palette.ink},
            "bgcolor": palette.surface,
            "bordercolor": palette.rule,
        },
        "hovermode": "closest",
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }
