"""``ioc restore``."""

from __future__ import annotations

import argparse
import json
import sys

from ioc.backup.restoring import restore as put_back
from ioc.backup.vault import made_at
from ioc.clock import SystemClock
from ioc.commands.backup import verified
from ioc.commands.deployment import as_its_owner, load_config, vault_of
from ioc.commands.tables import local
from ioc.config import STORE_FILE


def restore(options: argparse.Namespace) -> int:
    """Put a backup back, list those that there are, or look whether one is whole. Returns 0, or 1 if it is not."""
    config = load_config(options.config)
    vault = vault_of(config, options.folder)
    if options.list:
        whole = vault.verified()
        for name in vault.names():
            print(f"{name}\t{local(made_at(name), config.catalogue.zone)}\t{'verified' if name in whole else '-'}")
        return 0
    as_its_owner(config)
    manifest = vault.manifest(options.at)
    said = {"backup": manifest.name, "version": manifest.version, "bytes": manifest.size}
    if options.verify:
        verdict = verified(config, vault, manifest)
        print(json.dumps({**said, "compared": verdict.compared, "recomputed": verdict.recomputed, "differing": len(verdict.faults)}))
        return 1 if verdict.faults else 0
    before = put_back(vault, manifest, config.data, config.data / STORE_FILE, SystemClock().now())
    print(json.dumps(said | {"before": str(before)}))
    print(f"What stood before is in {before}; remove it when it is needed no more.", file=sys.stderr)
    return 0
