"""A page that says in a sentence why it shows nothing else, and offers a way on."""

from __future__ import annotations

from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.shell import Heading, shell
from layouts.state import Context


def message(title: str, text: str, context: Context, *, links: tuple[tuple[str, str], ...] = (), status: int = 404) -> Page:
    """The page.

    Args:
        title: what is the matter.
        text: what to do.
        context: language.
        links: ways on besides the overview, as (words, address).
        status: of the HTTP answer.
    """
    near = h.ul[(h.li[h.a(".ioc-link", href=address)[words]] for words, address in links)]
    home = h.p[h.a(".ioc-switch", href=context.link("/"))[context.words("error.home")]]
    content = Markup([h.p[text] if text else None, near if links else None, home], className="ioc-message")
    return shell([content], Heading(title), None, context, status=status)
