"""One's own account. It works without any script."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from markupsafe import Markup as Safe

from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.shell import Heading, shell
from layouts.state import Context


@dataclass(frozen=True)
class AccountView:
    """What the page shows.

    Attributes:
        name, label, role, unit: who it is, in words.
        is_local: whether its password is kept here.
        must_change: whether nothing else may be done before the password is another one.
        second: whether codes are asked for.
        language, home: how the product greets; empty is as it greets everybody.
        sessions: in how many places somebody is signed in.
        may_administer: whether the way to all accounts is shown.
        secret, address: of a second factor that is being set up.
        said: what has been done, in words.
        fault: what is wrong, as (part of the page, words).
    """

    name: str
    label: str
    role: str
    unit: str
    is_local: bool
    must_change: bool
    second: bool
    language: str
    home: str
    sessions: int
    may_administer: bool
    secret: str
    address: str
    said: str
    fault: tuple[str, str]


def account(view: AccountView, context: Context, status: int = 200) -> Page:
    """The page."""
    words = context.words
    content = [
        h.p(".ioc-said", role="status")[view.said] if view.said else None,
        h.p(".ioc-said", role="status")[words("account.must_change")] if view.must_change else None,
        None if view.must_change else _who(view, context),
        _password(view, context) if view.is_local else None,
        None if view.must_change else _second(view, context),
        None if view.must_change else _look(view, context),
    ]
    heading = Heading(words("account.title"), subtitle=f"{view.label} · {view.role}")
    return shell([Markup(content, className="ioc-form-page ioc-account")], heading, None, context, status=status)


def _who(view: AccountView, context: Context) -> h.Element:
    words = context.words
    told = [("name", view.name), ("role", view.role), ("scope", view.unit), ("sessions", str(view.sessions))]
    return h.section(".ioc-card")[
        h.h2[words("account.who")],
        h.dl[((h.dt[words(f"account.{key}")], h.dd[said]) for key, said in told)],
        h.div(".ioc-acts")[
            h.form(method="post", action=context.link("/logout"))[h.button(".ioc-choice.ioc-chief")[words("account.leave")]],
            h.form(method="post", action=context.link("/logout/everywhere"))[h.button(".ioc-choice")[words("account.leave_everywhere")]],
            h.a(".ioc-choice", href=context.link("/admin"))[words("accounts.title")] if view.may_administer else None,
        ],
    ]


def _password(view: AccountView, context: Context) -> h.Element:
    words = context.words
    fields = [("old", "current-password"), ("new", "new-password"), ("again", "new-password")]
    return h.section(".ioc-card")[
        h.h2[words("account.password")],
        h.p(".ioc-faint")[words("account.password_hint")],
        _fault(view, "password"),
        h.form(".ioc-form", method="post", action=context.link("/account/password"))[
            (
                h.label(".ioc-field")[
                    h.span[words(f"account.{name}")],
                    h.input(name=name, type="password", autocomplete=kind, required=True, maxlength="256"),
                ]
                for name, kind in fields
            ),
            h.p[h.button(".ioc-choice.ioc-chief")[words("account.change")]],
        ],
    ]


def _second(view: AccountView, context: Context) -> h.Element:
    words = context.words
    return h.section(".ioc-card")[
        h.h2[words("account.second")],
        h.p(".ioc-faint")[words("account.second_on" if view.second else "account.second_hint")],
        _fault(view, "second"),
        _setting_up(view, context) if view.secret else _switch(view, context),
    ]


def _setting_up(view: AccountView, context: Context) -> h.Node:
    words = context.words
    square = segno.make(view.address, error="m").svg_inline(scale=4, border=0, dark="#000", light="#fff", title=words("account.square"))
    return [
        h.div(".ioc-square")[Safe(square), h.div[h.p[words("account.scan")], h.p(".ioc-secret")[view.secret]]],
        h.form(".ioc-form", method="post", action=context.link("/account/second/confirm"))[
            h.label(".ioc-field")[
                h.span[words("sign_in.code")],
                h.input(name="code", inputmode="numeric", autocomplete="one-time-code", required=True, maxlength="10", autofocus=True),
            ],
            h.p[h.button(".ioc-choice.ioc-chief")[words("account.second_confirm")]],
        ],
    ]


def _switch(view: AccountView, context: Context) -> h.Element:
    words = context.words
    if not view.second:
        return h.form(method="post", action=context.link("/account/second"))[
            h.button(".ioc-choice.ioc-chief")[words("account.second_begin")]
        ]
    return h.form(".ioc-form", method="post", action=context.link("/account/second/end"))[
        h.label(".ioc-field")[
            h.span[words("account.old")],
            h.input(name="old", type="password", autocomplete="current-password", required=True, maxlength="256"),
        ],
        h.p[h.button(".ioc-choice")[words("account.second_end")]],
    ]


def _look(view: AccountView, context: Context) -> h.Element:
    words = context.words
    languages = [("", words("account.as_all")), *((code, words(f"account.languages.{code}")) for code in ("vi", "en"))]
    return h.section(".ioc-card")[
        h.h2[words("account.look")],
        _fault(view, "look"),
        h.form(".ioc-form", method="post", action=context.link("/account/look"))[
            h.label(".ioc-field")[
                h.span[words("account.language")],
                h.select(name="language")[
                    (h.option(value=code, selected=code == view.language, lang=code or None)[said] for code, said in languages)
                ],
            ],
            h.label(".ioc-field")[
                h.span[words("account.home")],
                h.input(name="home", value=view.home, placeholder="/units/…", maxlength="300", pattern="/.*"),
            ],
            h.p[h.button(".ioc-choice.ioc-chief")[words("account.keep")]],
        ],
    ]


def _fault(view: AccountView, part: str) -> h.Element | None:
    return h.p(".ioc-field-fault", role="alert")[view.fault[1]] if view.fault[0] == part else None
