"""Histograms in a store: the window of the energy lattice that holds all cells, known before any of them is solved.

A Dataset in memory has the bins that something fell into. A store is laid out before that is known, and has those that
something might fall into: more of them, at both ends, which hold nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from wattquery.plans.plan import Plan
from wattquery.plans.tiles import windows
from wattquery.stores.boxes import Box
from wattquery.sweeps.blockwise.window import Window
from wattquery.sweeps.blockwise.work import study_of_box
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["BYTES_OF_A_BIN", "cell_with_data", "window_of"]

BYTES_OF_A_BIN = {"exact": 8, "monte_carlo": 8, "quasi_monte_carlo": 16}
"""Of a cell by method: its mass, and what replicates disagree by."""

EXACT_REACH = 0.5
"""Exact masses are followed to 1e-16, where draws beyond 1e-9 are not looked for: by how much that is wider at each
end, as a share of the window of draws. Half as much would do for normals."""


def window_of(study: Study, settings: Settings, boxes: Iterable[Box]) -> Window | None:
    """Return the window that holds all cells of some boxes; None where none has data.

    Parameters
    ----------
    study, settings
        What to compute, and how.
    boxes
        The boxes, of which one is looked at after the other.
    """
    found: Window | None = None
    wider = EXACT_REACH if settings.method == "exact" else 0.0
    for box in boxes:
        for cells in windows(_plan(study, settings, box)):
            more = np.ceil(wider * cells[:, 1]).astype(np.int64)
            low, high = cells[:, 0] - more, cells.sum(axis=1) + more
            found = Window(int(low.min()), int(high.max())).with_other(found)
    return found


def cell_with_data(study: Study, settings: Settings, boxes: Iterable[Box]) -> Box | None:
    """Return a box of one cell, the first of some boxes that has data; None where none has."""
    for box in boxes:
        cells = _plan(study, settings, box).cells
        if cells.size:
            place = np.unravel_index(int(cells[0]), box.shape)
            starts = tuple(start + int(i) for start, i in zip(box.starts, place, strict=True))
            return Box(0, starts, tuple(start + 1 for start in starts), box.share / box.size)
    return None


def _plan(study: Study, settings: Settings, box: Box) -> Plan:
    return prepare(study_of_box(study, box.ranges), replace(settings, threads=1), ask_memory=False).plan
