"""What the address of an indicator's page asks, whoever reads it: the page, what of it comes later, or an export of it."""

from __future__ import annotations

from typing import Protocol

from ioc.views.ask import IndicatorQuestion
from ioc.views.explanation import AGAINST, ExplanationQuestion
from ioc.views.values import day_from_words


class Address(Protocol):
    """The parameters of an address."""

    def get(self, name: str, /) -> str | None:
        """The first value of a parameter, or None."""
        ...

    @property
    def where(self) -> tuple[tuple[str, str], ...]:
        """What the page is limited to: dimensions and their codes."""
        ...


def indicator_question(name: str, address: Address) -> IndicatorQuestion:
    """What is asked of an indicator. Raises BadQuestion."""
    return IndicatorQuestion(
        name,
        period=address.get("period") or "month",
        start=day_from_words(address.get("from")),
        end=day_from_words(address.get("to")),
        where=address.where,
        split=address.get("split"),
        beside=address.get("compare"),
    )


def explanation_question(name: str, address: Address) -> ExplanationQuestion:
    """What of its change is to be explained. Raises BadQuestion."""
    split = address.get("split")
    return ExplanationQuestion(
        name,
        by=(split,) if split else None,
        start=day_from_words(address.get("from")),
        end=day_from_words(address.get("to")),
        against=address.get("why") or AGAINST[0],
        where=tuple((dimension, (code,)) for dimension, code in address.where),
    )
