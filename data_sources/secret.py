"""Secrets of a feed's options: as given (config.yaml fills them in from the environment), or in a file that `file:` names."""

from __future__ import annotations

from pathlib import Path

from ioc.errors import FeedUnavailable

_FILE = "file:"


def revealed(text: str, base: Path) -> str:
    """A secret in the clear; never to be logged or shown.

    Args:
        text: the secret itself, or `file:` and a path.
        base: the folder that a relative path starts from.

    Raises:
        FeedUnavailable: the file cannot be read, or is empty.
    """
    if not text.startswith(_FILE):
        return text
    path = base / text.removeprefix(_FILE)
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise FeedUnavailable(
            "The secret in {path} cannot be read: {fault}.", "Write it there, readable to this program.", path=path, fault=error.strerror
        ) from error
    if not secret:
        raise FeedUnavailable("The secret in {path} is empty.", "Write it there.", path=path)
    return secret
