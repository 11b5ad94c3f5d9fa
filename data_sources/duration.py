"""Lengths of time in a feed's options, written as `30s`, `5m`, `2h` or `1d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(value: Any) -> timedelta:
    """The length of time that a text means. Raises ValueError for anything else."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"\s*(\d{1,6})\s*([smhd])\s*", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("this is not a length of time; write one such as 30s, 5m, 2h or 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _some(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("this leaves no time at all")
    return value


Duration = Annotated[timedelta, BeforeValidator(lambda value: _some(duration(value)))]
