"""Topics as a person names them in `config.yaml`: `cards/{device}/status` is `cards/+/status` whose second level becomes a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ioc.errors import Said

TOPIC, RECEIVED = "topic", "received"
_NAMED = re.compile(r"\{([^\W\d]\w*)\}")


class TopicPattern:
    """One topic to subscribe to.

    Raises:
        ValueError: it is none, told in a sentence.
    """

    def __init__(self, text: str) -> None:
        levels = text.split("/")
        if not text or "\0" in text or len(text.encode()) > 65535:
            raise ValueError(Said("a topic is a text of 1 to 65535 bytes"))
        if levels[0] == "$share":
            raise ValueError(
                Said("“{text}” is shared with other subscribers, who would get what is missing here; name the topic itself", text=text)
            )
        for place, level in enumerate(levels, 1):
            _check_level(text, level, is_last=place == len(levels))
        self.text = text
        self.filter = "/".join("+" if _NAMED.fullmatch(level) else level for level in levels)
        self.names = tuple(match[1] for level in levels if (match := _NAMED.fullmatch(level)))
        if len(set(self.names)) < len(self.names) or {TOPIC, RECEIVED} & set(self.names):
            raise ValueError(
                Said(
                    "the levels of “{text}” need names of their own, other than {topic} and {received}",
                    text=text,
                    topic=TOPIC,
                    received=RECEIVED,
                )
            )
        self._form = re.compile("/".join(map(_form, levels)).replace("/.*", "(?:/.*)?"), re.DOTALL)

    def levels(self, topic: str) -> Mapping[str, str] | None:
        """The named levels of a topic; None for one that this subscription does not bring."""
        found = self._form.fullmatch(topic)
        if found is None or (topic.startswith("$") and self.filter[0] in "+#"):
            return None
        return dict(zip(self.names, found.groups(), strict=True))


def named_levels(patterns: Sequence[TopicPattern], topic: str) -> Mapping[str, str]:
    """The named levels of a topic, by the first pattern that fits."""
    for pattern in patterns:
        found = pattern.levels(topic)
        if found is not None:
            return found
    return {}


def _check_level(text: str, level: str, *, is_last: bool) -> None:
    if level in {"+", "#"} or _NAMED.fullmatch(level):
        if level == "#" and not is_last:
            raise ValueError(Said("“#” can only end a topic: “{text}”", text=text))
        return
    if set("+#{}") & set(level):
        raise ValueError(
            Said("“{level}” in “{text}” must be a whole level: +, # at the end, or a name such as {{device}}", level=level, text=text)
        )


def _form(level: str) -> str:
    if level == "#":
        return ".*"
    if level == "+":
        return "[^/]*"
    return "([^/]*)" if _NAMED.fullmatch(level) else re.escape(level)
