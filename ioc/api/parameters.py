"""What questions are asked with: a parameter that is not known is told, not passed over, so that a slip gives no other number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import request
from flask.sansio.app import App

from ioc.errors import UnknownName
from ioc.text.words import LANGUAGES

# What browsers, proxies and those who count clicks put into addresses.
_PASSING = re.compile(r"_|utm_\w+|\w*clid")


def asked_with(flask: App, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Have every question be asked with known parameters alone; others raise UnknownName.

    Args:
        flask: the application.
        keys: by path, its parameters, see ``openapi.keys``; paths that it does not tell of are not looked at.
    """

    def check() -> None:
        rule = request.url_rule
        known = keys.get(re.sub(r"<[^>]+>", "{}", rule.rule)) if rule and request.method in {"GET", "HEAD"} else None
        if known is None:
            return
        for key in request.args:
            if key not in known and not _PASSING.fullmatch(key):
                raise UnknownName("parameter", key, known)
        language = request.args.get("lang")
        if language and language not in LANGUAGES:
            raise UnknownName("language", language, LANGUAGES)

    flask.before_request(check)
