"""Colours are legible, shapes differ, and style sheets use only what the theme gives them."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from ioc.goals.status import Status
from ioc.views.health import Health
from layouts.theme import PALETTES, SCHEMES, SHAPES, contrast, figure_layout, legible_on, status_colour, style
from tests.house.tree import ROOT

SHEETS = sorted((ROOT / "assets").glob("*.css"))
# Set on single elements by the panels.
OF_ELEMENTS = {"--tiles", "--rows", "--columns", "--goal", "--chars", "--w", "--h", "--count"}


def mixed(over: str, ground: str, share: float) -> str:
    """What ``color-mix(in srgb, over share, ground)`` gives."""
    channels = (round(int(over[i : i + 2], 16) * share + int(ground[i : i + 2], 16) * (1 - share)) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_is_legible_on_every_ground(scheme: str) -> None:
    palette = PALETTES[scheme]
    inks = ("ink", "muted", "accent", "mark", "achieved", "on_track", "at_risk", "missed")
    faint = [(ink, ground) for ink in inks for ground in (palette.page, palette.surface) if contrast(getattr(palette, ink), ground) < 4.5]
    for status in (*Status, *Health):
        lit = mixed(status_colour(scheme, status), palette.surface, 0.12)
        faint += [(ink, lit) for ink in (palette.ink, palette.muted, status_colour(scheme, status)) if contrast(ink, lit) < 4.5]
    faint += [(legible_on(ground), ground) for ground in palette.scale if contrast(legible_on(ground), ground) < 4.5]
    assert not faint


def test_paper_is_white_whatever_the_screen_was() -> None:
    screen, paper = style("font").split("@media print")
    assert f"--surface:{PALETTES['dark'].surface};" in screen and f"--surface:{PALETTES['dark'].surface};" not in paper
    assert f"[data-scheme]{{color-scheme:light;--page:{PALETTES['light'].page};" in paper


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_status_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == {*Status, *Health}
    assert all(one != other for one, other in combinations(SHAPES.values(), 2))
    for scheme in SCHEMES:
        colours = {status_colour(scheme, each) for each in (Status.ACHIEVED, Status.ON_TRACK, Status.AT_RISK, Status.MISSED)}
        assert len(colours) == 4


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_use_only_known_variables_and_no_colours_of_their_own(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    given = set(re.findall(r"(--[\w-]+):", style("font.woff2") + css)) | OF_ELEMENTS
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= given
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", css.split("@media print")[0])
    assert "http" not in css


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_lengths_follow_the_screen(sheet: Path) -> None:
    bare = re.sub(r"/\*.*?\*/|@media[^{]*|html \{[^}]*\}", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    assert set(re.findall(r"\d+px", bare)) <= {"1px"}, "one pixel hides what only screen readers read; all else is in rem"


@pytest.mark.parametrize(("language", "separators"), [("vi", ",."), ("en", ".,")])
def test_charts_write_numbers_in_the_manner_of_the_language(language: str, separators: str) -> None:
    assert figure_layout("dark", language)["separators"] == separators
