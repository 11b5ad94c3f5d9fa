"""The page on which exports are drawn, whole: style, font and script stand in it, so that nothing has to be loaded."""

from __future__ import annotations

from base64 import b64encode

from layouts.dash_app import ASSETS
from layouts.theme import FONT_FILE, style

SHEETS = ("frame.css", "board.css", "panels.css", "screens.css", "feeds.css", "records.css", "export/export.css")
SCRIPT = "export/draw.js"
# Weights that print has letters of: a font whose weights vary cannot stand in a PDF as a font, only as drawings of its letters.
PRINT = {400: "fonts/inter-400.woff2", 600: "fonts/inter-600.woff2", 700: "fonts/inter-700.woff2"}


def drawing_page() -> str:
    """Its HTML."""
    font = _data(FONT_FILE)
    faces = "".join(
        f'@font-face{{font-family:"Inter Print";font-weight:{weight};src:url("{_data(file)}") format("woff2")}}'
        for weight, file in PRINT.items()
    )
    sheets = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in SHEETS)
    script = (ASSETS / SCRIPT).read_text(encoding="utf-8")
    styles = style(font) + faces + sheets
    return f'<!DOCTYPE html><html><head><meta charset="UTF-8"><style>{styles}</style></head><body></body><script>{script}</script></html>'


def print_letters() -> dict[int, bytes]:
    """The fonts of print by their weight, for files that carry them along."""
    return {weight: (ASSETS / file).read_bytes() for weight, file in PRINT.items()}


def _data(file: str) -> str:
    return f"data:font/woff2;base64,{b64encode((ASSETS / file).read_bytes()).decode()}"
