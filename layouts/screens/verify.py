"""Whether an export is genuine: by the code that is printed on it, or by the file itself. For anybody."""

from __future__ import annotations

from collections.abc import Sequence

from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.shell import Heading, shell
from layouts.state import KEPT, Context


def verify(finding: str, facts: Sequence[tuple[str, str]], page: str | None, typed: str, context: Context, status: int = 200) -> Page:
    """The page.

    Args:
        finding: what was found: ``genuine``, ``changed``, ``unknown``; ``too_large``; ``entered`` of a code,
            ``nothing`` before anything was asked.
        facts: what is known of the export, as headings and words.
        page: the address of its page as it was.
        typed: the code that was asked about.
    """
    words = context.words
    told = None
    if finding != "nothing":
        told = h.section(class_=f"ioc-panel ioc-verdict ioc-verdict-{finding}", role="status")[
            h.h2[words(f"verify.{finding}")],
            h.p[words(f"verify.{finding}_hint")],
            h.dl(".ioc-terms")[((h.dt[heading], h.dd[text]) for heading, text in facts)] if facts else None,
            h.p[h.a(".ioc-link", href=page)[words("verify.open")]] if page else None,
        ]
    by_code = h.form(".ioc-panel.ioc-form", method="get", action="/verify")[
        (h.input(type="hidden", name=name, value=value) for name, value in context.query if name in KEPT),
        h.label[h.span[words("verify.code")], h.input(name="code", value=typed, autocomplete="off", placeholder="K7QF-3MXN")],
        h.button(".ioc-switch", type="submit")[words("verify.ask")],
    ]
    by_file = h.form(".ioc-panel.ioc-form", method="post", action=context.link("/verify"), enctype="multipart/form-data")[
        h.label[h.span[words("verify.file")], h.input(name="file", type="file", required=True)],
        h.label[h.span[words("verify.signature")], h.input(name="signature", type="file", accept=".p7s,application/pkcs7-signature")],
        h.button(".ioc-switch", type="submit")[words("verify.ask")],
    ]
    content = Markup([told, by_code, by_file], className="ioc-message ioc-verify")
    return shell([content], Heading(words("verify.title"), subtitle=words("verify.subtitle")), None, context, status=status)
