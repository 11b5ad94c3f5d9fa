"""What every entry of a catalogue is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Entry(BaseModel):
    """Base of all entries: immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Entry):
    """Words for people, in Vietnamese and English."""

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def of(self, language: str) -> str:
        """The words in ``language`` (``vi`` or ``en``)."""
        return self.en if language == "en" else self.vi
