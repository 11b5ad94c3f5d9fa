"""Whatever is wrong in YAML is said all at once, with file, line and how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ioc.__main__ import main
from ioc.catalogue.load import load
from tests.office import CATALOGUE

CONFIG = "catalogue: office\ndata: var\nfeeds:\n  files:\n    kind: file\n    record: dossier\n"


def check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str] | None = None, config: str = CONFIG
) -> tuple[int, str]:
    """What ``ioc check`` says of the office with one change in its catalogue."""
    shutil.copytree(CATALOGUE, tmp_path / "office")
    path = tmp_path / "office" / "office.yaml"
    if change:
        text = path.read_text()
        assert change[0] in text
        path.write_text(text.replace(change[0], change[1], 1))
    (tmp_path / "config.yaml").write_text(config)
    code = main(["check", "--lang", "en", "--config", str(tmp_path / "config.yaml")])
    return code, capsys.readouterr().out


def test_a_sound_office_has_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = check(tmp_path, capsys)
    assert code == 0 and "no fault" in out


def test_a_derived_name_stands_for_its_expression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    derived = '    derived: {ended_at: "COALESCE(completed_at, due_at)", fast: ended_at <= due_at}\n    rules:\n'
    code, out = check(tmp_path, capsys, ("    rules:\n", derived))
    assert code == 0, out
    office = tmp_path / "office" / "office.yaml"
    office.write_text(office.read_text().replace("succeeds: completed_at <= due_at", "succeeds: fast"))
    assert load(office.parent).indicators["on_time"].succeeds == "((COALESCE(completed_at, due_at)) <= due_at)"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("succeeds: online\n", "succeds: online\n", "succeds: online", "Did you mean “succeeds”"),
        ("unit: days\n", "unit: dayz\n", "unit: dayz", "'dayz'"),
        ("value: fee\n", "value: fee\n    hide_below: 5\n", "hide_below: 5", "how many records it counts"),
        ("succeeds: online\n", "succeeds: onlin\n", "succeeds: onlin", "Did you mean “online”"),
        ("at: completed_at\n", "at: finished_at\n", "at: finished_at", "There is no field “finished_at”"),
        ("at: completed_at\n", "at: unit\n", "at: unit", "“unit” gives text, but a date is needed here"),
        ("horizon: 2025-12-31, source", "source", "online_2025", "“horizon” is missing"),
        ("indicator: online_rate, comparator", "indicator: online_rat, comparator", "online_2025", "Did you mean “online_rate”"),
        ("value: 80, horizon: 2025-12-31", "value: 180, horizon: 2025-12-31", "online_2025", "0 to 100 per cent"),
        ("\">=\", value: 80", "up, value: 80", "online_2025", "is for a change"),
        ("\">=\", value: 80", "\"<=\", value: 80", "online_2025", "the other way is better"),
        ("\">=\", value: 80, horizon: 2025-12-31", "\"=\", value: 80, horizon: 2027-12-31", "online_2027", "cannot both be met"),
        ("since: 2025-12-31", "since: 2028-01-01", "online_2027", "begins on or after its horizon"),
        ("since: 2025-12-31", "path: {shape: wavy}", "online_2027", "'linear', 'steps' or 'seasonal'"),
        ("since: 2025-12-31", "path: {shape: seasonal}", "online_2027", "“months” goes with"),
        ("since: 2025-12-31", "path: {shape: seasonal, months: [1, 2]}", "online_2027", "twelve weights"),
        ("since: 2025-12-31", "path: {points: {2028-06-30: 90}}", "online_2027", "does not lie between"),
        ("since: 2025-12-31", "since: 2025-12-31, path: {points: {2026-06-30: 90, 2026-12-31: 80}}", "online_2027", "goes back"),
        ("codes: channels, label", "codes: chanels, label", "channel:", "Did you mean “channels”"),
        ("dimensions: [unit, channel]", "dimensions: [unit, chanel]", "dimensions: [unit, chanel]", "Did you mean “channel”"),
        ("group: work\n", "group: wrok\n", "group: wrok", "Did you mean “work”"),
        ("check: \"due_at >= received_at\"", "check: \"due_at >= today\"", "check: \"due_at >= today\"", "do not go together"),
        ("at: completed_at\n", "at: GREATEST(date_of(completed_at), today)\n", "at: GREATEST", "changes with “today”"),
        ("    rules:\n", "    derived: {fast: completed_at < due_at, faster: fastest AND fast}\n    rules:\n", "derived: {", "There is no field “fastest”"),
        ("    rules:\n", "    derived: {unit: channel}\n    rules:\n", "derived: {", "is a field already"),
        ("    succeeds: online\n", "    counts: online\n    succeeds: online\n", "counts: online", "always 100 per cent"),
        ("    succeeds: online\n", "    counts: channel = 'counter'\n    succeeds: channel IN ('online')\n", "succeeds: channel", "Nothing that counts can succeed"),
        ("    succeeds: online\n", "    counts: fee > 1 AND channel IN ('online')\n    succeeds: channel IN ('online', 'counter')\n", "counts: fee", "always 100 per cent"),
        ("    succeeds: online\n", "    succeeds: online\n    versions: [{valid_to: 2025-12-31, formula: {vi: a, en: a}, source: {vi: a, en: a}}]\n", "versions:", "does not say from when on"),
        ("    succeeds: online\n", "    succeeds: online\n    valid_from: 2026-01-02\n    versions: [{valid_to: 2025-12-31, formula: {vi: a, en: a}, source: {vi: a, en: a}}]\n", "versions:", "leaves days without any formula before the next, which begins on"),
        ("    succeeds: online\n", "    succeeds: online\n    valid_from: 2025-12-31\n    versions: [{valid_to: 2025-12-31, formula: {vi: a, en: a}, source: {vi: a, en: a}}]\n", "versions:", "overlaps with the one after it"),
        ("    succeeds: online\n", "    succeeds: online\n    valid_from: 2026-01-01\n    versions: [{valid_to: 2025-12-31, succeeds: onlin, formula: {vi: a, en: a}, source: {vi: a, en: a}}]\n", "versions:", "Did you mean “online”"),
        ("root: office}", "root: office, office_hours: [{from: '12:00', to: '08:00'}]}", "office_hours", "end at 08:00"),
        ("root: office}", "root: office, office_hours: [{from: '08:00', to: '12:00'}, {from: '11:00', to: '17:00'}]}", "office_hours", "overlap"),
        ("codes:\n", "calendar:\n  2026-11-24: {kind: holiday, name: {vi: a, en: a}}\n  2026-11-24: {kind: worked, name: {vi: a, en: a}}\ncodes:\n", "  2026-11-24: {kind: worked", "stands here a second time"),
        ("codes:\n", "calendar:\n  2026-11-24: {kind: worked, name: {vi: a, en: a}}\ncodes:\n", "  2026-11-24:", "is worked anyhow"),
        ("kind: room, parent: office, valid_from: 2020-01-01", "kind: room, parent: office, valid_from: 2020-01-01, valid_to: 2024-12-31, successors: [b, office]", "successors", "cannot belong to both"),
        ("kind: room, parent: office, valid_from: 2020-01-01", "kind: room, parent: office, valid_from: 2020-01-01, successors: [b]", "successors", "but no end"),
        ("kind: room, parent: office, valid_from: 2020-01-01", "kind: room, parent: office, valid_from: 2020-01-01, valid_to: 2019-01-01, successors: [b]", "successors", "does not exist on the day after"),
        ("{indicator: online_rate, points:", "{indicator: score, points:", "score:", "made of itself"),
        ("of: strength", "of: growth", "growth:", "made of itself"),
        ("Asia/Ho_Chi_Minh", "Asia/Hanoi", "Asia/Hanoi", "is not a time zone"),
        ("parent: office,", "parent: offise,", "parent: offise", "Did you mean “office”"),
        ("  strength:\n", "  trained:\n", "  trained:", "a second time"),
        ("value: days_between(received_at, completed_at)", "value: days_between(due_at, received_at)", "value: days", "“due_at” is never before “received_at”"),
        ("value: days_between(received_at, completed_at)", "value: working_days_between(date_of(due_at), date_of(received_at))", "value: working", "Write the earlier one first"),
        ("measure: median", "measure: percentile", "median_days:", "“percentile” goes with"),
        ("measure: median", "measure: median\n    counts: date_of(due_at) < period_end", "counts: date_of", "A median has no period that could end"),
        ("check: \"due_at >= received_at\"", "check: \"date_of(due_at) >= period_end\"", "check: \"date_of", "A rule of records has no period"),
        ("required: true, past: true", "required: maybe, past: true", "received_at:", "boolean"),
    ],
)  # fmt: skip
def test_each_fault_names_its_line_and_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: str, said: str
) -> None:
    code, out = check(tmp_path, capsys, (old, new))
    assert code == 2
    found = next((text for text in out.splitlines() if said in text), None)
    assert found, out
    number = int(found.split(":")[1])
    lines = (tmp_path / "office" / "office.yaml").read_text().splitlines()
    assert any(line.strip() in text for text in lines[number - 2 : number + 1]), (number, found)


def test_all_faults_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = "catalogue: office\nport: 8050\nfeeds:\n  files:\n    kind: fiel\n    record: dosier\n    mapping: {fields: {idd: x}}\n"
    code, out = check(tmp_path, capsys, ("succeeds: online\n", "succeeds: onlin\n"), config)
    assert code == 2
    assert "onlin" in out and "“port”" in out


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        ("{kind: fiel, record: dossier}", "Did you mean “file”"),
        ("{kind: file, record: dosier}", "Did you mean “dossier”"),
        ("{kind: file, record: dossier, mapping: {fields: {id: x, unt: y}}}", "Did you mean “unit”"),
        ("{kind: file, record: dossier, mapping: {fields: {id: x}}}", "“received_at” is mapped to nothing"),
        (
            "{kind: file, record: dossier, mapping: {fields: {id: x, received_at: y, unit: {from: u, before: {2026-01-01: {x: c}}}}}}",
            "“c” is not a code of units",
        ),
        ("{kind: file, record: dossier, options: {delimeter: x}}", "Did you mean “delimiter”"),
        ("{kind: file, record: dossier, options: {path: '${NO_SUCH_NAME}'}}", "NO_SUCH_NAME"),
        ("{kind: file, record: dossier, schedule: {every: 1h}}", "never asked"),
        ("{kind: file, record: dossier, fresh: -2h}", "“-2h” is not a length of time"),
        ("{kind: file, record: dossier, timeout: -5m}", "“-5m” is not a length of time"),
        ("{kind: push, record: dossier, options: {token: a-long-token}, schedule: {every: 1h}}", "never asked"),
    ],
)
def test_a_feed_that_cannot_work_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], feed: str, said: str) -> None:
    code, out = check(tmp_path, capsys, None, f"catalogue: office\nfeeds:\n  one: {feed}\n")
    assert code == 2 and said in out, out


def test_an_id_in_two_files_names_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(CATALOGUE, tmp_path / "office")
    (tmp_path / "office" / "more.yaml").write_text("units:\n  b: {label: {vi: B, en: B}, kind: x, valid_from: 2020-01-01}\n")
    (tmp_path / "config.yaml").write_text(CONFIG)
    assert main(["check", "--lang", "en", "--config", str(tmp_path / "config.yaml")]) == 2
    out = capsys.readouterr().out
    assert "office/office.yaml:" in out and "office/more.yaml:2" in out


@pytest.mark.parametrize(("text", "said"), [("a: [", "Not valid YAML"), ("a: b: c", "Not valid YAML"), ("\t- x", "Not valid YAML")])
def test_broken_yaml_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    assert main(["check", "--lang", "en", "--config", str(tmp_path / "config.yaml")]) == 2
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "config", "said"),
    [
        (("succeeds: online\n", "succeeds: onlin\n    colour: red\n"), CONFIG, ("“colour”", "Did you mean “online”")),
        (None, CONFIG.replace("kind: file", "kind: fiel") + "languge: vi\n", ("“languge”", "Did you mean “file”")),
    ],
)
def test_what_does_not_hold_together_hides_no_other_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str] | None, config: str, said: tuple[str, ...]
) -> None:
    code, out = check(tmp_path, capsys, change, config)
    assert code == 2 and all(words in out for words in said), out


def test_what_hangs_on_a_faulty_entry_is_no_fault_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = check(tmp_path, capsys, ("completed_at: {type: timestamp", "completed_at: {type: timestam"))
    assert code == 2 and out.count("office.yaml:") == 1, out


BROKEN = """\
catalogue: office
languge: vi
feeds:
  shop: {kind: http, record: dossier, options: {url: shop.vn}, timeout: 5}
  hall: {kind: file, record: dossier, schedule: {every: 1h, at: "07:30"}}
