"""``ioc check``."""

from __future__ import annotations

import sys
from pathlib import Path

from ioc.commands.setting import load_config
from ioc.errors import ConfigError


def check(config: Path) -> int:
    """Print every fault of a deployment, or what it consists of. Returns 0 or 2."""
    try:
        found = load_config(config)
    except ConfigError as error:
        for fault in error.faults:
            print(fault)
        count = len(error.faults)
        print(f"{count} fault{'s' if count != 1 else ''} found.", file=sys.stderr)
        return error.exit_code
    if faults := found.shelf().faults():
        for fault in faults:
            print(fault)
        print(
            f"{len(faults)} fault{'s' if len(faults) != 1 else ''} found in arranged screens; walls show what they said before.",
            file=sys.stderr,
        )
        return ConfigError.exit_code
    catalogue = found.catalogue
    print(
        f"{config}: no fault. {len(catalogue.records)} record types, {len(catalogue.indicators)} indicators, {len(catalogue.goals)} goals, "
        f"{len(catalogue.milestones)} milestones, {len(catalogue.units)} units, {len(found.settings.feeds)} feeds."
    )
    return 0
