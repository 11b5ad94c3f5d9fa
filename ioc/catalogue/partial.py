"""What can still be checked of data that does not hold together, so that every fault is told at once and not one after the other."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ioc.catalogue.source import Location

M = TypeVar("M", bound=BaseModel)
# Rounds of leaving out: what is left out in one may leave something incomplete for the next.
_ROUNDS = 3


def partial(model: type[M], data: Any) -> tuple[M | None, frozenset[str]]:
    """The model of what is left of ``data`` without its faulty parts.

    Returns:
        The model, or None when too little is left, and the names that were left out: what speaks of them is no fault of its own.
    """
    rest, names = deepcopy(data), set[str]()
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(rest), frozenset(names)
        except ValidationError as error:
            for detail in error.errors():
                part = _part(tuple(detail["loc"]), detail["type"])
                if not part:
                    return None, frozenset(names)
                _remove(rest, part)
                names |= {str(step) for step in (part[-1:] if detail["type"] == "extra_forbidden" else part)}
    return None, frozenset(names)


def speaks_of(what: str, names: frozenset[str]) -> bool:
    """Whether a sentence names one of these."""
    return any(f"“{name}”" in what for name in names)


def _part(path: Location, kind: str) -> Location:
    """What must go for a fault to go; empty if that is a whole section, of whose names nothing is known."""
    if kind == "extra_forbidden":
        return path
    return path[: _depth(path)] if len(path) > 1 else ()


def _depth(path: Location) -> int:
    """How much of a path names the entry that a fault makes unusable: a field of a record type, else an entry of a section."""
    inner = len(path) > 3 and path[0] == "records" and path[2] in {"fields", "rules"}
    return 4 if inner else 2


def _remove(data: Any, path: Location) -> None:
    for step in path[:-1]:
        data = data.get(step) if isinstance(data, dict) else None
    if isinstance(data, dict) and path:
        data.pop(path[-1], None)
