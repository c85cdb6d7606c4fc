"""`wattquery fleet`: scenarios by name or from files, to tables, JSON, a file or a picture."""

from __future__ import annotations

import math
from typing import Any

import click

from wattquery.cli import completing, conversions
from wattquery.cli import fleet_arguments as reading
from wattquery.cli.capacity import FIND, capacity_command
from wattquery.cli.examples import examples
from wattquery.cli.file_options import (
    force_option,
    output_option,
    plot_option,
    scheduler_option,
    select_option,
    store_option,
)
from wattquery.cli.group import NOT_REPRODUCED
from wattquery.cli.options import (
    at_least_1,
    axis_options,
    factor_number,
    json_option,
    load_options,
    no_progress_option,
    sampling_options,
    throughput_model_option,
)
from wattquery.cli.output import aligned, echo, echo_json, progress_bar
from wattquery.cli.pictures import look_options, picture_if_any
from wattquery.cli.results import deliver
from wattquery.cli.saving import destination
from wattquery.cli.stores import in_store, kept_in
from wattquery.cli.tables import joined
from wattquery.cli.wrong_files import takes
from wattquery.errors import InputError

__all__ = ["fleet_command"]

_METHODS = ("exact", "monte_carlo")
_BY = ("component", "query_class", "pool")


class _FleetCommand(click.Command):
    """`wattquery fleet`, which with ``--find`` is `wattquery plan-capacity`: other options, and a model."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options; see `click.Command.make_context`."""
        if FIND not in args:
            return super().make_context(info_name, args, parent, **extra)
        rest = [one for one in args if one != FIND]
        return capacity_command.make_context(f"{info_name} {FIND}", rest, parent, **extra)


HELP = """Compute the energy per day of fleets that answer a mix of queries.

A SCENARIO is a shipped name or a .toml file; several become an axis. Without any, the shipped ones are listed.
Options replace what the scenario says. A FACTOR is a number, or a distribution in quotes.
"""


EXAMPLES = examples(
    {
        "wattquery fleet": "what ships",
        "wattquery fleet traditional mixed": "two beside each other",
        "wattquery fleet mixed --share long=0,0.1,0.2 --plot fleets.svg": "",
        "wattquery fleet --show mixed > mine.toml": "a file to start from",
        "wattquery fleet mine.toml --queries-per-day 2e9 -o mine.nc": "",
    }
)


@click.command("fleet", help=HELP, cls=_FleetCommand, epilog=EXAMPLES)
@click.argument(
    "scenario",
    metavar="[SCENARIO]...",
    nargs=-1,
    callback=takes("names of scenarios, or their files", "scenario"),
    shell_complete=completing.scenarios,
)
@click.option(
    "--show",
    metavar="NAME",
    help="Print the file of a shipped scenario, to start your own from.",
    shell_complete=completing.scenarios,
)
@click.option(FIND, is_flag=True, help="Find what a model would take: see wattquery fleet --find --help.")
@click.option(
    "--preset",
    metavar="NAME",
    multiple=True,
    help="Instead of the scenario's; several make an axis.",
    shell_complete=completing.presets,
)
@click.option("--queries-per-day", type=factor_number, metavar="N", help="Queries of all classes in a day, as in 1e9.")
@click.option("--share", metavar="CLASS=X", multiple=True, help="Share of a class; long=0,0.1,1 makes an axis.")
@click.option("--pool", metavar="NAME.KEY=X", multiple=True, help="A key of a pool, as h100.load=0.6; repeatable.")
@click.option("--by-hour", is_flag=True, help="Tell of pools hour by hour.")
@click.option("--overhead", metavar="NAME=F[:SOURCE]", multiple=True, help="Instead of the scenario's; repeatable.")
@axis_options(reading.AXES, several=True)
@load_options
@click.option(
    "--catalog",
    metavar="NAME|PATH",
    help="A shipped catalog, or a CSV file of your own.",
    shell_complete=completing.catalogs,
)
@throughput_model_option
@click.option("--load-profile", metavar="FILE|X,X,...", help="24 numbers, or spans as 00-08=0.5,08-24=1.2.")
@click.option("--occupancy", type=float, metavar="X", help="Share of time at benchmark throughput, for nodes.")
@conversions.conversion_options
@click.option("--water-intensity", type=factor_number, metavar="X", help="For water per kWh at the boundary [L/kWh].")
@click.option("--level", metavar="X,X,...", multiple=True, help="Probability of an interval; 0.5,0.9,0.95 by default.")
@click.option("--scope", metavar="FACTOR=query", multiple=True, help="A factor that is drawn anew for each query.")
@click.option("--no-throughput-fit", is_flag=True, help="Take throughput fits as known in the epistemic interval.")
@click.option("--no-structural", is_flag=True, help="Leave the structural choices out.")
@click.option("--method", type=click.Choice(_METHODS), help="How means are computed; exact by default.")
@click.option("--draws", type=at_least_1, metavar="N", help="Per model, of the sampling interval; 10,000 by default.")
@click.option("--shared-draws", type=at_least_1, metavar="N", help="Draws of shared factors; 8192 by default.")
@sampling_options
@output_option()
@store_option
@scheduler_option
@plot_option
@look_options()
@click.option("--by", type=click.Choice(_BY), help="For --plot: what bars are made of; component by default.")
@select_option
@force_option
@click.option("--check", is_flag=True, help="End with exit code 1 if a published figure is not reproduced.")
@no_progress_option
@json_option
@click.pass_context
def fleet_command(
    ctx: click.Context,
    /,
    scenario: tuple[str, ...],
    show: str | None,
    output: str | None,
    plot: str | None,
    look: dict[str, str | None],
    by: str | None,
    select: tuple[str, ...],
    store: str | None,
    scheduler: str | None,
    force: bool,
    check: bool,
    no_progress: bool,
    as_json: bool,
    find: bool,
    **options: Any,
) -> None:
    """Compute fleets."""
    if show is not None or not scenario:
        _check_alone(ctx, show)
        _list(as_json) if show is None else _show(show)
        return
    intensities = conversions.asked(options, conversions.of_scenarios(scenario))
    conversions.check_in_memory(intensities, store)
    arguments = _arguments(options) | kept_in(store, scheduler)
    if conversions.is_number(carbon := intensities.get("carbon_intensity")):
        arguments["carbon_intensity"] = carbon  # for `carbon`, which has no interval
    if conversions.needs_hours(intensities, scenario):
        arguments["by_hour"] = True
    target = None if output is None else destination(output, force)
    drawing = picture_if_any(plot, "fleet", force, select, by=by, **look)
    from wattquery.cli.cluster import connected
    from wattquery.cli.fleet_report import not_reproduced, report, size
    from wattquery.fleets.fleet import fleet

    with connected(scheduler) as client, progress_bar("Computing", not no_progress) as progress:
        dataset = fleet(reading.scenarios(scenario), **arguments, client=client, progress=progress)
    if intensities:
        profile = arguments.get("load_profile") or conversions.common_profile(scenario)
        dataset = conversions.converted(dataset, intensities, profile, arguments.get("pue"))
    missed = not_reproduced(dataset)
    if check and missed is None:
        raise InputError(
            "--check needs a figure that was published, and there is none for this. Leave it out, or ask for one of "
            "the paper's scenarios as it is."
        )
    deliver(
        dataset,
        size=size(dataset),
        lines=lambda: (
            joined([report(dataset), conversions.report(dataset)]) if store is None else in_store(store, dataset)
        ),
        target=target,
        picture=drawing,
        as_json=as_json,
    )
    if check and missed:
        ctx.exit(NOT_REPRODUCED)


