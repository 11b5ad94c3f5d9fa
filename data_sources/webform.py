"""Feeds of kind `webform`: figures that no system delivers yet are typed by people, and count once somebody else has confirmed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from data_sources.secret import revealed
from ioc.intake.port import Desk, Way
from ioc.passwords import checked, signed_in


class WebformOptions(BaseModel):
    """Options of a feed of kind `webform`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    way: ClassVar[Way] = Way.TYPED

    people: dict[str, str] = Field(
        min_length=2,
        description="Who may type and confirm: by name, the password, as `${ENV_NAME}` or `file:PATH`. Nobody confirms what he has typed.",
    )

    @field_validator("people")
    @classmethod
    def _long_enough(cls, people: dict[str, str]) -> dict[str, str]:
        return checked(people)


def connect(options: WebformOptions, base: Path) -> Desk:
    """The form of a feed. Raises FeedUnavailable when a password cannot be read."""
    return _Form({name: revealed(password, base) for name, password in options.people.items()})


@dataclass(frozen=True)
class _Form:
    passwords: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        """Who may sign in, see `Desk`."""
        return frozenset(self.passwords)

    def person(self, authorization: str) -> str | None:
        """Who has signed in, see `Desk`."""
        return signed_in(authorization, self.passwords)
