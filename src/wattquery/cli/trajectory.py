"""`wattquery trajectory`: a fleet over time, from a scenario's name or file."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli import completing
from wattquery.cli.conversions import (
    asked,
    check_in_memory,
    common_profile,
    conversion_options,
    converted,
    of_scenarios,
    report,
)
from wattquery.cli.examples import examples
from wattquery.cli.file_options import (
    force_option,
    output_option,
    plot_option,
    scheduler_option,
    select_option,
    store_option,
)
from wattquery.cli.fleet_arguments import AXES, levels, of_instances
from wattquery.cli.options import (
    at_least_1,
    axis_options,
    json_option,
    load_options,
    no_progress_option,
    sampling_options,
    throughput_model_option,
)
from wattquery.cli.output import aligned, number, progress_bar
from wattquery.cli.pictures import look_options, picture_if_any
from wattquery.cli.results import deliver
from wattquery.cli.saving import destination
from wattquery.cli.stores import in_store, kept_in
from wattquery.cli.tables import joined
from wattquery.cli.wrong_files import takes

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["trajectory_command"]

_ROWS = 60
_NOT_AXES = ("date", "credible", "lever", "query_class")


HELP = """Compute the energy of a fleet per day over time, as demand grows and levers are adopted.

SCENARIO is a shipped one, such as adoption, or a file; its table [trajectory] says dates, growth, adoption and
rebound. Options replace what it says; those that are repeated become an axis.
"""


EXAMPLES = examples(
    {
        "wattquery trajectory adoption": "a row for each year",
        "wattquery trajectory adoption --growth 0.1 --growth 0.3 --plot course.svg --over growth": "two courses",
        "wattquery trajectory adoption --step quarter -o course.nc": "",
    }
)


@click.command("trajectory", help=HELP, epilog=EXAMPLES)
@click.argument(
    "scenario",
    metavar="SCENARIO|FILE.toml",
    callback=takes("the name of a scenario, or its file", "scenario"),
    shell_complete=completing.scenarios,
)
@click.option("--start", metavar="DATE", help="First date, as in 2026-01-01, instead of the scenario's.")
@click.option("--stop", metavar="DATE", help="Last date, instead of the scenario's.")
@click.option("--step", metavar="STEP", help="Time between dates: year, quarter or month, instead of the scenario's.")
@click.option("--growth", type=float, metavar="RATE", multiple=True, help="Growth of demand per year, as in 0.3.")
@click.option("--rebound", type=float, metavar="X", multiple=True, help="Share of savings that more queries take back.")
@click.option(
    "--preset",
    metavar="NAME",
    multiple=True,
    help="Where all that is left out comes from.",
    shell_complete=completing.presets,
)
@axis_options(AXES, several=True)
@load_options
@throughput_model_option
@conversion_options
@output_option()
@store_option
@scheduler_option
@plot_option
@select_option
@click.option("--over", metavar="AXIS", help="For --plot: the axis whose labels are compared.")
@look_options()
@force_option
@click.option("--level", metavar="X,X,...", multiple=True, help="Probability of an interval; 0.5,0.9 by default.")
@click.option("--shared-draws", type=at_least_1, metavar="N", help="Draws of shared factors; 8192 by default.")
@sampling_options
@no_progress_option
@json_option
def trajectory_command(
    scenario: str,
    output: str | None,
    plot: str | None,
    select: tuple[str, ...],
    over: str | None,
    look: dict[str, str | None],
    store: str | None,
    scheduler: str | None,
    force: bool,
    level: tuple[str, ...],
    shared_draws: int | None,
    no_progress: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Compute a fleet over time."""
    target = None if output is None else destination(output, force)
    drawing = picture_if_any(plot, "trajectory", force, select, over=over, **look)
    intensities = asked(options, of_scenarios([scenario]))
    check_in_memory(intensities, store)
    arguments = of_instances(options)
    arguments |= {name: _one_or_several(value) for name, value in options.items()}
    arguments["level"] = levels(level)
    arguments["shared_draws"] = shared_draws
    from wattquery.cli.cluster import connected
    from wattquery.fleets.trajectory import trajectory

    said = {name: value for name, value in arguments.items() if value is not None} | kept_in(store, scheduler)
    with connected(scheduler) as client, progress_bar("Computing", not no_progress) as progress:
        dataset = trajectory(scenario, **said, client=client, progress=progress)
    if intensities:
        dataset = converted(dataset, intensities, common_profile([scenario]))
    deliver(
        dataset,
        size=_title(dataset),
        lines=lambda: joined([_lines(dataset), report(dataset)]) if store is None else in_store(store, dataset),
        plain=lambda: dataset.assign_coords(date=_days(dataset)).to_dict(),
        target=target,
        picture=drawing,
        as_json=as_json,
    )


