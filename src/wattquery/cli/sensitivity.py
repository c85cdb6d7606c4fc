"""`wattquery sensitivity`: what drives the answer, from the file that describes a sweep."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli.analyses import ANALYSES, DEFAULT, Analysis
from wattquery.cli.options import PathType, boundary_option, json_option, no_progress_option, sampling_options
from wattquery.cli.output import echo, echo_json, progress_bar
from wattquery.cli.saving import destination
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import renamed_sentence

if TYPE_CHECKING:
    import xarray as xr

    from wattquery.cli.pictures import Picture
    from wattquery.engine.threads import Progress

__all__ = ["sensitivity_command"]

_SHARED = ("seed", "threads")
"""Keys at the top of a spec that an analysis takes as well; its other settings are its own."""

_NO_OPTIONS = ("model", "ds", "preset", "progress")
"""Arguments of analyses that come from elsewhere."""

_FACTS = ("method", "estimator", "draws", "replicates", "factor_bins", "seed")
"""Attributes that say how a result was made."""


@click.command("sensitivity")
@click.argument("spec", metavar="SPEC.toml", type=PathType(path_type=Path))
@click.option("--index", metavar="NAME", help=f"Which analysis, instead of the file's; {DEFAULT} by default.")
@click.option("-o", "--output", metavar="PATH", help="Write the result to out.nc or out.zarr.")
@click.option("--plot", metavar="PATH", help="Draw the result to a file that ends in .png, .svg or .pdf.")
@click.option("--select", metavar="AXIS=LABEL", multiple=True, help="For --plot: the cell to draw, axis by axis.")
@click.option("--scale", type=click.Choice(("energy", "log_energy")), help="For --plot: log_energy by default.")
@click.option("--force", is_flag=True, help="Replace the outputs if they exist.")
@boundary_option
@sampling_options
@no_progress_option
@json_option
def sensitivity_command(
    spec: Path,
    index: str | None,
    output: str | None,
    plot: str | None,
    select: tuple[str, ...],
    scale: str | None,
    force: bool,
    boundary: str | None,
    no_progress: bool,
    as_json: bool,
    **settings: int | None,
) -> None:
    """Tell what drives the energy of one query in the cells of the grid that SPEC.toml describes.

    Its keys are those of wattquery sweep. A table [sensitivity] says which analysis (index = "tornado") and gives its
    arguments: see the functions of wattquery.sensitivity.
    """
    from wattquery import sensitivity
    from wattquery.cli.specfile import SENSITIVITY, read_section

    section = read_section(spec, ANALYSES)
    written = section.pop("index", DEFAULT)
    name = _checked_index(written if index is None else index)
    # What stands in a table of its own is for that analysis alone.
    entries = {key: one for key, one in section.items() if key not in ANALYSES}
    entries |= _own(section, name, spec)
    analysis = ANALYSES[name]
    parameters = {
        key: one
        for key, one in inspect.signature(getattr(sensitivity, name)).parameters.items()
        if key not in _NO_OPTIONS and one.kind is not one.VAR_KEYWORD
    }
    _check_options(entries, parameters, f"{spec}: [{SENSITIVITY}] for {name}")
    given = {key: one for key, one in settings.items() if one is not None}
    arguments, shared = _arguments(spec, analysis)
    if boundary is not None:
        arguments["boundary"] = _parsed_boundary(boundary, analysis, name)
    if analysis.source == "sweep":
        arguments |= given
    options = {key: one for key, one in {**shared, **entries, **given}.items() if key in parameters}
    arguments = {key: one for key, one in arguments.items() if key not in options}
    target = None if output is None else destination(output, force)
    drawing = _picture(plot, name, select, scale, force)
    if drawing is not None and analysis.source != "levers":
        _check_one_cell(drawing, analysis, arguments, options)
    with progress_bar("Analysing", not no_progress) as progress:
        result = _run(name, analysis, arguments, options, progress)
    dataset: xr.Dataset = getattr(result, "table", result)
    axes = None if drawing is None else drawing.draw(dataset)
    if target is not None:
        target.save(dataset)
        echo(f"{target.shown}: {_title(dataset, name)}", err=as_json)
    if drawing is not None and axes is not None:
        drawing.save(axes)
        echo(f"{drawing.shown}: {drawing.kind}", err=as_json)
    if as_json:
        echo_json(result.to_dict(), indent=None)
    elif target is None:
        echo("\n".join(_lines(result, analysis, name)))


def _parsed_boundary(written: str, analysis: Analysis, name: str) -> object:
    """Return the boundary that was given on the command line."""
    from wattquery.specs.expressions import parse_factor

    if analysis.source == "levers":
        raise InputError(f"--boundary {written} came, and {name} looks at levers alone, which no boundary changes.")
    return parse_factor("boundary", written)


def _own(section: Mapping[str, Any], name: str, spec: Path) -> Mapping[str, Any]:
    """Return what the table ``[sensitivity.NAME]`` says."""
    own = section.get(name, {})
    if not isinstance(own, dict):
        raise InputTypeError(f"{spec}: {name} = {own!r} is not a table. Write [sensitivity.{name}] and its keys.")
    return own


def _checked_index(name: object) -> str:
    if not isinstance(name, str) or name not in ANALYSES:
        raise InputError(
            f"index = {name!r} is not known. Allowed are {listed(ANALYSES, 20)}.{did_you_mean(name, ANALYSES)}"
        )
    return name


def _arguments(spec: Path, analysis: Analysis) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the spec says about the grid, for a sweep also how it is run; and the settings that are shared."""
    from wattquery.cli.specfile import check_model, read_spec
    from wattquery.quantities import AXES
    from wattquery.sensitivity.arguments import SETTINGS
    from wattquery.sweeps.sweep import sweep

    arguments = read_spec(spec, [name for name in inspect.signature(sweep).parameters if name != "progress"])
    shared = {name: arguments[name] for name in _SHARED if name in arguments}
    if analysis.source == "levers":
        return {name: arguments[name] for name in ("levers", "preset") if name in arguments}, shared
    check_model(arguments, spec)
    if analysis.source == "sweep":
        return arguments, {}
    return {name: one for name, one in arguments.items() if name in (*AXES, *SETTINGS)}, shared


