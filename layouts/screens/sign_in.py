"""The page where people sign in: one card, with nothing around it that asks for a session. It works without any script."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html

from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page, numbered
from layouts.state import Context


@dataclass(frozen=True)
class SignIn:
    """What the page shows.

    Attributes:
        step: ``full`` asks for name and password, ``half`` for a code.
        name: as it was typed.
        fault, said: what is wrong, or has been done, in words.
        query: of the address, which its forms keep.
        provider: the words for signing in elsewhere; empty when there is no such place.
        is_demo: whether the demonstration's accounts may sign in.
    """

    step: str
    name: str = ""
    fault: str = ""
    said: str = ""
    query: str = ""
    provider: str = ""
    is_demo: bool = False


def sign_in(view: SignIn, organisation: str, context: Context) -> Page:
    """The page."""
    words = context.words
    other, scheme = ("en" if context.language == "vi" else "vi"), ("light" if context.scheme == "dark" else "dark")
    content = [
        h.nav(".ioc-enter-ways", aria_label=words("app.navigation"))[
            h.a(".ioc-switch", href=context.with_query(lang=other), lang=other, hreflang=other)[words("app.other_language")],
            h.a(".ioc-switch", href=context.with_query(theme=scheme))[words(f"app.{scheme}")],
        ],
        h.main(".ioc-enter", id="main")[
            h.p(".ioc-enter-organisation")[organisation],
            h.h1(".ioc-enter-title")[words("app.title")],
            h.p(".ioc-said", role="status")[view.said] if view.said else None,
            h.p(".ioc-field-fault.ioc-enter-fault", role="alert")[view.fault] if view.fault else None,
            _code(view, context) if view.step == "half" else _password(view, context),
        ],
    ]
    body = html.Div([Markup(content, className="ioc-enter-page")], className="ioc", lang=context.language)
    return Page(numbered(body), f"{words('sign_in.title')} – {organisation}", context.language, context.scheme)


def _password(view: SignIn, context: Context) -> h.Node:
    words = context.words
    return [
        h.form(".ioc-form", method="post", action=f"/login{view.query}")[
            h.label(".ioc-field")[
                h.span[words("sign_in.name")],
                h.input(
                    name="name",
                    value=view.name,
                    autocomplete="username",
                    autocapitalize="none",
                    spellcheck="false",
                    required=True,
                    maxlength="64",
                    autofocus=not view.name,
                ),
            ],
            h.label(".ioc-field")[
                h.span[words("sign_in.password")],
                h.input(
                    name="password",
                    type="password",
                    autocomplete="current-password",
                    required=True,
                    maxlength="256",
                    autofocus=bool(view.name),
                ),
            ],
            h.p[h.button(".ioc-choice.ioc-chief")[words("sign_in.do")]],
        ],
        h.p(".ioc-enter-other")[h.a(".ioc-choice", href=f"/login/oidc{view.query}")[view.provider]] if view.provider else None,
        h.p(".ioc-faint")[words("sign_in.demo" if view.is_demo else "sign_in.help")],
    ]


def _code(view: SignIn, context: Context) -> h.Node:
    words = context.words
    return [
        h.form(".ioc-form", method="post", action=f"/login/code{view.query}")[
            h.label(".ioc-field")[
                h.span[words("sign_in.code")],
                h.input(
                    name="code",
                    inputmode="numeric",
                    autocomplete="one-time-code",
                    required=True,
                    maxlength="10",
                    pattern="[0-9 ]*",
                    autofocus=True,
                ),
            ],
            h.p[h.button(".ioc-choice.ioc-chief")[words("sign_in.do")]],
        ],
        h.form(".ioc-enter-other", method="post", action=f"/logout{view.query}")[h.button(".ioc-choice")[words("sign_in.another")]],
    ]
