"""``ioc check``."""

from __future__ import annotations

import sys
from pathlib import Path

from ioc.commands.deployment import load_config
from ioc.config import language
from ioc.errors import ConfigError
from ioc.text.words import words
from ioc.views.map_files import map_faults


def check(config: Path, lang: str | None) -> int:
    """Print every fault of a deployment, or what it consists of, in a language or else in the one it names. Returns 0 or 2."""
    said = words(lang or language(config))
    try:
        found = load_config(config)
    except ConfigError as error:
        print(said.told(error)[0])
        print(said("check.fault" if len(error.faults) == 1 else "check.faults", count=len(error.faults)), file=sys.stderr)
        return error.exit_code
    shelf = found.shelf()
    if faults := [*shelf.faults(), *map_faults(shelf.screens(), found.catalogue)]:
        for fault in faults:
            print(said.fault(fault))
        print(said("check.arranged_fault" if len(faults) == 1 else "check.arranged_faults", count=len(faults)), file=sys.stderr)
        return ConfigError.exit_code
    sections = ("records", "indicators", "goals", "milestones", "units")
    counts = {name: len(getattr(found.catalogue, name)) for name in sections}
    print(said("check.well", config=config, feeds=len(found.settings.feeds), **counts))
    return 0