server: {port: 70000}
logs: {level: all}
reports: {monthly: {label: {vi: A, en: A}, body: {vi: B, en: B}, sections: []}}
"""


TOLD = [
    "config.yaml:2: Không có khóa “languge”. Ý bạn là “language” hoặc “catalogue”?",
    "config.yaml:4: feeds.shop.timeout: “5” không phải khoảng thời gian; hãy viết như 30s, 5m, 2h hoặc 1d; đang ghi 5.",
    "config.yaml:5: feeds.hall.schedule: hãy ghi đúng một trong “every”, “cron” và “at”.",
    "config.yaml:6: server.port: không được quá 65535; đang ghi 70000.",
    "config.yaml:7: logs.level: phải là 'debug', 'info', 'warning' hoặc 'error'; đang ghi 'all'.",
    "config.yaml:8: reports.monthly.sections: cần ít nhất 1 mục, hiện có 0; đang ghi [].",
    "config.yaml:8: Thiếu “place” trong reports.monthly. Hãy thêm khóa này.",
    "office/office.yaml:53: Không có trường “onlin”. Ý bạn là “online”?",
]


def test_faults_are_told_in_vietnamese_with_the_line_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(CATALOGUE, tmp_path / "office")
    path = tmp_path / "office" / "office.yaml"
    path.write_text(path.read_text().replace("succeeds: online\n", "succeeds: onlin\n", 1))
    config = tmp_path / "config.yaml"
    config.write_text(BROKEN)
    assert main(["check", "--config", str(config)]) == 2, "in Vietnamese, where no other language is named"
    told = capsys.readouterr()
    assert told.out.replace(f"{tmp_path}/", "").splitlines() == TOLD, told.out
    assert told.err == f"Có {len(TOLD)} lỗi.\n"
    assert main(["run", "--config", str(config)]) == 2
    assert capsys.readouterr().err.replace(f"{tmp_path}/", "").splitlines() == TOLD, "what keeps the server from starting too"
    config.write_text("language: en\ncatalog: office\n")
    assert main(["check", "--config", str(config)]) == 2 and "Unknown key “catalog”." in capsys.readouterr().out
