"""Makes exports: builds what is ordered, writes it in its form, seals it, enters it in the register. All of it, or nothing."""

from __future__ import annotations

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from ioc.access.viewer import Viewer
from ioc.clock import Clock
from ioc.config import ExportSettings
from ioc.errors import IocError, Refusal
from ioc.exports.collect import exhibit_of
from ioc.exports.csv_file import write_csv
from ioc.exports.exhibit import Exhibit, Mark, Part
from ioc.exports.file_names import file_name
from ioc.exports.json_file import write_json
from ioc.exports.listings import DrawPage, listing_of
from ioc.exports.order import Format, Order
from ioc.exports.progress import Progress
from ioc.exports.register import Entry, Register, new_code
from ioc.exports.signing.findings import Verdict
from ioc.exports.subject import Page
from ioc.views.gather import Gatherer

# Below the data folder: one folder for each export, called after its code.
FOLDER = "exports"
CHUNK = 1 << 20


class Draws(Protocol):
    """Draws pictures and PDF."""

    def draw(self, exhibit: Exhibit, order: Order) -> bytes:
        """The file's content. Raises IocError."""
        ...


class Seals(Protocol):
    """Signs files."""

    def seal(self, file: Path, now: datetime, language: str) -> str:
        """Sign a file where it is, or put the signature beside it; tells who has signed. Raises IocError."""
        ...

    def verify_file(self, file: Path, now: datetime) -> Verdict:
        """Judge a file by the signatures in it or beside it. Raises IocError or OSError."""
        ...


class Binds(Protocol):
    """Binds reports."""

    def bind(self, order: Order, viewer: Viewer, mark: Mark, progress: Progress) -> tuple[Exhibit, Callable[[Path], object]]:
        """What is told of a report, and what writes it. Raises IocError."""
        ...


