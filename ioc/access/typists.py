"""Who types into the forms of feeds that have people of their own: guessing at their names and passwords is slow for whoever does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ioc.access.guesses import Guesses
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.errors import Refusal
from ioc.passwords import named

LONGEST_NAME = 64


class Gate(Protocol):
    """A form's own people."""

    @property
    def names(self) -> frozenset[str]:
        """Their names."""
        ...

    def person(self, authorization: str) -> str | None:
        """Who has signed in, by the HTTP header ``Authorization``; None for nobody who may."""
        ...


@dataclass(frozen=True)
class Typists:
    """The own people of every form.

    Attributes:
        gates: by feed.
        clock: tells when somebody may try again.
        trail: where mistakes are written down.
        own, strangers: how often in a row each address was mistaken in a name, of the form's own people and of nobody. They are kept apart,
            so that many invented names make nobody forget how often a real one was tried; and by address and name, so that whoever
            guesses shuts out nobody elsewhere, and nobody else beside him.
    """

    gates: Mapping[str, Gate]
    clock: Clock
    trail: AuditTrail
    own: Guesses = field(default_factory=Guesses)
    strangers: Guesses = field(default_factory=Guesses)

    def person(self, feed: str, authorization: str, address: str) -> str | None:
        """Who has signed in at the form of a feed; None for nobody who may, and where nothing was tried.

        Raises:
            Refusal: too many mistakes; the password is not looked at.
        """
        name = named(authorization)
        if feed not in self.gates or name is None:
            return None
        gate, now = self.gates[feed], self.clock.now()
        guesses = self.own if name in gate.names else self.strangers
        tried = f"{address} {feed} {name[:LONGEST_NAME]}"
        if seconds := guesses.shut_for(tried, now):
            raise Refusal("sign_in_shut", 429, seconds=seconds)
        found = gate.person(authorization)
        if found:
            guesses.right(tried)
        else:
            guesses.mistaken(tried, now)
            self._note(feed, name[:LONGEST_NAME], address, known=name in gate.names)
        return found

    def _note(self, feed: str, name: str, address: str, *, known: bool) -> None:
        """Write a mistake down. Of an address that invents names only some are: whoever tries a million fills no disk."""
        if not known:
            now = self.clock.now()
            if self.strangers.shut_for(address, now):
                return
            self.strangers.mistaken(address, now)
        self.trail.note(Viewer("", address=address), "sign_in.refused", name, f"form {feed}")
