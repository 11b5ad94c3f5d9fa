"""One family of errors. Each says what is wrong, where, and how to mend it; nothing here imports anything of ours."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce


class Said(str):
    """A sentence, or a word of one, in English that can be told in any language: it knows its pattern, and what fills that.

    The translation of the pattern stands in ``ioc/text``, in ``faults.yaml`` or ``configuration.yaml``. Without values braces stand for
    themselves. A value may be such a sentence or word itself.
    """

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str = "", /, **values: object) -> Said:
        """The sentence that ``values`` make of a pattern."""
        said = super().__new__(cls, pattern.format_map(values) if values else pattern)
        said.pattern, said.values = pattern, values
        return said


class IocError(Exception):
    """Base of every error that a person may read.

    What people are shown in their own language (``Words.told``, ``Words.sentence``) is written as a pattern, see ``Said``:
    ``FeedUnavailable("{name} does not exist.", "Check the path.", name=…)``.

    Args:
        what: one sentence that names the fault, with the offending value in it.
        hint: one sentence that says how to mend it; empty when nothing can be advised.
        values: what fills the places in both; without any, braces stand for themselves.
    """

    exit_code = 1

    def __init__(self, what: str, hint: str = "", **values: object) -> None:
        filling = {name: value if isinstance(value, int | float | str) else str(value) for name, value in values.items()}
        self.what, self.hint = (part if isinstance(part, Said) else Said(part, **filling) for part in (what, hint))
        super().__init__(self.what)

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()

    def kept(self) -> str:
        """The same as a text that can be kept, and told in any language later."""
        return kept(self.what, self.hint)


class UnknownName(IocError):
    """A name that is not known; the nearest known ones are offered."""

    exit_code = 2

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.known = tuple(known)
        super().__init__(f"Unknown {kind} “{name}”.", did_you_mean(name, self.known))


class BadQuestion(IocError):
    """A question that cannot be answered as asked, told by ``Words.told`` in the language of whoever asks.

    Args:
        fault: which; its sentences stand in ``ioc/text`` under ``question``.
        values: what they speak of.
    """

    exit_code = 2

    def __init__(self, fault: str, **values: object) -> None:
        self.fault = fault
        self.values = values
        super().__init__(f"{fault} {values}")


class Refusal(IocError):
    """Something that was asked to be done and is not, told by ``Words.told`` in the language of whoever asks.

    Args:
        fault: why; its sentences stand in ``ioc/text`` under ``refusal``.
        status: HTTP's word for it; by default, that it does not fit the state of things.
        values: what the sentences speak of.
    """

    def __init__(self, fault: str, status: int = 409, **values: object) -> None:
        self.fault = fault
        self.status = status
        self.values = values
        super().__init__(f"{fault} {values}")


class ConfigError(IocError):
    """Configuration or catalogue that does not hold together; carries every fault found."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FeedUnavailable(IocError):
    """The source could not be reached or read now; trying again later may help."""


class FeedRejected(IocError):
    """What the source delivered can never be read as it is; trying again will not help."""


class StoreError(IocError):
    """The store cannot be opened or written (disk full, read-only, locked, from a newer version); it is unharmed."""

    exit_code = 3


class StoreDamaged(StoreError):
    """What the store's file holds is not what was written: a backup is to be put back."""


class StoreInUse(StoreError):
    """Another process owns the store, as `ioc run` does while it runs."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a YAML file: where it stands, what it is, how to mend it."""

    file: str
    line: int
    what: Said
    hint: Said

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" + (f" {self.hint}" if self.hint else "")


def kept(what: Said, hint: Said) -> str:
    """A fault and how to mend it as a text that can be kept, for ``Words.sentence``."""
    found = {"what": what.pattern, "hint": hint.pattern, "values": _plain({**hint.values, **what.values})}
    return json.dumps(found, ensure_ascii=False)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    def plain(value: object) -> object:
        if isinstance(value, Said):
            return {"what": value.pattern, "values": _plain(value.values)}
        return value if isinstance(value, int | float | str) else str(value)

    return {name: plain(value) for name, value in values.items()}


def both(what: Said, hint: Said) -> Said:
    """A fault and how to mend it in one."""
    return Said("{what} {hint}", what=what, hint=hint) if hint else what


def joined(pattern: str, parts: Iterable[str]) -> str:
    """Several words as one by a pattern such as “{one} or {other}”; nothing of none."""
    found = list(parts)
    return reduce(lambda one, other: Said(pattern, one=one, other=other), found) if found else ""


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names that look most like ``name``, whatever their case, best first; empty when none is close."""
    by_folded = {each.casefold(): each for each in known}
    return [by_folded[folded] for folded in difflib.get_close_matches(name.casefold(), list(by_folded), n=most, cutoff=0.5)]


def offered(name: str, known: Iterable[str]) -> dict[str, str]:
    """The hint of an error, with its filling, that offers the nearest known names, or lists all when they are few."""
    names = sorted(known)
    close = nearest(name, names)
    if close:
        return {"hint": "Did you mean {offered}?", "offered": ", ".join(f"“{each}”" for each in close)}
    return {"hint": "Known: {offered}.", "offered": ", ".join(names)} if names and len(names) <= 12 else {}


def did_you_mean(name: str, known: Iterable[str]) -> Said:
    """A sentence that offers the nearest known names, or lists all when they are few, or nothing."""
    names = sorted(known)
    close = nearest(name, names)
    if close:
        return Said("Did you mean {offered}?", offered=joined("{one} or {other}", [f"“{each}”" for each in close]))
    return Said("Known: {offered}.", offered=", ".join(names)) if names and len(names) <= 12 else Said()
