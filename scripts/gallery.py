"""Takes the pictures of docs/gallery from the demonstration ministry: ``make gallery``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "gallery"
CHROMIUM = "/usr/bin/chromium"
# Whenever pictures are taken, they show walls as they are by day.
DAY = ".ioc-wall-night { display: none }"
# name, address, width, height
PICTURES = (
    ("overview", "/wall/ministry?hold=overview", 1920, 1080),
    ("public-services", "/wall/ministry?hold=public_services", 1920, 1080),
    ("documents-light", "/wall/ministry?hold=documents&theme=light", 1920, 1080),
    ("satisfaction", "/wall/ministry?hold=satisfaction", 1920, 1080),
    ("people-english", "/wall/ministry?hold=people&lang=en&theme=light", 1920, 1080),
    ("milestones", "/wall/ministry?hold=milestones", 1920, 1080),
    ("score-766", "/wall/ministry?hold=score_766&lang=en", 1920, 1080),
    ("department", "/wall/departments?hold=department:vieclam", 1920, 1080),
    ("video-wall", "/wall/ministry?hold=overview", 3840, 1080),
    ("targets", "/", 1920, 1080),
    ("indicator", "/indicators/dossiers_on_time", 1920, 1080),
    ("phone", "/screens/overview", 390, 844),
)


@contextmanager
def ministry() -> Iterator[str]:
    """The demonstration ministry on a free port, with three years of records."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "ioc", "run", "--demo", "--port", "0"]
        process = subprocess.Popen(
            command, env=os.environ | {"IOC_DATA": data}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1].rstrip("/")
            while "records in" not in process.stdout.readline():
                pass  # the past is being made
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with ministry() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, path, width, height in PICTURES:
            context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
            page = context.new_page()
            page.goto(address + path)
            page.wait_for_timeout(3000)
            page.add_style_tag(content=DAY)
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
            print(f"docs/gallery/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
