"""Text as people type it who are in a hurry: without capitals and without the marks of Vietnamese."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """“Hồ sơ trễ” as “ho so tre”."""
    bare = "".join(each for each in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(each))
    return bare.replace("đ", "d")