def _check_options(entries: Mapping[str, Any], parameters: Mapping[str, inspect.Parameter], where: str) -> None:
    """Refuse keys that an analysis does not take, what is no flag where one is wanted, and what is missing."""
    for key, value in entries.items():
        if key not in parameters:
            if renamed := renamed_sentence(where, key, parameters):
                raise InputError(renamed)
            raise InputError(
                f"{where} has the key {key!r}, which is not known there. Allowed are {listed(parameters, 20)}."
                f"{did_you_mean(key, parameters)} Correct or remove it."
            )
        if isinstance(parameters[key].default, bool) and not isinstance(value, bool):
            raise InputTypeError(f"{where}: {key} = {value!r} is neither true nor false. Write one of the two.")
    missing = [key for key, one in parameters.items() if one.default is one.empty and key not in entries]
    if missing:
        raise InputError(f"{where} lacks {listed(missing)}. Add it; allowed are {listed(parameters, 20)}.")


def _check_one_cell(
    drawing: Picture, analysis: Analysis, arguments: Mapping[str, Any], options: dict[str, Any]
) -> None:
    """Refuse a picture of several cells before they are computed."""
    from wattquery.cli.pictures import check_label, select_options
    from wattquery.quantities import AXES
    from wattquery.sensitivity.arguments import SETTINGS
    from wattquery.sweeps.study import study

    settings = {name: one for name, one in arguments.items() if name in (*AXES, *SETTINGS) and name != "model"}
    axes = {axis.name: axis for axis in study(arguments["model"], **settings).grid.dimensions}
    joined = options.get(analysis.joined) if analysis.source == "grid" else options.get("axes") or tuple(axes)
    gone = (joined,) if isinstance(joined, str) else tuple(joined or ())
    left = {name: axis for name, axis in axes.items() if name not in gone}
    for name, label in drawing.labels.items():
        if name in left:
            check_label(name, label, left[name].labels)
    several = [name for name, axis in left.items() if axis.size > 1 and name not in drawing.labels]
    if several:
        example = select_options({name: left[name].labels[0] for name in several})
        raise InputError(
            f"--plot {drawing.shown} came, and the result has one cell for each label of {listed(several)}. A picture "
            f"shows one: add {example}."
        )