@dataclass(frozen=True)
class Exporter:
    """Makes exports of one deployment.

    Attributes:
        views: where numbers come from.
        register: where exports are entered.
        data: the data folder; files are kept below it.
        settings: what ``config.yaml`` says about exports.
        address: tells under what address this deployment is reached.
        draws: draws pictures; None where there is nothing to draw with.
        seals: signs; None where nothing is there to sign with.
        binder: binds reports; None where there is nothing to print them with.
        slides: the template of slides; None for the one that comes with the library.
        pages: draws pages of which tables are taken; None where no pages are drawn.
    """

    views: Gatherer
    register: Register
    data: Path
    clock: Clock
    settings: ExportSettings
    address: Callable[[], str]
    draws: Draws | None = None
    seals: Seals | None = None
    binder: Binds | None = None
    slides: Path | None = None
    pages: DrawPage | None = None

    def make(self, order: Order, viewer: Viewer, progress: Progress | None = None) -> Entry:
        """Make what is ordered. Raises IocError; then nothing is left behind."""
        progress = progress or Progress()
        viewer = replace(viewer, language=order.language)
        made_at, code = self.clock.now(), new_code()
        classification = self.settings.classification.of(order.language) if self.settings.classification else ""
        mark = Mark(code, f"{self.address()}/verify/{code}", viewer.name, made_at, classification)
        exhibit, write = self._prepared(order, viewer, mark, progress)
        progress.of = progress.of or sum(table.count for table in exhibit.tables)
        name = file_name(exhibit.title, made_at, exhibit.zone, order.format)
        with self._folder(code) as folder:
            file = folder / name
            write(file)
            entry = _entry(exhibit, order, viewer, file)
            if order.sign:
                entry = replace(entry, signed_by=self._signed(file, made_at, order.language))
            progress.check()
            entry = replace(entry, size=file.stat().st_size, sha256=fingerprint(file))
            self.register.add(entry)
        return entry

    def _prepared(self, order: Order, viewer: Viewer, mark: Mark, progress: Progress) -> tuple[Exhibit, Callable[[Path], object]]:
        """What is exported, and what writes it. Raises IocError."""
        if order.subject.page is Page.REPORT:
            if self.binder is None:
                raise Refusal("export_undrawn", 501)
            return self.binder.bind(order, viewer, mark, progress)
        exhibit = replace(self._exhibit(order, viewer), mark=mark)
        if order.format is Format.PPTX:
            from ioc.exports.deck import write_pptx

            picture = partial(self._picture, order, viewer)
            return exhibit, lambda file: file.write_bytes(write_pptx(exhibit, self.slides, picture))
        return exhibit, lambda file: self.write(exhibit, order, file, progress)

    def _exhibit(self, order: Order, viewer: Viewer) -> Exhibit:
        if order.subject.page is not Page.LISTING:
            return exhibit_of(self.views, viewer, order.subject, order.as_of)
        if self.pages is None:
            raise Refusal("export_undrawn", 501)
        return listing_of(self.views, self.pages, viewer, order.subject, order.as_of)

    def _picture(self, order: Order, viewer: Viewer, exhibit: Exhibit, part: Part) -> bytes | None:
        """A part as it is drawn on screen, for a slide that has no chart of its kind; None where nothing draws."""
        if self.draws is None or not part.id:
            return None
        alone = exhibit
        if len(exhibit.parts) > 1 and exhibit.subject.page in {Page.SCREEN, Page.INDICATOR}:
            alone = exhibit_of(self.views, viewer, replace(exhibit.subject, part=part.id), order.as_of)
        return self.draws.draw(replace(alone, mark=exhibit.mark), replace(order, format=Format.PNG, width=1600, height=820, scale=1))

    def write(self, exhibit: Exhibit, order: Order, file: Path, progress: Progress) -> None:
        """Write an exhibit as a file. Raises IocError or OSError."""
        if order.format is Format.XLSX:
            from ioc.exports.xlsx import write_xlsx

            write_xlsx(exhibit, file, progress)
        elif order.format is Format.CSV:
            write_csv(exhibit, file, order.separators, progress)
        elif order.format is Format.JSON:
            write_json(exhibit, file, progress)
        elif self.draws is None:
            raise Refusal("export_undrawn", 501)
        else:
            file.write_bytes(self.draws.draw(exhibit, order))

    def file(self, entry: Entry) -> Path | None:
        """The file of an export, as long as it is kept."""
        file = self.data / FOLDER / entry.code / entry.file
        return file if file.is_file() else None

    def tidy(self) -> None:
        """Let go of files and entries that have been kept for as long as they are to be. Raises StoreError."""
        now = self.clock.now()
        for entry in self.register.forget(now - self.settings.keep):
            shutil.rmtree(self.data / FOLDER / entry.code, ignore_errors=True)
        oldest = (now - self.settings.keep_files).timestamp()
        for folder in (self.data / FOLDER).glob("????-????"):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)

    def _signed(self, file: Path, now: datetime, language: str) -> str:
        if self.seals is None:
            raise Refusal("export_unsigned", 501)
        return self.seals.seal(file, now, language)

    @contextmanager
    def _folder(self, code: str) -> Iterator[Path]:
        """A folder that is called after its code when all is done, and is gone when anything went wrong."""
        home = self.data / FOLDER
        made: Path | None = None
        try:
            home.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=".", dir=home))
            yield made
            made.rename(home / code)
        except OSError as error:
            raise _of_disk(error, home) from error
        finally:
            if made and made.exists():
                shutil.rmtree(made, ignore_errors=True)


def fingerprint(file: Path) -> str:
    """The SHA-256 of a file."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _entry(exhibit: Exhibit, order: Order, viewer: Viewer, file: Path) -> Entry:
    mark = exhibit.mark
    assert mark is not None
    return Entry(
        code=mark.code,
        made_at=mark.made_at,
        made_by=viewer.name,
        scope=viewer.scope,
        subject=str(exhibit.subject),
        title=exhibit.title,
        period=exhibit.period,
        filters="; ".join(f"{dimension}: {codes}" for dimension, codes in exhibit.filters),
        version=exhibit.version,
        at=exhibit.at,
        as_of=exhibit.as_of,
        format=order.format,
        language=order.language,
        file=file.name,
        size=0,
        sha256="",
        simulated=exhibit.simulated,
        classification=mark.classification,
        records=exhibit.records,
    )


def _of_disk(error: OSError, home: Path) -> IocError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Refusal("export_full", 507, folder=home)
    return Refusal("export_unwritten", 500, folder=home, why=error.strerror or error)
