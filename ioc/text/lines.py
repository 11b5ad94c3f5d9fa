"""Where a line may break: not inside a Vietnamese word of several syllables."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import yaml

NO_BREAK = "\u00a0"


def unbroken(text: str) -> str:
    """The text with the syllables of each known word held together."""
    return _known().sub(lambda match: match[0].replace(" ", NO_BREAK), text)


def shortened(text: str, most: int) -> str:
    """The text, or as many of its first words as stay within so many letters, with a sign that some are missing."""
    if len(text) <= most:
        return text
    head = text[:most].rsplit(" ", 1)[0] if " " in text[:most] else text[: most - 1]
    return head.rstrip(" ,;:-–") + "…"


@lru_cache(maxsize=1)
def _known() -> re.Pattern[str]:
    listed = yaml.safe_load(resources.files("ioc.text").joinpath("compounds.yaml").read_text(encoding="utf-8"))
    longest_first = sorted(listed, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
