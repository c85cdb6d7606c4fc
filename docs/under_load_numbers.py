"""Compute the tables and the picture of `under-load.md`, with the exact method.

    python docs/under_load_numbers.py            prints the tables
    python docs/under_load_numbers.py --write    puts them into the page, and draws its picture
    python docs/under_load_numbers.py --check    exits with 1 if the page says something else

It takes half a minute, and needs nothing but the package; the picture needs its extra ``plot``.
"""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path

import xarray as xr
from choices_numbers import put
from package_tables import markdown_table

import wattquery as wq

PAGE = Path(__file__).with_name("under-load.md")
PICTURE = Path(__file__).with_name("under-load.png")


@cache
def headline() -> xr.Dataset:
    return wq.paper.under_load()


def energies() -> list[str]:
    """Return median and middle half of each query, accelerator and load."""
    ds = headline()
    rows = []
    for query in ds["query"].values:
        for hardware in ds["hardware"].values:
            cells = []
            for load in ds["load"].values:
                energy = ds["energy"].sel(query=query, hardware=hardware, load=load)
                low, middle, high = (float(energy.sel(quantile=level)) for level in (0.25, 0.5, 0.75))
                cells.append(f"{middle:.2g} ({low:.2g} to {high:.2g})")
            rows.append((str(query), str(hardware), *cells))
    header = ("query", "accelerator", *(f"{100.0 * load:g} % load [Wh]" for load in ds["load"].values))
    return markdown_table(header, rows, numbers=3)


def matching() -> list[str]:
    """Return the load at which the medians are those that the paper published."""
    ds = headline()
    rows = []
    for query in ds["paper_query"].values:
        at = ds.sel(paper_query=query)
        cells = []
        for hardware in ds["hardware"].values:
            load = float(at["matching_load"].sel(hardware=hardware))
            cells.append(f"{100.0 * load:.0f} %" if load == load else "none: more at any")
        rows.append((str(query), f"{float(at['published']):g}", *cells))
    return markdown_table(("query", "published [Wh]", *map(str, ds["hardware"].values)), rows, numbers=5)


TABLES = {"matching": matching, "energies": energies}


def main() -> int:
    parser = argparse.ArgumentParser(description="Compute the tables of under-load.md.")
    parser.add_argument("--write", action="store_true", help="put them into the page, and draw its picture")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the page says something else")
    arguments = parser.parse_args()
    before = page = PAGE.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        lines = table()
        if arguments.write or arguments.check:
            page = put(page, name, lines)
        else:
            print(f"{name}:", *lines, "", sep="\n", flush=True)
    if arguments.write:
        from wattquery.plot.load_headline import load_headline

        PAGE.write_text(page, encoding="utf-8")
        load_headline(headline()).savefig(PICTURE, dpi=150)
    if arguments.check and page != before:
        print(f"{PAGE.name} differs from what is computed; run with --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
