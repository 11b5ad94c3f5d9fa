"""``ioc devices``: tokens of the kind ``wall``, by which devices show walls without a person's sign-in; the same as ``ioc token``."""

from __future__ import annotations

import argparse

from ioc.access.devices import KIND, Devices
from ioc.commands.deployment import load_config
from ioc.commands.token import token

AS_TOKENS = {"issue": "create", "revoke": "revoke", "list": "list"}


def devices(options: argparse.Namespace) -> int:
    """Issue a device's token, revoke it, or print all. A running server sees it within seconds."""
    Devices(load_config(options.config).data).all()  # takes over what an earlier release kept
    whole = {"bound_to": "", "days": None, "role": None, "unit": None, "name": getattr(options, "device", None), "kind": KIND}
    return token(argparse.Namespace(**(vars(options) | whole | {"action": AS_TOKENS[options.action]})))
