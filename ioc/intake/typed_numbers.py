"""Numbers as people type them, in either manner of writing them: 1.234.567,5 and 1,234,567.5."""

from __future__ import annotations

import re

# Groups of three digits, of which the first is no nought, between dots, commas or spaces; another sign may stand before places.
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:([.,\s])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_DECIMAL = re.compile(r"(-?\d+)[.,](\d+)")


def plain_number(text: str, *, is_whole: bool) -> str | None:
    """A number as programs write it; what is none stays as it is.

    Args:
        text: as it was typed.
        is_whole: whether it can have no places, so that a single dot or comma before three digits stands for thousands.

    Returns:
        None where it may as well be a thousand times as much: 1.234 is one number in Vietnamese and another one in English.
    """
    if found := _GROUPED.fullmatch(text):
        group = found[1]
        plain = text.replace(group, "").replace(",", ".")
        is_clear = is_whole or group.isspace() or text.count(group) > 1 or "." in plain
        return plain if is_clear else None
    if found := _DECIMAL.fullmatch(text):
        return f"{found[1]}.{found[2]}"
    return text
