"""What a viewer or a device may see beyond what everybody may: asked wherever it would be shown, at this one place."""

from __future__ import annotations

from ioc.access.devices import Devices
from ioc.access.viewer import Viewer


def may_see_secrets(viewer: Viewer) -> bool:
    """Whether a viewer may see how many records were refused for secrecy; the records themselves are kept nowhere."""
    return viewer.is_administrator


def may_arrange_screens(viewer: Viewer) -> bool:
    """Whether a viewer may see the editor of screens, and save what it has arranged."""
    return viewer.is_administrator


def may_show_walls(devices: Devices, token: str | None) -> bool:
    """Whether a device may show walls. Everybody may until the first token has been issued; from then on, who has one."""
    return not devices.all() or devices.named(token) is not None
