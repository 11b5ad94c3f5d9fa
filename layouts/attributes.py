"""Attributes of HTML whose names are not names of Python."""

from __future__ import annotations

from typing import Any


def aria(**values: str) -> Any:
    """What assistive technology is told: ``aria(label="…")``."""
    return {f"aria-{name}": value for name, value in values.items()}


def data(**values: str) -> Any:
    """What scripts of the page read: ``data(version="12")``."""
    return {f"data-{name}": value for name, value in values.items()}
