"""What every command needs first: the deployment that it is about."""

from __future__ import annotations

from pathlib import Path

from data_sources.registry import KINDS
from ioc.config import Config, load


def load_config(path: Path) -> Config:
    """The checked deployment at a path. Raises ConfigError with every fault."""
    return load(path, {name: kind.options for name, kind in KINDS.items()})