def _one_or_several(value: Any) -> Any:
    """Return an option that may be repeated as one value or a list, ``None`` if it was left out."""
    if not isinstance(value, tuple):
        return value
    return list(value) if len(value) > 1 else next(iter(value), None)


def _days(dataset: xr.Dataset) -> list[str]:
    return [str(one)[:10] for one in dataset["date"].values]


def _dims(dataset: xr.Dataset) -> list[str]:
    return [str(dim) for dim in dataset["energy_per_day"].dims if dim not in _NOT_AXES]


def _title(dataset: xr.Dataset) -> str:
    days = _days(dataset)
    axes = "".join(f" x {dataset.sizes[dim]} {dim}" for dim in _dims(dataset))
    draws = f"{dataset.attrs['shared_draws']} draws of shared factors"
    return f"{len(days)} dates from {days[0]} to {days[-1]}{axes}, {draws}"


def _lines(dataset: xr.Dataset) -> list[str]:
    """Return what is held fixed, a row for each date, and what is to be known."""
    dims = [*_dims(dataset), "date"]
    columns = _columns(dataset)
    header = [*dims, *columns]
    arrays = [one.transpose(*dims).values for one in columns.values()]
    days = _days(dataset)
    rows = []
    for place in itertools.islice(itertools.product(*(range(dataset.sizes[dim]) for dim in dims)), _ROWS):
        labels = [_label(dataset[dim].values[i]) for dim, i in zip(dims[:-1], place, strict=False)]
        rows.append([*labels, days[place[-1]], *(_number(float(one[place])) for one in arrays)])
    lines = [f"Energy of a fleet per day over time: {_title(dataset)}", "", *_common(dataset), ""]
    lines += aligned(header, rows, text=range(len(dims)))
    more = arrays[0].size - len(rows)
    if more:
        lines += ["", f"{more:,} more rows are not shown. Write all of them to a file with -o out.nc."]
    return [*lines, "", *(f"note: {text}" for text in str(dataset.attrs["notes"]).split(" | "))]


def _number(value: float) -> str:
    from wattquery.fleets.totals import MOST_GWH

    # Only a quantile under a throughput fit that its rows do not bound is as large, in any unit; totals are refused.
    most = 1e3 * MOST_GWH
    return f"> {most:g}" if value > most else number(value)


def _columns(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the columns of the table by their headings: the median and the ends of the largest interval among them."""
    shown = {
        "queries [1e9/day]": dataset["queries_per_day"] / 1e9,
        "without [GWh/day]": dataset["energy_without"],
        "expected [GWh/day]": dataset["energy_per_day"],
    }
    levels = dataset["credible"].values.tolist()
    for place in (0, levels.index(0.5), -1):
        shown[f"P{100 * levels[place]:g} [GWh/day]"] = dataset["energy_credible"].isel(credible=place)
    return shown | {"mean power [MW]": dataset["power_mean"]}


def _common(dataset: xr.Dataset) -> list[str]:
    """Return what all rows share, and by how much each lever is adopted on the first and last date."""
    from wattquery.sweeps.coordinates import in_words

    names = ("scenario", "preset", "boundary", "growth", "rebound")
    found = {
        name: in_words(dataset[name].values, dataset[name].attrs)
        for name in names
        if name in dataset.coords and not dataset[name].ndim
    }
    if "adoption" in dataset and dataset["adoption"].dims == ("date", "lever"):
        ends = dataset["adoption"].isel(date=[0, -1]).transpose("lever", "date").values
        levers = dataset["lever"].values.tolist()
        found["adoption"] = ", ".join(
            f"{name} {100 * first:.0f} to {100 * last:.0f} %" for name, (first, last) in zip(levers, ends, strict=True)
        )
    found["source"] = str(dataset.attrs["source"]).removeprefix(f"{found.get('scenario')}: ")
    width = max(map(len, found), default=0)
    return [f"  {name:<{width}}  {text}" for name, text in found.items()]


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
