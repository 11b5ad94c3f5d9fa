"""Timing and the report: medians of several tries, and one line for each figure."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

RESULTS = Path(__file__).parent / "results.md"


def milliseconds(work: Callable[[], object], tries: int = 9) -> float:
    """The median time of some tries, after one that is not counted."""
    work()
    taken = []
    for _ in range(tries):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def processor(work: Callable[[], object], tries: int = 9) -> float:
    """The median of the processor's own time in milliseconds, which other work on the machine lengthens least."""
    work()
    taken = []
    for _ in range(tries):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken)


def compared(ours: Callable[[], object], theirs: Callable[[], object], tries: int = 25) -> tuple[float, float]:
    """The median times of two pieces of work, done in turn, so that what else the machine does weighs on both."""
    ours(), theirs()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(tries):
        for work, times in zip((ours, theirs), taken, strict=True):
            start = time.perf_counter()
            work()
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def machine() -> str:
    """The size of the machine."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores, {pages * page / 2**30:.0f} GiB, Python {platform.python_version()}"


def say(part: str, figure: str, value: str, promise: str) -> None:
    """Print a figure, and add it to the results."""
    line = f"| {part} | {figure} | {value} | {promise} |"
    print(line, flush=True)
    if not RESULTS.exists():
        head = "# Figures\n\nMade by `make bench`. Ratios were taken in one run each; a shared machine moves them by some ten per cent.\n\n"
        RESULTS.write_text(f"{head}| part | figure | value | promise |\n|---|---|---|---|\n", encoding="utf-8")
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
