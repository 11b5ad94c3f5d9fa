"""What is logged: one line of JSON an event, to standard error and, where configured, to files that are turned over.

A line names the request that it belongs to, and its route; neither addresses nor records, people or secrets.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import Processor

_SECRET = re.compile(
    r"(?i)\b((?:[\w-]*(?:token|password|passwd|secret|api_?key|authorization|cookie))[\"']?\s*[=:]\s*[\"']?)(?:(?:Bearer|Basic)\s+)?[^\s,;&\"']+|(Bearer|Basic)\s+[A-Za-z0-9+/_=.~-]{6,}"
)
# Addresses may tell of a record: Flask's, and those of our own pages.
_ADDRESS = re.compile(r"^Exception on \S+")
_RECORD = re.compile(r"(/records/[\w-]+/)[^\s\]\"']+")
HIDDEN = "…"


def set_up(level: str, folder: Path | None, mib: int, keep: int, failed: Callable[[], None] = lambda: None) -> None:
    """Send what any library logs the same way.

    Args:
        level: the least that is logged: debug, info, warning, error.
        folder: of files, or None.
        mib: how large a file may grow until it is turned over.
        keep: how many of those are kept.
        failed: called at each error.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        discreet,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=rendered)
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if folder:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handlers.append(RotatingFileHandler(folder / "ioc.log", maxBytes=mib << 20, backupCount=keep, encoding="utf-8"))
    handlers.append(_Counting(failed))
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(level.upper())


def discreet(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An event without what looks like a secret, or like the address of a record."""
    return {key: _masked(value) if isinstance(value, str) else value for key, value in event.items()}


def _masked(text: str) -> str:
    without = _SECRET.sub(lambda match: f"{match[1] or match[2] + ' '}{HIDDEN}", _ADDRESS.sub("Exception in a request", text))
    return _RECORD.sub(rf"\1{HIDDEN}", without)


class _Counting(logging.Handler):
    def __init__(self, failed: Callable[[], None]) -> None:
        super().__init__(logging.ERROR)
        self._failed = failed

    def emit(self, record: logging.LogRecord) -> None:
        """Count it."""
        self._failed()
