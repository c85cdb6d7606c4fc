"""`wattquery explore`: a page to explore a study in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattquery import catalog as catalogs
from wattquery.cli import completing
from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option, output_option
from wattquery.cli.options import (
    axis_options,
    catalog_option,
    deployment_options,
    json_option,
    load_options,
    preset_option,
)
from wattquery.cli.output import echo, echo_json
from wattquery.cli.saving import FORCE, SUFFIXES
from wattquery.cli.wrong_files import takes
from wattquery.errors import InputError, did_you_mean, listed
from wattquery.quantities import FACTOR_AXES, LOAD_AXES

if TYPE_CHECKING:
    from wattquery.exports.places import Place

__all__ = ["explore_command"]

DEFAULT = "v2-code"

HELP = """Write a page to explore a study in: one HTML file that needs no server and no network.

WHAT is a result that wattquery sweep wrote (.nc, .zarr), a SPEC.toml as sweep takes it, the name of a preset, or a
model. Left out, it is v2-code, the paper's models; default is all that is known of current hardware. The page has
labels to choose, sliders that compute the cell again, public claims beside it, and the call that gives each view.

Options replace what a SPEC.toml says, and describe a model; several loads with commas between them are an axis.
"""

_AXES = (*LOAD_AXES, *FACTOR_AXES)


EXAMPLES = examples(
    {
        "wattquery explore -o explorer.html": "the paper's models",
        "wattquery explore default -o hardware.html": "85 models on current hardware",
        "wattquery explore grid.toml -o study.html": "a grid of your own",
        'wattquery explore "Llama 3.1 70B" --hardware H100 --load 10%,50%,100% -o llama.html': "one model",
    }
)


@click.command("explore", help=HELP, epilog=EXAMPLES)
@click.argument(
    "what",
    metavar="[WHAT]",
    default=DEFAULT,
    callback=takes("a result, a SPEC.toml, a preset or a model", "result", "store", "spec"),
    shell_complete=completing.models,
)
@output_option("Write the page to a file that ends in .html.", required=True)
@click.option("--title", metavar="TEXT", default="", help="Of the page; made of the study by default.")
@force_option
@deployment_options
@axis_options(_AXES)
@load_options
@catalog_option
@preset_option
@json_option
def explore_command(what: str, output: str, title: str, force: bool, as_json: bool, **options: Any) -> None:
    """Write a page."""
    if not Path(output).suffix.lower() == ".html":
        raise InputError(f"{output!r} must end in '.html', as pages do. Write for example -o study.html.")
    from wattquery.exports.places import place

    target = place(output, force, FORCE)
    cells, size, sliders = _written(target, what, title, options)
    if as_json:
        echo_json({"path": output, "cells": cells, "bytes": size, "sliders": sliders})
        return
    echo(f"{output}: {cells:,} cells, {size / 1e6:.1f} MB{'' if sliders else ', without sliders'}")
    echo("Open it in a browser; it needs no network.")


def _written(target: Place, what: str, title: str, options: dict[str, Any]) -> tuple[int, int, bool]:
    """Write the page, and return its cells, its size in bytes and whether it has sliders."""
    from wattquery.cli.load_arguments import study_arguments
    from wattquery.explorer.exploring import write_page

    source, arguments = _source(what, study_arguments(options, _AXES))
    ds, why = write_page(target, source, title, arguments)
    if why:
        click.echo(f"note: {why}", err=True)
    return int(ds["energy_mean"].size), target.path.stat().st_size, not why


def _source(what: str, said: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return what is explored, and the arguments beside it: what was said in place of what a file or preset says."""
    from wattquery.cli.load_arguments import replacing
    from wattquery.explorer.presets import model_study, preset_named

    path = Path(what)
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        from wattquery.cli.opening import opened

        _refuse(said, f"{what!r} is a result, which has its grid already")
        return opened(path), {}
    if suffix == ".toml":
        model, arguments = _spec(path)
        return model, replacing(arguments, said)
    presets = catalogs.preset_names()
    if preset_named(what):
        _refuse(said, f"{what!r} has a grid of its own")
        return what, {}
    if "load" in said or "concurrency" in said:
        return what, model_study(said)
    catalog = said.get("catalog", catalogs.preset(said.get("preset", DEFAULT)).catalog)
    names = catalogs.load(catalog).labels("model")
    if what not in names:
        raise InputError(
            f"There is no preset, model or file {what!r} to explore.{did_you_mean(what, [*presets, *names])} Presets "
            f"are {listed(presets)}; a model of which no table has a throughput needs a load: --hardware H100 --load "
            "0.5."
        )
    return what, model_study(said)


def _refuse(said: dict[str, Any], because: str) -> None:
    if said:
        option = next(iter(said)).replace("_", "-")
        raise InputError(
            f"--{option} says what to compute, and {because}. Leave it out, or name a model or a SPEC.toml."
        )


def _spec(path: Path) -> tuple[Any, dict[str, Any]]:
    """Return a sweep that a file describes, without what says how to compute it: a page is computed exactly."""
    import inspect

    from wattquery.cli.specfile import check_model, read_spec
    from wattquery.sweeps.arguments import StudyArguments
    from wattquery.sweeps.sweep import sweep

    written = read_spec(path, [*inspect.signature(sweep).parameters, "scheduler"])
    check_model(written, path)
    model = written.pop("model")
    return model, {name: value for name, value in written.items() if name in StudyArguments.__annotations__}
