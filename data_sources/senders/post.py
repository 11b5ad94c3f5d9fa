"""A source system that posts to the address of a feed."""

from __future__ import annotations

import hashlib
import hmac
import threading
import urllib.error
import urllib.request
from pathlib import Path

from data_sources.secret import revealed
from ioc.errors import FeedUnavailable

# A door that does not take records now is asked again after so many seconds.
PAUSE = 0.5


class Post:
    """Posts each body until it is told that it is kept.

    Args:
        address: of the feed's door.
        form: the media type of what is posted.
        token: of the feed.
        signing_key: of the feed, if it asks for signatures.
        base: the folder that secrets' relative paths start from.
        stopping: ends waiting for a door that does not open.
    """

    def __init__(self, address: str, form: str, token: str, signing_key: str | None, base: Path, stopping: threading.Event) -> None:
        self._address, self._stopping = address, stopping
        self._headers = {"Content-Type": form, "Authorization": f"Bearer {revealed(token, base)}"}
        self._key = revealed(signing_key, base).encode() if signing_key else None

    def put(self, body: bytes) -> None:
        """Post a body. Raises FeedUnavailable when it is refused."""
        while not self._is_kept(body) and not self._stopping.wait(PAUSE):
            pass

    def _is_kept(self, body: bytes) -> bool:
        headers = dict(self._headers)
        if self._key:
            headers["X-Signature"] = "sha256=" + hmac.new(self._key, body, hashlib.sha256).hexdigest()
        try:
            with urllib.request.urlopen(urllib.request.Request(self._address, body, headers), timeout=30) as answer:
                return bool(answer.status == 202)
        except urllib.error.HTTPError as fault:
            if fault.code in {429, 503}:
                return False
            raise FeedUnavailable(f"{self._address} answers {fault.code}.", "Check the feed and its token.") from fault
        except OSError:
            return False
