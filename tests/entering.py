"""Who asks, in tests of applications that are put together by hand: whoever sits before the machine, as long as no wall has a token."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response

from ioc.access.administrators import Administrators
from ioc.access.asking import install
from ioc.access.devices import Devices
from ioc.access.entrance import Entrance
from ioc.access.roles import shipped_roles
from ioc.clock import Clock


def entrance(clock: Clock, data: Path = Path("nowhere"), administrators: Administrators | None = None) -> Entrance:
    """An entrance that is not closed."""
    return Entrance(Devices(data), administrators or Administrators({}), shipped_roles(), clock)


def let_in(flask: Flask, clock: Clock, data: Path = Path("nowhere"), administrators: Administrators | None = None) -> None:
    """Have an application look who asks."""
    install(flask, entrance(clock, data, administrators), lambda _: Response("refused", 403))
