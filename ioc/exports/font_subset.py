"""Puts into a drawing (SVG) the letters that it uses, so that it looks the same where the font is not installed."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from html import unescape
from io import BytesIO

FAMILY = "Inter Print"
_TEXT = re.compile(r"<text([^>]*)>([^<]*)</text>")
_WEIGHT = re.compile(r'font-weight="(\d+)"')
_USUAL = 400
LAYOUT = ("GPOS", "GSUB", "GDEF")


def with_letters(drawing: str, fonts: Mapping[int, bytes]) -> str:
    """The drawing with a font of each weight that it uses, and in it only the letters that it uses.

    Args:
        fonts: by their weight; none leaves the drawing as it is.
    """
    used = _used(drawing, sorted(fonts)) if fonts else {}
    faces = "".join(_face(weight, _subset(fonts[weight], letters)) for weight, letters in sorted(used.items()))
    return drawing.replace("</desc>", f"</desc><style>{faces}</style>", 1) if faces else drawing


def _used(drawing: str, weights: list[int]) -> dict[int, set[str]]:
    """The letters of each weight, by the nearest that there is a font of."""
    found: dict[int, set[str]] = {}
    for attributes, text in _TEXT.findall(drawing):
        said = _WEIGHT.search(attributes)
        asked = int(said[1]) if said else _USUAL
        found.setdefault(min(weights, key=lambda each: abs(each - asked)), set()).update(unescape(text))
    return found


def _subset(font: bytes, letters: set[str]) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True  # where each line ends is written beside it
    with TTFont(BytesIO(font)) as opened:
        for table in LAYOUT:  # not even read: that takes as long as all the rest
            if table in opened:
                del opened[table]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[ord(letter) for letter in letters])
        subsetter.subset(opened)
        opened.flavor = "woff2"
        out = BytesIO()
        opened.save(out)
    return out.getvalue()


def _face(weight: int, font: bytes) -> str:
    data = b64encode(font).decode()
    return f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};src:url(data:font/woff2;base64,{data}) format("woff2")}}'
