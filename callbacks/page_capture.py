"""A page drawn for a viewer outside of a request: what exports take tables from."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, g, request

from ioc.access.policy import may_open
from ioc.access.viewer import Viewer
from ioc.errors import Refusal, UnknownName

# So many lines of a long list are taken along, where a page shows them by the hundred.
MOST_LINES = 10_000


def drawing(flask: Flask) -> Callable[[str, Viewer], str]:
    """Tells the HTML of an address as a viewer is shown it.

    Raises Refusal where the viewer may not open it, or UnknownName.
    """

    def draw(address: str, viewer: Viewer) -> str:
        with flask.test_request_context(address):
            if not may_open(viewer, "GET", request.path):
                raise Refusal("access", 403)
            g.viewer, g.takes = viewer, True
            answer = flask.make_response(flask.dispatch_request())
            return _content(answer, address)

    return draw


def _content(answer: Response, address: str) -> str:
    if answer.status_code in {401, 403}:
        raise Refusal("access", 403)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        raise UnknownName("export", address[:200], ())
    return answer.get_data(as_text=True)


def lines_of(usual: int) -> int:
    """How many lines the page that is being drawn shows of a long list: as usual, or all that an export takes."""
    return MOST_LINES if g.get("takes") else usual
