"""Roles: what each may do, and how far it may see. They come with the program, and a configuration may say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Literal

import yaml
from pydantic import Field, field_validator

from ioc.access.viewer import Viewer
from ioc.catalogue.model import Entry, Text
from ioc.errors import Said, UnknownName, did_you_mean

# What can be allowed: each is one word in a role's list, and is asked for by rules of ``ioc.access.policy``.
PERMISSIONS = frozenset(
    {
        "figures",  # pages and answers of figures
        "records",  # records behind figures, within the scope
        "feeds",  # how feeds are, and what they delivered
        "quarantine",  # what was in rows that were refused, whosever they are
        "operate_feeds",  # ask, pause, replay and backfill feeds
        "forms",  # type records into forms, and confirm those of others
        "exports",  # make, schedule and fetch exports
        "sign",  # sign exports
        "notes",  # write notes
        "walls",  # show walls
        "control_walls",  # tell walls what to show
        "screens",  # arrange screens
        "secrets",  # see how many records were refused for secrecy
        "accounts",  # see and change accounts and tokens
        "audit",  # read the audit trail
        "operations",  # metrics and logs
    }
)
# What a demonstration of each role is called, and what someone who has not signed in on this machine may read.
LEADER, WALL = "leader", "wall"


class Role(Entry):
    """What a role may do, and how far."""

    label: Text
    scope: Literal["all", "own"] = "own"
    may: frozenset[str] = Field(default=frozenset())

    @field_validator("may")
    @classmethod
    def _known(cls, may: frozenset[str]) -> frozenset[str]:
        for name in sorted(may - PERMISSIONS):
            raise ValueError(Said("there is no permission “{name}”. {offered}", name=name, offered=did_you_mean(name, PERMISSIONS)))
        return may


Roles = Mapping[str, Role]


def shipped_roles() -> dict[str, Role]:
    """The roles that come with the program."""
    text = resources.files("ioc.access").joinpath("roles.yaml").read_text(encoding="utf-8")
    return {name: Role.model_validate(given) for name, given in yaml.safe_load(text).items()}


def viewer_as(roles: Roles, role: str, name: str, unit: str | None, language: str, address: str = "") -> Viewer:
    """A viewer of a role. Whoever may see only an own unit, and has none, sees no record. Raises UnknownName."""
    if role not in roles:
        raise UnknownName("role", role, roles)
    found = roles[role]
    scope = None if found.scope == "all" else unit or ""
    return Viewer(name, language, scope, role=role, permissions=found.may, address=address)
