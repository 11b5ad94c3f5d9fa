"""The files of screens: what is written by hand stays, every state is kept, nothing is overwritten unseen, a fault takes nothing down."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ioc.catalogue.screens import PlaylistSettings, ScreenSettings
from ioc.errors import Refusal
from ioc.screens.draft import check_draft, plain
from ioc.screens.shelf import Faulty, Overtaken, Shelf
from ioc.screens.writing import write
from tests.office import catalogue

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LABEL = {"vi": "Sảnh", "en": "Hall"}
NUMBER: dict[str, Any] = {"kind": "number", "indicator": "online_rate"}
TREND: dict[str, Any] = {"kind": "trend", "indicator": "online_rate"}
BY_HAND = """# The hall on the ground floor.
label: {vi: Sảnh, en: Hall}   # as on the door

panels:
  # What the minister asks for first.
  - {kind: number, indicator: online_rate}  # large

  # Two years of it.
  - kind: trend
    indicator: online_rate
    months: 36   # since the law changed
  - {kind: clock}
# Nothing below.
"""


def screen(*panels: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"label": LABEL, "panels": list(panels), **more}


def settings(*panels: dict[str, Any]) -> ScreenSettings:
    return ScreenSettings.model_validate(screen(*panels))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shipped = {"hall": settings(NUMBER)}
    playlists = {"all": PlaylistSettings.model_validate({"label": LABEL, "screens": ["hall", "annex"]})}
    return Shelf(tmp_path / "screens", shipped, playlists, catalogue(), tmp_path)


def by_hand(folder: Path, text: str, name: str = "hall") -> None:
    """Write a file as somebody with a text editor would, at another moment than the last."""
    path = folder / "screens" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    by_hand.moment += 1  # type: ignore[attr-defined]
    os.utime(path, (by_hand.moment, by_hand.moment))  # type: ignore[attr-defined]


by_hand.moment = 1_790_000_000  # type: ignore[attr-defined]


def test_what_stands_by_hand_stays_with_its_comments() -> None:
    number, clock = NUMBER, {"kind": "clock"}
    trend = {**TREND, "months": 36}
    assert write(settings(number, trend, clock), BY_HAND) == BY_HAND
    moved = write(settings(clock, trend, {**number, "size": "4x2"}), BY_HAND)
    assert moved.splitlines() == [
        "# The hall on the ground floor.",
        "label: {vi: Sảnh, en: Hall}   # as on the door",
        "",
        "panels:",
        "  - {kind: clock}",
        "",
        "  # Two years of it.",
        "  - kind: trend",
        "    indicator: online_rate",
        "    months: 36   # since the law changed",
        "  # What the minister asks for first.",
        "  - {kind: number, size: 4x2, indicator: online_rate}  # large",
        "# Nothing below.",
    ]
    shorter = write(settings(number, {**TREND, "months": 12}), BY_HAND)
    assert "  # since the law changed\n  - {kind: trend, indicator: online_rate, months: 12}\n" in shorter


@pytest.mark.parametrize(
    "old", ["label: [", "{label: {vi: a, en: b}, panels: [{kind: clock}]}", "panels: [{kind: clock}]\nlabel: x", "- 1", "a: &a 1"]
)
def test_whatever_stood_there_what_is_written_is_what_was_meant(old: str) -> None:
    meant = settings(NUMBER, {"kind": "text", "text": {"vi": "a: “b” # c", "en": "yes"}}, {**TREND, "where": {"unit": "a"}})
    shelf_text = write(meant, old)
    draft = check_draft(yaml.safe_load(shelf_text), catalogue())
    assert draft.settings == meant


def test_a_saved_screen_takes_the_place_of_the_one_that_ships(shelf: Shelf, tmp_path: Path) -> None:
    saved = shelf.save("hall", screen(NUMBER, TREND), "", "An", AT)
    assert [panel.kind for panel in shelf.screens()["hall"].panels] == ["number", "trend"] and shelf.revision == 1
    again = Shelf(tmp_path / "screens", {}, {}, catalogue(), tmp_path)
    assert again.screens()["hall"] == shelf.screens()["hall"], "a restart finds it"
    (past,) = shelf.history("hall")
    assert (past.number, past.by, past.how, past.at) == (1, "An", "saved", AT)
    gone = shelf.give_up("hall", saved.revision, "Bình", AT)
    assert gone.revision == "" and shelf.screens()["hall"] == settings(NUMBER)
    assert [each.how for each in shelf.history("hall")] == ["given_up", "saved"]
    shelf.restore("hall", 1, "", "Bình", AT)
    assert len(shelf.screens()["hall"].panels) == 2


def test_the_second_of_two_is_told_and_overwrites_nothing(shelf: Shelf, tmp_path: Path) -> None:
    first = shelf.save("hall", screen(NUMBER, TREND), "", "An", AT)
    with pytest.raises(Overtaken) as told:
        shelf.save("hall", screen(TREND), "", "Bình", AT)
    assert told.value.past and told.value.past.by == "An" and told.value.revision == first.revision
    assert len(shelf.screens()["hall"].panels) == 2
    by_hand(tmp_path, BY_HAND)
    with pytest.raises(Overtaken) as told:
        shelf.save("hall", screen(TREND), first.revision, "An", AT)
    assert told.value.past and (told.value.past.how, told.value.past.text) == ("by_hand", BY_HAND)
    shelf.save("hall", screen(TREND), told.value.revision, "An", AT)
    assert [each.how for each in shelf.history("hall")] == ["saved", "by_hand", "saved"]


def test_a_file_broken_by_hand_shows_what_it_said_before(shelf: Shelf, tmp_path: Path) -> None:
    shelf.save("hall", screen(NUMBER, TREND), "", "An", AT)
    good = shelf.screens()["hall"]
    by_hand(tmp_path, "label: {vi: Sảnh, en: Hall}\npanels:\n  - {kind: number, indicator: onlin_rate}\n")
    assert not shelf.look() and shelf.screens()["hall"] == good
    (fault,) = shelf.faults()
    assert (fault.line, fault.what) == (3, "There is no indicator “onlin_rate”.") and "online_rate" in fault.hint
    started = Shelf(tmp_path / "screens", {}, {}, catalogue(), tmp_path)
    assert started.screens()["hall"] == good and started.faults(), "also after a restart"
    by_hand(tmp_path, "label: [")
    shelf.look()
    assert shelf.screens()["hall"] == good
    by_hand(tmp_path, BY_HAND)
    assert shelf.look() == {"hall"} and not shelf.faults() and len(shelf.screens()["hall"].panels) == 3


def test_what_is_at_fault_is_not_saved(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(Faulty) as told:
        shelf.save(
            "hall",
            {
                "label": {"vi": "Sảnh"},
                "panels": [{"kind": "number"}, {**NUMBER, "size": "13x2"}, {"kind": "records", "record": "dossier", "filter": "onlin"}],
            },
            "",
            "An",
            AT,
        )
    assert [(each.panel, each.fault.key) for each in told.value.faults] == [(None, "label"), (0, "indicator"), (1, "size"), (2, "filter")]
    assert not (tmp_path / "screens").exists()
    for name in ("../x", "Hall", "", "a" * 61):
        with pytest.raises(Refusal):
            shelf.save(name, screen(NUMBER), "", "An", AT)


def test_a_screen_that_a_playlist_shows_is_not_removed(shelf: Shelf) -> None:
    saved = shelf.save("annex", screen(NUMBER), "", "An", AT)
    with pytest.raises(Refusal) as told:
        shelf.give_up("annex", saved.revision, "An", AT)
    assert told.value.fault == "screen_listed" and "annex" in shelf.screens()
    other = shelf.save("cellar", screen(NUMBER), "", "An", AT)
    shelf.give_up("cellar", other.revision, "An", AT)
    assert "cellar" not in shelf.screens() and len(shelf.history("cellar")) == 2


def test_what_cannot_be_written_changes_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        if "history" in str(target):
            return replace(self, target)
        raise OSError(28, "No space left on device")

    replace = Path.replace
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        shelf.save("hall", screen(TREND), "", "An", AT)
    assert shelf.screens()["hall"] == settings(NUMBER) and not shelf.history("hall")


def test_a_size_of_its_kind_is_left_out() -> None:
    assert plain(settings({**NUMBER, "size": "3x2"}, {**NUMBER, "size": "4x2"}))["panels"] == [NUMBER, {**NUMBER, "size": "4x2"}]
