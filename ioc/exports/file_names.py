"""What files are called: plain letters, so that no system and no mail stumbles over them, and no title leads out of a folder."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from ioc.text.fold import folded

MOST_LETTERS = 80


def file_name(title: str, at: datetime, zone: ZoneInfo, ending: str) -> str:
    """``ty-le-ho-so-truc-tuyen_2026-11-23_1405.png``."""
    return f"{plain(title)}_{at.astimezone(zone):%Y-%m-%d_%H%M}.{ending}"


def plain(title: str) -> str:
    """A title in small letters and digits with hyphens between; never empty, never longer than a file system bears."""
    words = re.sub(r"[^a-z0-9]+", "-", folded(title)).strip("-")
    return words[:MOST_LETTERS].rstrip("-") or "ioc"
