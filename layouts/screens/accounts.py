"""All accounts and tokens. It works without any script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ioc.text import dates
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import Context


@dataclass(frozen=True)
class AccountLine:
    """One account, in words; ``state`` is ``open``, ``shut`` (for a while, after mistakes) or ``disabled``."""

    name: str
    label: str
    role: str
    unit: str
    source: str
    second: bool
    seen_at: datetime | None
    state: str
    is_local: bool
    is_own: bool


@dataclass(frozen=True)
class TokenLine:
    """One token, in words."""

    kind: str
    name: str
    bound_to: str
    made_by: str
    made_at: datetime | None
    ends_at: datetime | None
    is_over: bool


@dataclass(frozen=True)
class AccountsView:
    """What the page shows; ``told`` is a name with its first password, which is shown once."""

    accounts: tuple[AccountLine, ...]
    tokens: tuple[TokenLine, ...]
    roles: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    told: tuple[str, str]
    fault: str


def accounts(view: AccountsView, context: Context, status: int = 200) -> Page:
    """The page."""
    words = context.words
    ways = [("/admin/audit", "audit.title"), ("/admin/screens", "walls.title"), ("/admin/secrets", "secrets.title")]
    content = [
        h.p(".ioc-said.ioc-wide", role="status")[words("accounts.first", name=view.told[0]), " ", h.b(".ioc-secret")[view.told[1]]]
        if view.told[0]
        else None,
        h.p(".ioc-field-fault.ioc-wide", role="alert")[view.fault] if view.fault else None,
        h.div(".ioc-acts.ioc-wide")[(h.a(".ioc-choice", href=context.link(path))[words(key)] for path, key in ways)],
        _wide(words("accounts.people"))[listing("accounts", words("accounts.people"), _people(view, context), context)],
        h.section(".ioc-card")[h.h2[words("accounts.add")], _add(view, context)],
        _wide(words("accounts.tokens"))[_tokens(view, context)],
    ]
    return shell([Markup(content, className="ioc-form-page")], Heading(words("accounts.title")), None, context, status=status)


def _wide(label: str) -> h.Element:
    """A card whose table may be wider than the screen; the keyboard moves it too."""
    return h.section(".ioc-card.ioc-wide", tabindex="0", aria_label=label)


def _people(view: AccountsView, context: Context) -> h.Element:
    words = context.words
    if not view.accounts:
        return h.p(".ioc-faint")[words("accounts.nobody")]
    columns = ("name", "role", "unit", "source", "second", "seen", "state", "do")
    return h.table[
        h.thead[h.tr[(h.th(scope="col")[words(f"accounts.{key}")] for key in columns)]],
        h.tbody[(_person(each, context) for each in view.accounts)],
    ]


def _person(line: AccountLine, context: Context) -> h.Element:
    words = context.words
    acts = [] if line.is_own else ["enable" if line.state == "disabled" else "disable", "out", *(["reset"] if line.is_local else [])]
    return h.tr[
        h.td[line.name, h.div(".ioc-faint")[line.label] if line.label != line.name else None],
        h.td[line.role],
        h.td[line.unit or "–"],
        h.td[line.source],
        h.td[words("yes" if line.second else "no")],
        h.td(".ioc-moment")[dates.moment(line.seen_at, context.zone) if line.seen_at else "–"],
        h.td[words(f"accounts.states.{line.state}")],
        h.td[
            h.form(".ioc-acts", method="post", action=context.link(f"/admin/accounts/{line.name}"))[
                (h.button(".ioc-choice", name="do", value=act)[words(f"accounts.acts.{act}")] for act in acts)
            ]
        ],
    ]


def _add(view: AccountsView, context: Context) -> h.Element:
    words = context.words
    return h.form(".ioc-form", method="post", action=context.link("/admin/accounts"), autocomplete="off")[
        h.label(".ioc-field")[
            h.span[words("accounts.name")],
            h.input(name="name", required=True, maxlength="64", autocapitalize="none", spellcheck="false"),
        ],
        h.label(".ioc-field")[h.span[words("accounts.label")], h.input(name="label", maxlength="100")],
        h.label(".ioc-field")[
            h.span[words("accounts.role")], h.select(name="role")[(h.option(value=name)[said] for name, said in view.roles)]
        ],
        h.label(".ioc-field")[
            h.span[words("accounts.unit")],
            h.select(name="unit")[h.option(value="")["–"], (h.option(value=code)[said] for code, said in view.units)],
        ],
        h.p[h.button(".ioc-choice.ioc-chief")[words("accounts.do_add")]],
    ]


def _tokens(view: AccountsView, context: Context) -> h.Node:
    words = context.words
    hint, title = h.p(".ioc-faint")[words("accounts.tokens_hint")], words("accounts.tokens")
    if not view.tokens:
        return [h.h2[title], hint]
    columns = ("kind", "name", "bound_to", "made_at", "ends_at", "do")
    table = h.table[
        h.thead[h.tr[(h.th(scope="col")[words(f"accounts.{key}")] for key in columns)]],
        h.tbody[(_token(each, context) for each in view.tokens)],
    ]
    return listing("tokens", title, [hint, table], context)


def _token(line: TokenLine, context: Context) -> h.Element:
    words = context.words
    moments = [dates.moment(each, context.zone) if each else "–" for each in (line.made_at, line.ends_at)]
    return h.tr[
        h.td[words(f"accounts.kinds.{line.kind}")],
        h.td[line.name],
        h.td[line.bound_to or words("accounts.everything")],
        h.td(".ioc-moment")[moments[0]],
        h.td(".ioc-moment")[moments[1]],
        h.td[
            words("accounts.over")
            if line.is_over
            else h.form(method="post", action=context.link(f"/admin/tokens/{line.kind}/{line.name}"))[
                h.button(".ioc-choice")[words("accounts.acts.revoke")]
            ]
        ],
    ]
