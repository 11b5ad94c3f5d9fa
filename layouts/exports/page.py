"""The page on which exports are drawn, whole: style, font and script stand in it, so that nothing has to be loaded."""

from __future__ import annotations

from base64 import b64encode

from layouts.dash_app import ASSETS
from layouts.theme import FONT_FILE, style

SHEETS = ("frame.css", "board.css", "panels.css", "screens.css", "feeds.css", "export/export.css")
SCRIPT = "export/draw.js"


def drawing_page() -> str:
    """Its HTML."""
    font = b64encode((ASSETS / FONT_FILE).read_bytes()).decode()
    sheets = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in SHEETS)
    script = (ASSETS / SCRIPT).read_text(encoding="utf-8")
    styles = style(f"data:font/woff2;base64,{font}") + sheets
    return f'<!DOCTYPE html><html><head><meta charset="UTF-8"><style>{styles}</style></head><body></body><script>{script}</script></html>'
