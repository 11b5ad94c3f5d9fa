"""Shows pages to administrators alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flask import Response

from callbacks.plain_pages import PlainPages
from layouts.screens.message import message
from layouts.state import Context


class Gate(Protocol):
    """How administrators sign in."""

    @property
    def can_sign_in(self) -> bool:
        """Whether a name and password can make an administrator of somebody."""
        ...


@dataclass(frozen=True)
class Guard(PlainPages):
    """Stands before the pages of administrators.

    Attributes:
        gate: tells how administrators sign in.
    """

    gate: Gate

    def closed(self, context: Context) -> Response:
        """What others than administrators are told; where somebody can sign in, the browser asks for name and password."""
        words = context.words
        hint = words("administrators.sign_in_hint" if self.gate.can_sign_in else "administrators.closed_hint")
        answer = self.page(message(words("administrators.closed"), hint, context, status=401 if self.gate.can_sign_in else 403))
        if self.gate.can_sign_in:
            answer.headers["WWW-Authenticate"] = 'Basic realm="IOC", charset="UTF-8"'
        return answer
