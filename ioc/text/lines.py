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


@lru_cache(maxsize=1)
def _known() -> re.Pattern[str]:
    listed = yaml.safe_load(resources.files("ioc.text").joinpath("compounds.yaml").read_text(encoding="utf-8"))
    longest_first = sorted(listed, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
