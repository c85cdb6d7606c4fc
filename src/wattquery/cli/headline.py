"""`wattquery headline`: the paper's headline on instances under load, with real workloads beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wattquery.cli import completing
from wattquery.cli.examples import examples
from wattquery.cli.load_arguments import axis_value
from wattquery.cli.options import json_option, no_progress_option, threads_option
from wattquery.cli.output import aligned, echo, echo_json, number, progress_bar

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["headline_command"]

HELP = """Energy of a query to frontier models under load, and where the paper's 0.31 and 3.91 Wh lie.

Medians of a blend of three large models in FP8, the paper's queries first and real workloads after them.
"""


EXAMPLES = examples(
    {
        "wattquery headline": "at three loads, on four accelerators",
        "wattquery headline --hardware H100 --load 0.5 --workload azure_conversation": "",
    }
)


@click.command("headline", help=HELP, epilog=EXAMPLES)
@click.option(
    "--hardware",
    multiple=True,
    metavar="NAME",
    help="Accelerators; H100, H200, B200 and MI355X by default.",
    shell_complete=completing.hardware,
)
@click.option("--load", multiple=True, metavar="X", help="Loads, as in 0.3 or 30%,60%; 0.1, 0.5 and 1 by default.")
@click.option(
    "--workload",
    multiple=True,
    metavar="NAME",
    help="Workloads; all that ship by default.",
    shell_complete=completing.workloads,
)
@click.option("--boundary", default="facility", show_default=True, metavar="NAME", help="What is counted.")
@threads_option
@no_progress_option
@json_option
def headline_command(
    hardware: tuple[str, ...],
    load: tuple[str, ...],
    workload: tuple[str, ...],
    boundary: str,
    threads: int | None,
    no_progress: bool,
    as_json: bool,
) -> None:
    """Compute the headline under load."""
    from wattquery.paper import under_load

    given = {"hardware": hardware, "load": _loads(load), "workload": workload}
    chosen: dict[str, Any] = {name: list(value) for name, value in given.items() if value}
    with progress_bar("Computing", not no_progress) as progress:
        ds = under_load(boundary=boundary, threads=threads, progress=progress, **chosen)
    if as_json:
        echo_json(_records(ds))
    else:
        echo("\n".join([*_table(ds), "", *_where(ds), "", *_legend(ds)]))


def _loads(written: tuple[str, ...]) -> list[object]:
    """Return the numbers of all texts, each of which may have several with commas."""
    values = [axis_value("load", text) for text in written]
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _records(ds: xr.Dataset) -> dict[str, Any]:
    """Return plain values, with units in the names."""
    energy = [
        {
            "query": str(query),
            "hardware": str(hardware),
            "load": float(load),
            **{
                f"p{100.0 * float(level):g}_wh": float(
                    ds["energy"].sel(query=query, hardware=hardware, load=load, quantile=level)
                )
                for level in ds["quantile"].values
            },
            "mean_wh": float(ds["energy_mean"].sel(query=query, hardware=hardware, load=load)),
        }
        for query in ds["query"].values
        for hardware in ds["hardware"].values
        for load in ds["load"].values
    ]
    places = [
        {
            "query": str(query),
            "published_wh": float(ds["published"].sel(paper_query=query)),
            "hardware": str(hardware),
            "load": float(ds["matching_load"].sel(paper_query=query, hardware=hardware)),
        }
        for query in ds["paper_query"].values
        for hardware in ds["hardware"].values
    ]
    return {
        "energy": energy,
        "published_at": places,
        "attributes": {str(key): value for key, value in ds.attrs.items()},
    }


def _table(ds: xr.Dataset) -> list[str]:
    """Return a line for each query and accelerator, with the median and middle half at each load."""
    header = ["query", "hardware", *(f"at {100.0 * load:g} % [Wh]" for load in ds["load"].values)]
    rows: list[list[str]] = []
    for query in ds["query"].values:
        of_query = ds["energy"].sel(query=query)
        for name in ds["hardware"].values:
            cells = [_cell(of_query.sel(hardware=name, load=load)) for load in ds["load"].values]
            rows.append([str(query), str(name), *cells])
    return aligned(header, rows, text=(0, 1))


def _cell(energy: xr.DataArray) -> str:
    low, middle, high = (number(float(energy.sel(quantile=level)), 2) for level in (0.25, 0.5, 0.75))
    return f"{middle} ({low} to {high})"


def _where(ds: xr.Dataset) -> list[str]:
    """Return at which load the medians are the paper's, a line for each of its queries."""
    lines = []
    for query in ds["paper_query"].values:
        at = ds.sel(paper_query=query)
        places = [_place(at.sel(hardware=name), str(name)) for name in ds["hardware"].values]
        lines.append(f"The paper's {float(at['published']):g} Wh of a {query} query: {'; '.join(places)}.")
    return lines


def _place(ds: xr.Dataset, name: str) -> str:
    load = float(ds["matching_load"])
    if load == load:
        return f"{name} at {100.0 * load:.0f} % load"
    is_less = float(ds["median_by_load"][-1]) > float(ds["published"])
    return f"{name} at none, it takes {'more' if is_less else 'less'} at any"


def _legend(ds: xr.Dataset) -> list[str]:
    return [
        f"Medians and middle halves in Wh per query ({ds['energy'].attrs['boundary']} boundary), of a blend in equal",
        f"parts of {ds.attrs['models']} in FP8. Load: running sequences as a share of the most.",
    ]
