"""When a backup is to be made of itself, and when the last one was."""

from __future__ import annotations

from datetime import datetime

from ioc.backup.vault import made_at, names_in, verified_in
from ioc.catalogue.triggers import is_due, trigger
from ioc.config import Config


def due(config: Config, last: datetime | None, began: datetime, now: datetime) -> bool:
    """Whether a backup is to be made now: a time of the schedule has passed since the last one, or since we began if there is none."""
    schedule, catalogue = config.settings.backup.schedule, config.catalogue
    if schedule is None:
        return False
    if last is None:
        following = trigger(schedule, catalogue.civil_time).get_next_fire_time(None, began)
        return following is not None and following <= now
    return is_due(schedule, catalogue.civil_time, last, now)


def last_made(config: Config) -> datetime | None:
    """When the newest backup in the configured folder was made."""
    name = newest_name(config)
    return made_at(name) if name else None


def last_verified(config: Config) -> datetime | None:
    """When the newest backup in the configured folder was made that has been verified."""
    folder = config.settings.backup.folder
    names = verified_in(config.base / folder) if folder else []
    return made_at(names[-1]) if names else None


def newest_name(config: Config) -> str | None:
    """The newest backup in the configured folder."""
    folder = config.settings.backup.folder
    names = names_in(config.base / folder) if folder else []
    return names[-1] if names else None
