"""Exports: pictures of a tile and of a screen, paper, and workbooks of long lists; beside Plotly's own way to pictures."""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.report import say
from ioc.catalogue.model import Unit
from ioc.catalogue.period import Period
from ioc.exports.browser import Pool
from ioc.exports.csv_file import write_csv
from ioc.exports.exhibit import Column, Exhibit, Kind, Mark, Part, Table
from ioc.exports.order import Format, Order
from ioc.exports.progress import Progress
from ioc.exports.studio import Studio
from ioc.exports.subject import Page, Subject
from ioc.exports.xlsx import write_xlsx
from ioc.goals.status import Status
from ioc.views.model import Point, TileView

AT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
PICTURES, AT_ONCE = 30, 20
# LibreOffice is compared with up to so many rows.
OFFICE_ROWS = 100_000


class Rows:
    """So many made-up records, never all at once."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        for key in range(self.count):
            yield (
                f"G09-{key:09}",
                "Cục Việc làm",
                "Giải quyết trợ cấp thất nghiệp",
                AT,
                AT.date(),
                Decimal(key % 90),
                "Trực tuyến",
                "Đang xử lý",
            )


def exhibit(tables: tuple[Table, ...], view: object = None) -> Exhibit:
    mark = Mark("K7QF-3MXN", "http://127.0.0.1:8050/verify/K7QF-3MXN", "Nguyễn Thị Lan", AT)
    return Exhibit(
        Subject(Page.OVERVIEW),
        "Hồ sơ xử lý hoàn toàn trực tuyến",
        "Bộ Nội vụ",
        "vi",
        ZoneInfo("Asia/Ho_Chi_Minh"),
        17,
        AT,
        AT,
        None,
        True,
        (Part("records", "records", "Hồ sơ", tables=tables),),
        mark=mark,
        view=view,
    )


def tile() -> TileView:
    months = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(24)]
    trend = tuple(Point(day, day.replace(day=28), Decimal(80 + n), Decimal(100), Decimal(60) + n) for n, day in enumerate(months))
    value = Decimal("83.4")
    return TileView(
        "x",
        "Hồ sơ xử lý hoàn toàn trực tuyến",
        "Vụ",
        Unit.PERCENT,
        1,
        "up",
        value,
        value,
        value,
        Status.NO_GOAL,
        None,
        (),
        trend,
        None,
        AT,
        False,
        Period(date(AT.year, 1, 1), AT.date()),
    )


def seconds(make: Callable[[], object], times: int) -> list[float]:
    """How long each took, the shortest first."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        make()
        found.append(time.perf_counter() - begun)
    return sorted(found)


def run(folder: Path, rows: int) -> None:
    """Measure, and say."""
    _pictures()
    for count in (100_000, rows):
        _sheets(folder, count)


def _pictures() -> None:
    from ioc.press import laid
    from layouts.exports.page import drawing_page, print_letters

    pool = Pool(None, 2, 60, drawing_page)
    studio, shown = Studio(pool, laid, print_letters), exhibit((), tile())
    picture = Order(Subject(Page.OVERVIEW), Format.PNG)
    try:
        cold = seconds(lambda: studio.draw(shown, picture), 1)[0]
        warm = seconds(lambda: studio.draw(shown, picture), PICTURES)
        say("exporting", "PNG of a tile 1920x1080, first / p50 / p95", f"{cold:.2f} s / {_at(warm, 0.5)} / {_at(warm, 0.95)}", "")
        begun = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as many:
            list(many.map(lambda _: studio.draw(shown, picture), range(AT_ONCE)))
        say("exporting", f"{AT_ONCE} at once", f"{time.perf_counter() - begun:.2f} s", "")
        for form, name in ((Format.SVG, "SVG"), (Format.PDF, "PDF")):
            found = seconds(lambda form=form: studio.draw(shown, Order(Subject(Page.OVERVIEW), form)), 10)
            say("exporting", f"{name} of a tile, p50", _at(found, 0.5), "")
        large = seconds(lambda: studio.draw(shown, Order(Subject(Page.OVERVIEW), Format.PNG, scale=4)), 3)
        say("exporting", "PNG of a tile 7680x4320, p50", _at(large, 0.5), "")
    finally:
        pool.close()
    _plainly()


def _plainly() -> None:
    """``fig.write_image`` of a plain line, where kaleido is installed."""
    with contextlib.suppress(ImportError):
        import kaleido  # noqa: F401
        import plotly.graph_objects as go

        figure = go.Figure(go.Scatter(y=list(range(24))))
        with tempfile.TemporaryDirectory() as home:
            found = seconds(lambda: figure.write_image(Path(home) / "x.png", width=1920, height=1080), 3)
        say("exporting", "plain fig.write_image 1920x1080, p50", _at(found, 0.5), "")


def _sheets(folder: Path, count: int) -> None:
    columns = tuple(
        Column(f"c{n}", f"Cột {n}", kind)
        for n, kind in enumerate((Kind.TEXT,) * 3 + (Kind.MOMENT, Kind.DAY, Kind.NUMBER, Kind.TEXT, Kind.TEXT))
    )
    shown = exhibit((Table("Hồ sơ", columns, Rows(count), count),))
    home = folder / "exporting"
    home.mkdir(parents=True, exist_ok=True)
    for form, write in (
        ("XLSX", lambda: write_xlsx(shown, home / "x.xlsx", Progress())),
        ("CSV", lambda: write_csv(shown, home / "x.csv", "vi", Progress())),
    ):
        with _peak() as peak:
            begun, used = time.perf_counter(), time.process_time()
            write()
            took, used = time.perf_counter() - begun, time.process_time() - used
        if form == "CSV" and count <= OFFICE_ROWS:
            _office(home)
        say("exporting", f"{form} of {count:,} rows x 8", f"{took:.1f} s ({used:.1f} s of the processor), {peak()} MB more memory", "")
    shutil.rmtree(home)


def _office(home: Path) -> None:
    """LibreOffice, where it is installed, makes a workbook of the same rows."""
    if program := shutil.which("soffice"):
        command = [program, "--headless", f"-env:UserInstallation=file://{home}/office", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
        (home / "other").mkdir(exist_ok=True)
        begun = time.perf_counter()
        subprocess.run([*command, "--outdir", str(home / "other"), str(home / "x.csv")], check=True, capture_output=True)
        say("exporting", "LibreOffice makes XLSX of the CSV", f"{time.perf_counter() - begun:.1f} s", "")


@contextlib.contextmanager
def _peak() -> Iterator[Callable[[], int]]:
    """By how many MB the memory of this process grew at most meanwhile."""
    before, most, over = _memory(), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], _memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: max(most[0] - before, 0)
    finally:
        over.set()
        thread.join()


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() >> 20


def _at(found: list[float], share: float) -> str:
    return f"{found[min(int(len(found) * share), len(found) - 1)] * 1000:.0f} ms"
