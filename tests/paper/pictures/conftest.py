"""All that the figures show, computed once by the exact method; public estimates are three made-up ones."""

from __future__ import annotations

import pandas as pd
import pytest

import wattquery as wq
from wattquery.paper.pictures import computing
from wattquery.paper.pictures.comparison import comparison

ESTIMATES = pd.DataFrame(
    {
        "group": ["comparator of the paper", "widely cited", "widely cited"],
        "subject": ["Low (comparator of the paper)", "<b>High</b>", "Same"],
        "model": ["Mixtral 8x22B", "frontier blend", "frontier blend"],
        "model_wh": [0.064, 0.31, 0.31],
        "ratio": [3.5, 21.0, 1.0],
    }
)


@pytest.fixture(scope="session")
def found():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(computing, "overstated", lambda *_, **__: ESTIMATES)
        preset = wq.catalog.preset("v2-code")
        return computing.computed(preset, None, method="exact", draws=None, seed=42, threads=1)


@pytest.fixture(scope="session")
def rows(found):
    return comparison(found)
