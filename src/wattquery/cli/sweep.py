"""`wattquery sweep`: a grid from a TOML file, to a file, a table or JSON."""

from __future__ import annotations

import inspect
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli.conversions import asked, check_in_memory, conversion_options, converted, is_random, report, section
from wattquery.cli.examples import example_option, examples
from wattquery.cli.file_options import force_option, output_option, scheduler_option, store_option
from wattquery.cli.options import SPEC_AXES, PathType, axis_options, load_options, run_options, study_options
from wattquery.cli.output import aligned, echo, echo_json, number, progress_bar
from wattquery.cli.results import deliver
from wattquery.cli.saving import destination
from wattquery.cli.tables import joined
from wattquery.cli.wrong_files import takes

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["sweep_command"]

_ROWS = 40
_NOT_WRITTEN = ("progress", "client", "lazy", "storage_options")
"""Arguments of a sweep that no file has: what secrets a store takes is said where nobody reads it by chance."""

_NOT_AXES = ("quantile", "bin", "replicate", "node")


HELP = """Compute the energy of one query in every cell of the grid that SPEC.toml describes.

Its keys are the arguments of wattquery.sweep: a list or a table becomes an axis, and model = "ALL" stands for
all models of the catalog. Options given here replace what it says.
"""


EXAMPLES = examples(
    {
        "wattquery sweep --example > grid.toml": "a file to start from",
        "wattquery sweep grid.toml": "energies, cell by cell",
        "wattquery sweep grid.toml -o grid.nc": "or .zarr, and as a table .csv, .parquet or .xlsx",
        "wattquery sweep grid.toml --dry-run": "what it would take",
        "wattquery sweep grid.toml --store grid.zarr": "part by part; the same again continues it",
    }
)


@click.command("sweep", help=HELP, epilog=EXAMPLES)
@click.argument(
    "spec",
    metavar="SPEC.toml",
    type=PathType(path_type=Path),
    callback=takes("a SPEC.toml that describes a grid", "spec"),
)
@example_option
@output_option()
@force_option
@click.option("--dry-run", is_flag=True, help="Compute nothing, and say what it would take: time, memory, disk.")
@store_option
@scheduler_option
@axis_options(SPEC_AXES)
@load_options
@study_options
@conversion_options
@run_options()
def sweep_command(
    spec: Path, output: str | None, force: bool, dry_run: bool, no_progress: bool, as_json: bool, **options: Any
) -> None:
    """Compute a grid."""
    from wattquery.cli.cluster import connected
    from wattquery.cli.load_arguments import replacing, study_arguments
    from wattquery.cli.specfile import check_model, read_spec
    from wattquery.sweeps.sweep import sweep

    allowed = [name for name in inspect.signature(sweep).parameters if name not in _NOT_WRITTEN]
    written = read_spec(spec, [*allowed, "scheduler"])
    check_model(written, spec)
    intensities = asked(options, section(spec), of_sweep=True)
    arguments = replacing(written, study_arguments(options, SPEC_AXES))
    check_in_memory(intensities, arguments.get("store"))
    if any(map(is_random, intensities.values())):
        arguments["keep_histogram"] = True
    target = None if output is None else destination(output, force)
    scheduler = arguments.pop("scheduler", None)
    if dry_run:
        _say_plan(arguments, as_json)
        return
    store = arguments.get("store")
    with connected(scheduler) as client, progress_bar("Sweeping", not no_progress) as progress:
        dataset = sweep(**arguments, client=client, progress=progress)
    if intensities:
        dataset = converted(dataset, intensities)
    size = _size(dataset)
    # Of a store, which may be larger than memory, no table is made: it is a file that is written.
    lines = (lambda: _table(dataset)) if store is None else (lambda: [f"{store}: {size}"])
    deliver(dataset, size=size, lines=lines, target=target, as_json=as_json)


def _say_plan(arguments: dict[str, Any], as_json: bool) -> None:
    """Print what a sweep would take."""
    from wattquery.sweeps.planning.plan import plan

    found = plan(**arguments)
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))


def _dims(dataset: xr.Dataset) -> list[str]:
    return [str(dim) for dim in dataset["energy"].dims if dim not in _NOT_AXES]


def _size(dataset: xr.Dataset) -> str:
    """Return the grid in words."""
    product = " x ".join(f"{dataset.sizes[dim]} {dim}" for dim in _dims(dataset))
    cells = dataset["energy_mean"].size
    attrs = dataset.attrs
    drawn = f", {int(attrs['draws']):,} draws each, seed {attrs['seed']}" if int(attrs["draws"]) else ""
    count = "1 cell" if cells == 1 else f"{cells:,} cells"
    return f"{count}{f' ({product})' if product else ''}, method {attrs['method']}{drawn}"


def _table(dataset: xr.Dataset) -> list[str]:
    """Return the first cells as lines, under what they have in common."""
    dims = _dims(dataset)
    levels = dataset["quantile"].values.tolist()
    energy, means = dataset["energy"].values, dataset["energy_mean"].values
    supported, extrapolated = dataset["supported"].values, dataset["extrapolated"].values
    rows = []
    for cell in itertools.islice(itertools.product(*(range(dataset.sizes[dim]) for dim in dims)), _ROWS):
        labels = [str(dataset[dim].values[i]) for dim, i in zip(dims, cell, strict=True)]
        note = ("extrapolated" if extrapolated[cell] else "") if supported[cell] else _why(dataset, dims, cell)
        values = [*energy[cell].tolist(), float(means[cell])]
        rows.append([*labels, *map(number, values), note])
    header = [*dims, *(f"P{100 * level:g}" for level in levels), "mean", "note"]
    counted = "boundary as in its column" if "boundary" in dims else f"{dataset['energy'].attrs['boundary']} boundary"
    parts = dataset.attrs.get("outside_range")
    outside = [] if parts is None else [f"  note: outside physical ranges: {parts}"]
    lines = [f"Energy per query [Wh], {counted}: {_size(dataset)}", "", *_common(dataset), *outside, ""]
    lines += aligned(header, rows, text=(*range(len(dims)), len(header) - 1))
    more = means.size - len(rows)
    if more:
        lines += ["", f"{more:,} more cells are not shown. Write all of them to a file with -o out.nc."]
    from wattquery.sweeps.result_notes import result_notes
    from wattquery.sweeps.support_words import support_lines

    notes = [*support_lines(dataset, reasons=False), *result_notes(dataset)]  # reasons stand beside their cells
    return joined([[*lines, *([""] if notes else []), *(f"note: {note}" for note in notes)], report(dataset)])


def _why(dataset: xr.Dataset, dims: list[str], cell: tuple[int, ...]) -> str:
    """Return why nothing is known of a cell."""
    if "unsupported_reason" not in dataset:
        return "no data"
    reasons = dataset["unsupported_reason"]
    return str(reasons.isel({dim: i for dim, i in zip(dims, cell, strict=True) if dim in reasons.dims}).item())


def _common(dataset: xr.Dataset) -> list[str]:
    """Return what all cells share, and what was found for each deployment, one line each."""
    from wattquery.sweeps.coordinates import in_words

    common = {
        str(name): values
        for name, values in dataset.coords.items()
        if name not in dataset.dims and "bin" not in values.dims
    }
    width = max(map(len, common), default=0)
    words = {
        name: in_words(values.values, values.attrs, [dataset[dim].values.tolist() for dim in values.dims])
        for name, values in common.items()
    }
    return [f"  {name:<{width}}  {text}" for name, text in words.items()]
