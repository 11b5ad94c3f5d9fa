"""What is wrong with the files of outlines that screens name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ioc.catalogue.model import Catalogue
from ioc.catalogue.screens import Screens
from ioc.errors import Fault, Said
from ioc.views.geometry import NoMap, outlines
from ioc.views.labels import code_labels


def map_faults(screens: Screens, catalogue: Catalogue) -> Iterator[Fault]:
    """Every file that cannot be used, as a fault of its own."""
    for name, screen in screens.items():
        for panel in screen.panels:
            if panel.geojson and panel.indicator:
                try:
                    outlines(Path(panel.geojson), code_labels(catalogue, panel.indicator, panel.dimension or "", "vi"))
                except NoMap as error:
                    what = Said("As a map of the screen “{name}” this cannot be used: {why}.", name=name, why=error.why)
                    yield Fault(panel.geojson, 1, what, Said("See docs/reference/screens.md, geojson."))