def _run(
    name: str, analysis: Analysis, arguments: dict[str, Any], options: dict[str, Any], progress: Progress | None
) -> Any:
    """Return the result of the analysis."""
    from wattquery import sensitivity
    from wattquery.sweeps.sweep import sweep

    function = getattr(sensitivity, name)
    if analysis.source == "sweep":
        return function(sweep(**_exact_if_possible(name, arguments, options), progress=progress), **options)
    if "progress" in inspect.signature(function).parameters:
        options = {**options, "progress": progress}
    return function(**arguments, **options)


def _exact_if_possible(name: str, arguments: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of the sweep to analyse: one without sampling error where the spec leaves the choice.

    Not for `convergence`, which asks what the sampling error of the sweep is.
    """
    from wattquery.quantities import AXES
    from wattquery.sensitivity.arguments import SETTINGS
    from wattquery.sweeps.run import prepare
    from wattquery.sweeps.settings import analysis_settings
    from wattquery.sweeps.study import study

    if name == "convergence":
        return arguments
    chosen = dict(arguments)
    if options.get("within"):
        chosen["keep_histogram"] = True  # on the log scale it is computed from these
    if not {"method", "draws", "relative_stderr"} & set(arguments):
        grid = {key: one for key, one in arguments.items() if key in (*AXES[1:], *SETTINGS)}
        chosen["method"] = prepare(study(arguments["model"], **grid), analysis_settings()).method
    return chosen


def _picture(shown: str | None, name: str, select: tuple[str, ...], scale: str | None, force: bool) -> Picture | None:
    """Return what is to be drawn, if anything."""
    from wattquery.cli.pictures import picture, selection

    if shown is None:
        if select or scale:
            raise InputError(
                f"--{'select' if select else 'scale'} came without --plot. Add --plot out.png, or leave it."
            )
        return None
    kind = ANALYSES[name].picture
    if not kind:
        drawn = [one for one, analysis in ANALYSES.items() if analysis.picture]
        raise InputError(f"--plot {shown} came, and {name} has no picture. Those that have are {listed(drawn)}.")
    return picture(shown, kind, force, labels=selection(select), scale=scale)


def _lines(result: Any, analysis: Analysis, name: str) -> list[str]:
    """Return the result as text."""
    from wattquery.cli.tables import joined, table_lines

    if not analysis.tables:
        return [str(result)]
    notes = [f"  {one}" for one in str(result.attrs.get("notes", "")).split(" | ") if one]
    tables = [table_lines(result, table) for table in analysis.tables]
    return joined([[_title(result, name)], *tables, ["Notes", *notes] if notes else []])


def _title(dataset: xr.Dataset, name: str) -> str:
    """Return what the result is, and how it was made."""
    attributes = dataset.attrs
    facts = [f"{key.replace('_', ' ')} {attributes[key]}" for key in _FACTS if attributes.get(key) not in (None, "", 0)]
    if "boundary" in dataset.coords and dataset["boundary"].ndim == 0:
        facts.insert(0, f"{dataset['boundary'].item()} boundary")
    return ", ".join([str(attributes.get("title", name)), *facts])
