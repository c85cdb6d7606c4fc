"""Draw the pictures of `paper-figures.md`, with the exact method.

    python docs/paper_figures.py

It takes half a minute. The pictures are those of ``wattquery reproduce --method exact --figures DIR``, smaller.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path

from PIL import Image

import wattquery as wq
from wattquery.paper.pictures.computing import computed
from wattquery.paper.pictures.drawing import drawn
from wattquery.paper.pictures.listing import FIGURES

HERE = Path(__file__).parent
SHOWN = ("figure-1a", "figure-1b", "figure-2a", "figure-2b", "figure-3", "supplement-input-length-long")
COLOURS = 48
"""That keep edges smooth; a picture of so few takes a third of the room."""


def main() -> None:
    """Write a picture for each figure that the page shows."""
    argparse.ArgumentParser(description="Draw the pictures of paper-figures.md.").parse_args()
    found = computed(wq.catalog.preset("v2-code"), None, method="exact", draws=None, seed=42, threads=None)
    for figure in FIGURES:
        if figure.name in SHOWN:
            written = BytesIO()
            drawn(figure, found).savefig(written, format="png", dpi=95)
            picture = Image.open(written).convert("RGB").quantize(COLOURS)
            picture.save(HERE / f"paper-{figure.name}.png", optimize=True)


if __name__ == "__main__":
    main()
