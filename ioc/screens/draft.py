"""A screen as somebody has written or arranged it, checked panel by panel: what is whole can be shown while the rest is mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from ioc.catalogue.check_screens import PanelFault, check_frame, check_panel
from ioc.catalogue.model import Catalogue, Text
from ioc.catalogue.screens import MOST_PANELS_EVER, TEMPLATES, PanelSettings, ScreenSettings
from ioc.catalogue.source import explain
from ioc.errors import Said, both


@dataclass(frozen=True)
class DraftFault:
    """What is wrong with a draft, and of which panel; None is the screen itself."""

    panel: int | None
    fault: PanelFault


@dataclass(frozen=True)
class Draft:
    """A draft.

    Attributes:
        settings: the whole screen; None as long as anything is wrong.
        panels: each panel; None where it is not whole.
        faults: everything that is wrong.
    """

    settings: ScreenSettings | None
    panels: tuple[PanelSettings | None, ...]
    faults: tuple[DraftFault, ...]


def check_draft(data: Any, catalogue: Catalogue) -> Draft:
    """Check what a file or an editor says of a screen, by the same rules as a screen of config.yaml."""
    given: Mapping[str, Any] = data if isinstance(data, dict) else {}
    listed = given.get("panels")
    each = listed[:MOST_PANELS_EVER] if isinstance(listed, list) else []
    template = given.get("template")
    faults = [DraftFault(None, fault) for fault in _frame(given)]
    panels: list[PanelSettings | None] = []
    for index, written in enumerate(each):
        panel, wrong = _panel(written)
        if panel is not None:
            wrong += check_panel(panel, template if isinstance(template, str) and template in TEMPLATES else None, catalogue)
        faults += [DraftFault(index, fault) for fault in wrong]
        panels.append(None if wrong else panel)
    if not each:
        faults.append(DraftFault(None, PanelFault("A screen has at least one panel.", "Add one.", "panels")))
    if isinstance(listed, list) and len(listed) > len(each):
        much = PanelFault("A screen has at most {most} panels.", "Make several screens of it.", "panels", {"most": MOST_PANELS_EVER})
        faults.append(DraftFault(None, much))
    whole = None if faults else ScreenSettings.model_validate(given)
    return Draft(whole, tuple(panels), tuple(faults))


def _frame(given: Mapping[str, Any]) -> Iterator[PanelFault]:
    """What is wrong with a screen apart from its panels."""
    try:
        frame = ScreenSettings.model_validate({**given, "panels": [{"kind": "clock"}]})
        yield from check_frame(frame.label, frame.template)
    except ValidationError as error:
        for path, what, hint in explain(ScreenSettings, error):
            yield _shaped(path, what, hint)


def _panel(written: Any) -> tuple[PanelSettings | None, list[PanelFault]]:
    try:
        return PanelSettings.model_validate(written), []
    except ValidationError as error:
        told = zip(explain(PanelSettings, error), error.errors(), strict=True)
        return None, [_misnamed(detail["input"], path) or _shaped(path, what, hint) for (path, what, hint), detail in told]


def _misnamed(given: Any, path: tuple[str | int, ...]) -> PanelFault | None:
    """The fault of a name that cannot even be one, such as the words of an indicator half typed."""
    known = _NAMES.get(path[0]) if path and isinstance(given, str) else None
    return replace(known, key=str(path[0]), values={"name": given}) if known else None


def _shaped(path: tuple[str | int, ...], what: Said, hint: Said) -> PanelFault:
    """A key of the wrong form, in words that can be told in any language; those of a rare one are as the reader of YAML has them."""
    key = str(path[0]) if path else ""
    known = _FORMS.get(key)
    return replace(known, key=key) if known else PanelFault("{said}", "", key, {"said": both(what, hint)})


_WORDS = PanelFault("Words are needed in Vietnamese and in English.", "Fill in both, or neither.", "")
_NAMES: Mapping[str | int, PanelFault] = {
    "indicator": PanelFault("There is no indicator “{name}”.", "Choose one of the list.", ""),
    "indicators": PanelFault("There is no indicator “{name}”.", "Choose one of the list.", ""),
    "group": PanelFault("There is no group “{name}”.", "Choose one of the list.", ""),
    "record": PanelFault("There is no record type “{name}”.", "Choose one of the list.", ""),
}
_FORMS = {
    "label": PanelFault("The name of the screen is needed in Vietnamese and in English.", "Fill in both.", ""),
    "title": _WORDS,
    "text": _WORDS,
    "kind": PanelFault("There is no such kind of panel.", "Choose one of the list.", ""),
    "size": PanelFault("A size is columns x rows, each from 1 to 12.", "Write it as 3x2.", ""),
    "months": PanelFault("It looks back a whole number of months, from 0 to 240.", "0 is this year so far.", ""),
    "most": PanelFault("It shows a whole number of rows, from 1 to 1000.", "", ""),
    "period": PanelFault("There is no such period.", "Choose one of the list.", ""),
}


def plain(screen: ScreenSettings) -> dict[str, Any]:
    """A screen as a file says it: only what differs from the defaults."""
    data = screen.model_dump(mode="json", exclude_defaults=True)
    return {"label": _text(screen.label), **data, "panels": [plain_panel(panel) for panel in screen.panels]}


def plain_panel(panel: PanelSettings) -> dict[str, Any]:
    """A panel likewise; a size that is its kind's own is left out."""
    usual = panel.model_copy(update={"size": None})
    return (usual if usual.span == panel.span else panel).model_dump(mode="json", exclude_defaults=True)


def _text(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}