def _arguments(options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `wattquery.fleet` that were given."""
    arguments = reading.of_instances(options)
    arguments["preset"] = reading.presets(options.pop("preset"))
    arguments["shares"] = reading.shares(options.pop("share"))
    arguments["pools"] = reading.pools(options.pop("pool"))
    arguments["by_hour"] = options.pop("by_hour") or None
    arguments["overhead"] = reading.overheads(options.pop("overhead"))
    arguments["scopes"] = reading.scopes(options.pop("scope"))
    arguments["level"] = reading.levels(options.pop("level"))
    arguments["load_profile"] = reading.load_profile(options.pop("load_profile"))
    arguments["throughput_fit"] = False if options.pop("no_throughput_fit") else None
    arguments["structural"] = False if options.pop("no_structural") else None
    return {name: value for name, value in {**options, **arguments}.items() if value is not None}


def _check_alone(ctx: click.Context, show: str | None) -> None:
    """Refuse options that say something about a scenario where there is none."""
    allowed = ("as_json",) if show is None else ("show",)
    for parameter in ctx.command.params:
        name = parameter.name or ""
        source = ctx.get_parameter_source(name)
        if name not in allowed and source is not None and source.name == "COMMANDLINE" and ctx.params[name]:
            option = parameter.opts[0] if isinstance(parameter, click.Option) else str(ctx.params[name][0])
            if show is not None:
                raise InputError(f"{option} cannot stand beside --show, which prints a file as it is. Leave it out.")
            raise InputError(f"{option} needs a scenario, and none is named. Write wattquery fleet mixed {option} ...")


def _show(name: str) -> None:
    from wattquery import scenarios

    echo(scenarios.text(name), nl=False)


def _list(as_json: bool) -> None:
    """Print what ships."""
    from wattquery import scenarios

    shipped = []
    for scenario in map(scenarios.load, scenarios.names()):
        axes = {name: len(values) for name, values in scenario.axes.items()}
        shipped.append((scenario.name, math.prod(axes.values()), axes, scenario.title))
    if as_json:
        keys = ("name", "combinations", "axes", "title")
        echo_json({"scenarios": [dict(zip(keys, row, strict=True)) for row in shipped]})
        return
    rows = [
        [name, f"{count:,}", " x ".join(f"{labels} {axis}" for axis, labels in axes.items()), title]
        for name, count, axes, title in shipped
    ]
    echo("\n".join(aligned(["scenario", "combinations", "axes", "title"], rows, text=(0, 2, 3))))
    echo("\nStart your own from one of them: wattquery fleet --show mixed > mine.toml")
