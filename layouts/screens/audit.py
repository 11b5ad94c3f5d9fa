"""The audit trail: who did what, the newest first. It works without any script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from ioc.text import dates
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import Context


@dataclass(frozen=True)
class AuditLine:
    """One line."""

    at: datetime
    who: str
    role: str
    action: str
    subject: str
    detail: str
    address: str


@dataclass(frozen=True)
class AuditView:
    """What the page shows; ``older`` asks for the lines before these, and is empty when there are none."""

    lines: tuple[AuditLine, ...]
    sought: Mapping[str, str]
    older: str


def audit(view: AuditView, context: Context) -> Page:
    """The page."""
    words = context.words
    query = urlencode([(key, text) for key, text in view.sought.items() if text])
    kept = [(key, value) for key, value in context.query if key in {"lang", "theme"}]
    columns = ("at", "who", "action", "subject", "detail", "address")
    table = h.table[
        h.thead[h.tr[(h.th(scope="col")[words(f"audit.{key}")] for key in columns)]],
        h.tbody[(_line(each, context) for each in view.lines)],
    ]
    content = [
        h.form(".ioc-sought", method="get", action="/admin/audit")[
            (h.input(type="hidden", name=key, value=value) for key, value in kept),
            (
                h.label(".ioc-field")[h.span[words(f"audit.{key}")], h.input(name=key, value=view.sought[key], maxlength="200")]
                for key in ("who", "action", "subject", "from", "to")
            ),
            h.button(".ioc-choice.ioc-chief")[words("audit.seek")],
        ],
        h.div(".ioc-wide", tabindex="0", role="region", aria_label=words("audit.title"))[
            listing("trail", words("audit.title"), table, context, is_named=False, is_all=not view.older)
        ]
        if view.lines
        else h.p(".ioc-empty")[words("audit.none")],
        h.p(".ioc-acts")[
            h.a(".ioc-choice", href=context.with_query(before=view.older))[words("audit.older")] if view.older else None,
            h.a(".ioc-choice", href=f"/admin/audit.csv{'?' if query else ''}{query}")[words("audit.export")],
        ],
    ]
    crumbs = ((words("accounts.title"), context.link("/admin")),)
    return shell(
        [Markup(h.section(".ioc-card")[content], className="ioc-audit")],
        Heading(words("audit.title"), subtitle=words("audit.subtitle"), crumbs=crumbs),
        None,
        context,
    )


def _line(line: AuditLine, context: Context) -> h.Element:
    did = context.words.texts.get(f"audit.did.{line.action.replace('.', '_')}")  # the name stays beside it: that is what is searched for
    return h.tr[
        h.td(".ioc-moment")[dates.moment(line.at, context.zone)],
        h.td[line.who or "–", h.div(".ioc-faint")[line.role] if line.role else None],
        h.td[did, h.div(".ioc-faint")[line.action]] if did else h.td[line.action],
        h.td(".ioc-detail")[line.subject],
        h.td(".ioc-detail")[line.detail],
        h.td[line.address or "–"],
    ]
