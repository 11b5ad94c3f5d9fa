"""What every command needs first: the deployment that it is about."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
from pathlib import Path

from data_sources.registry import KINDS
from data_sources.secret import revealed
from ioc.backup.restoring import resume
from ioc.backup.vault import Vault
from ioc.config import STORE_FILE, Config, language, load
from ioc.errors import IocError
from ioc.text.words import LANGUAGES


def load_config(path: Path) -> Config:
    """The checked deployment at a path, with a restore that was cut off put to its end. Raises ConfigError with every fault."""
    config = load(path, {name: kind.options for name, kind in KINDS.items()})
    if resume(config.data, config.data / STORE_FILE):
        print("A backup that was being put back when its command was ended is in its place now.", file=sys.stderr)
    return config


def language_of(options: argparse.Namespace) -> str:
    """The language that a command speaks: the one that ``--lang`` or IOC_LANG asks for, else that of config.yaml."""
    asked = getattr(options, "lang", None) or os.environ.get("IOC_LANG")
    return asked if asked in LANGUAGES else language(options.config)


def as_its_owner(config: Config) -> None:
    """Files that another account leaves in the data folder could not be opened by the product. Raises IocError, which names the account."""
    if config.data.exists() and (owner := config.data.stat().st_uid) != os.geteuid():
        name = account(owner)
        raise IocError(
            "{folder} belongs to the account {name}, and this command runs as another.",
            "Run it as: sudo -u {name} ioc …",
            folder=config.data,
            name=name,
        )


def account(number: int) -> str:
    """An account by its name, or by its number where it has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def vault_of(config: Config, folder: Path | None) -> Vault:
    """Where backups are, as a command names it, or else config.yaml. Raises BackupFault."""
    settings = config.settings.backup
    if folder is None and settings.folder is None:
        raise IocError("No folder is given, and config.yaml names none.", "Name one: ioc backup DIR, or backup: {folder: …}.")
    secret = revealed(settings.key, config.base) if settings.key else None
    return Vault(folder or config.base / str(settings.folder), secret)
