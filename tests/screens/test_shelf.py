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


ANCHORED = """label: &name {vi: Sảnh, en: Hall}
panels:
  - &one {kind: text, text: *name}  # twice
  - *one
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
    "old", ["label: [", "{label: {vi: a, en: b}, panels: [{kind: clock}]}", "panels: [{kind: clock}]\nlabel: x", "- 1", "a: &a 1", ANCHORED]
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


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("label: &a [*a]", "more than 50 levels"),
        ("label: " + "[" * 600 + "]" * 600, "more than 50 levels"),
        ("label: " + "[" * 60 + "]" * 60, "more than 50 levels"),
        (BOMB, "more than 100000 things"),
        ('label: !!int ""', "is not what its tag !!int says"),
        ('label: !!float ""', "is not what its tag !!float says"),
        ('label: !!timestamp "abc"', "is not what its tag !!timestamp says"),
        ('label: "\\ud800"', "surrogates"),
        ('"\\ud800": 1', "surrogates"),
        ('label: "\\UFFFFFFFF"', "Not valid YAML"),
        ("? [a, b]\n: 1", "A key is one word"),
        ("label: {vi: a, en: b}\nscreens: [hall]\ndwell: 99999999999999s", "at least 3 seconds, and a day at most"),
        ("label: {vi: a, en: b}\nscreens: [hall]\ndwell: 90000s", "at least 3 seconds, and a day at most"),
        ("label: {vi: ' ', en: ' '}\nscreens: [hall]", "is needed in Vietnamese and in English"),
    ],
    ids=[
        "in itself",
        "600 deep",
        "60 deep",
        "a bomb",
        "int",
        "float",
        "timestamp",
        "half a letter",
        "half a key",
        "no letter",
        "a list as key",
        "ages",
        "more than a day",
        "blank",
    ],
)
def test_one_bad_file_stops_no_other(shelf: Shelf, tmp_path: Path, text: str, said: str) -> None:
    shelf.save("annex", screen(NUMBER), "", "An", AT)
    for folder in ("screens", "playlists"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "bad.yaml").write_text(text, encoding="utf-8")
    shelf.look()
    (fault,) = shelf.rotations.faults()
    assert said in fault.what and Path(fault.file).name == "bad.yaml"
    shelf.save("cellar", screen(NUMBER), "", "An", AT)
    started = Shelf(tmp_path / "screens", {}, {}, catalogue(), tmp_path)
    assert {"annex", "cellar"} <= started.screens().keys() and len(started.faults()) >= 2
    assert started.unshown() == ("bad",)


def test_a_file_that_cannot_be_read_is_not_written_over(shelf: Shelf, tmp_path: Path) -> None:
    by_hand(tmp_path, "")
    file = tmp_path / "screens" / "hall.yaml"
    file.write_bytes("label: {vi: Sảnh, en: Hall}".encode("utf-16"))
    for does in (lambda: shelf.save("hall", screen(TREND), "", "An", AT), lambda: shelf.give_up("hall", "", "An", AT)):
        with pytest.raises(Refusal) as told:
            does()
        assert told.value.fault == "screen_unread"
    assert file.read_bytes() == "label: {vi: Sảnh, en: Hall}".encode("utf-16") and shelf.screens()["hall"] == settings(NUMBER)


def test_who_saves_the_same_is_not_overtaken(shelf: Shelf) -> None:
    first = shelf.save("hall", screen(TREND), "", "An", AT)
    assert shelf.save("hall", screen(TREND), "", "An", AT) == first and len(shelf.history("hall")) == 1
    shelf.give_up("hall", first.revision, "An", AT)
    with pytest.raises(Refusal) as told:
        shelf.give_up("hall", "", "An", AT)
    assert told.value.fault == "screen_no_file"


def test_a_damaged_state_is_not_written_over(shelf: Shelf, tmp_path: Path) -> None:
    revision = shelf.save("hall", screen(TREND), "", "An", AT).revision
    state = tmp_path / "screens" / "history" / "hall" / "000001.yaml"
    state.write_text("damaged", encoding="utf-8")
    shelf.save("hall", screen(NUMBER), revision, "An", AT)
    assert state.read_text(encoding="utf-8") == "damaged"
    assert [(each.number, each.how) for each in shelf.history("hall")] == [(3, "saved"), (2, "by_hand")]


def test_a_turn_of_what_is_gone_is_told_with_its_line(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "playlists").mkdir()
    text = "label: {vi: Sảnh, en: Hall}\nscreens:\n  - hall\n  - gone\n  - {screen: hall, of: nosuch}\n"
    (tmp_path / "playlists" / "all.yaml").write_text(text, encoding="utf-8")
    assert shelf.look() == {"all"}
    assert [(fault.line, fault.what) for fault in shelf.faults()] == [
        (4, "There is no screen “gone”."),
        (5, "“hall” is no template, so that it is “of” nothing."),
    ]


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
