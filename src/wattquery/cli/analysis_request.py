"""What a file and options ask of an analysis: cells, arguments and a picture, checked before the work."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattquery.cli.analyses import ANALYSES, DEFAULT, Analysis
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.plot import KINDS

if TYPE_CHECKING:
    from wattquery.cli.pictures import Picture

__all__ = ["PICTURES", "Request", "check_one_cell", "drawing", "request"]

PICTURES = {kind.analysis: name for name, kind in KINDS.items() if kind.analysis}
"""The kind of picture that draws the result of an analysis."""

_SHARED = ("seed", "threads")
"""Keys at the top of a spec that an analysis takes as well; its other settings are its own."""

_NO_OPTIONS = ("model", "ds", "preset", "progress", "client", "storage_options")
"""Arguments of analyses that come from elsewhere."""


@dataclass(frozen=True)
class Request:
    """An analysis, and what it is given.

    Attributes
    ----------
    name
        That of its function.
    analysis
        Where it takes its cells from, and what is printed.
    arguments
        Those of the grid, of the sweep that is run first, or levers and preset.
    options
        The analysis's own.
    """

    name: str
    analysis: Analysis
    arguments: Mapping[str, Any]
    options: Mapping[str, Any]


_CHANGERS = {"boundary": "no boundary", "throughput_model": "no throughput"}
"""What an option about cells stands for, where it is not a load."""


def request(spec: Path, index: str | None, cells: Mapping[str, Any], settings: Mapping[str, Any]) -> Request:
    """Return what is asked for.

    Parameters
    ----------
    spec
        The file.
    index
        The analysis, instead of the file's.
    cells
        What the command line says of the cells of the grid, instead of the file; None or empty where it is left out.
    settings
        Seed and threads of the command line; None where they are left out.

    Raises
    ------
    InputError
        If the file cannot be used, or a key or option does not go with the analysis.
    """
    from wattquery import sensitivity
    from wattquery.cli.specfile import SENSITIVITY, read_section

    section = read_section(spec, ANALYSES)
    written = section.pop("index", DEFAULT)
    # On a command line words are divided by hyphens.
    name = _checked_index(written if index is None else index.replace("-", "_"))
    # What stands in a table of its own is for that analysis alone.
    entries = {key: value for key, value in section.items() if key not in ANALYSES}
    entries |= _own(section, name, spec)
    analysis = ANALYSES[name]
    parameters = {
        key: parameter
        for key, parameter in inspect.signature(getattr(sensitivity, name)).parameters.items()
        if key not in _NO_OPTIONS and parameter.kind is not parameter.VAR_KEYWORD
    }
    _check_entries(entries, parameters, f"{spec}: [{SENSITIVITY}] for {name}")
    said = {key: value for key, value in settings.items() if value is not None}
    arguments, shared = _arguments(spec, analysis)
    arguments = _with_cells(arguments, cells, analysis, name)
    if analysis.source == "sweep":
        arguments |= said
    options = {key: value for key, value in {**shared, **entries, **said}.items() if key in parameters}
    return Request(name, analysis, {key: value for key, value in arguments.items() if key not in options}, options)


def _checked_index(name: object) -> str:
    if not isinstance(name, str) or name not in ANALYSES:
        raise InputError(
            f"index must be one of {listed(ANALYSES, 20)}, got {name!r}.{did_you_mean(name, ANALYSES)} Correct it."
        )
    return name


def _own(section: Mapping[str, Any], name: str, spec: Path) -> Mapping[str, Any]:
    """Return what the table ``[sensitivity.NAME]`` says."""
    own = section.get(name, {})
    if not isinstance(own, dict):
        raise InputTypeError(f"{spec}: {name} must be a table, got {own!r}. Write [sensitivity.{name}] and its keys.")
    return own


def _check_entries(entries: Mapping[str, Any], parameters: Mapping[str, inspect.Parameter], where: str) -> None:
    """Refuse keys that an analysis does not take, what is no flag where one is wanted, and what is missing."""
    from wattquery.cli.specfile import check_keys

    check_keys(entries, parameters, where)
    for key, value in entries.items():
        if parameters[key].annotation == "bool" and not isinstance(value, bool):
            raise InputTypeError(f"{where}: {key} must be true or false, got {value!r}. Write one of the two.")
    missing = [
        key for key, parameter in parameters.items() if parameter.default is parameter.empty and key not in entries
    ]
    if missing:
        raise InputError(f"{where} lacks {listed(missing)}. Add it; the keys are {listed(parameters, 20)}.")


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
    return {name: value for name, value in arguments.items() if name in (*AXES, *SETTINGS)}, shared


def _with_cells(
    arguments: Mapping[str, Any], cells: Mapping[str, Any], analysis: Analysis, name: str
) -> dict[str, Any]:
    """Return the arguments with what the command line says of cells; refuse it where an analysis has none."""
    from wattquery.cli.load_arguments import replacing, study_arguments
    from wattquery.cli.options import SPEC_AXES

    given = {option: value for option, value in cells.items() if value not in (None, ())}
    for option, value in given.items():
        if analysis.source == "levers":
            written = " ".join(value) if isinstance(value, tuple) else value
            raise InputError(
                f"--{option.replace('_', '-')} {written}: {name} looks at levers alone, which "
                f"{_CHANGERS.get(option, 'no load')} changes. Leave it out."
            )
    return replacing(arguments, study_arguments(given, SPEC_AXES))


def drawing(
    shown: str | None,
    name: str,
    select: tuple[str, ...],
    scale: str | None,
    force: bool,
    look: Mapping[str, str | None],
) -> Picture | None:
    """Return what is to be drawn of an analysis, if anything.

    Raises
    ------
    InputError
        If the analysis has no picture, or nothing can be drawn there.
    """
    from wattquery.cli.pictures import picture_if_any

    if shown is not None and name not in PICTURES:
        raise InputError(f"--plot {shown}: {name} has no picture. Those that have one are {listed(PICTURES)}.")
    return picture_if_any(shown, PICTURES.get(name, ""), force, select, scale=scale, **look)


def check_one_cell(picture: Picture, asked: Request) -> None:
    """Refuse a picture of several cells before they are computed.

    Raises
    ------
    InputError
        If a selection is missing, or is none of the grid.
    """
    from wattquery.cli.selecting import check_label, select_options
    from wattquery.quantities import AXES
    from wattquery.sensitivity.arguments import SETTINGS
    from wattquery.sweeps.study import study

    settings = {
        name: value for name, value in asked.arguments.items() if name in (*AXES, *SETTINGS) and name != "model"
    }
    axes = {axis.name: axis for axis in study(asked.arguments["model"], **settings).grid.dimensions}
    if asked.analysis.source == "grid":
        joined = asked.options.get(asked.analysis.joined)
    else:
        joined = asked.options.get("axes") or tuple(axes)
    gone = (joined,) if isinstance(joined, str) else tuple(joined or ())
    left = {name: axis for name, axis in axes.items() if name not in gone}
    for name, label in picture.labels.items():
        if name in left:
            check_label(name, label, left[name].labels)
    kept = {*picture.labels, picture.arguments.get("facet")}
    several = [name for name, axis in left.items() if axis.size > 1 and name not in kept]
    if several:
        example = select_options({name: left[name].labels[0] for name in several})
        raise InputError(
            f"--plot {picture.shown} shows one cell, and the result has one cell for each label of {listed(several)}. "
            f"Choose one: add {example}.{_panels(picture, several)}"
        )


def _panels(picture: Picture, several: list[str]) -> str:
    """Return how to draw a panel for each label instead, where the picture can."""
    can = "facet" in KINDS[picture.kind].arguments and "facet" not in picture.arguments
    return f" For a panel for each label, add --facet {several[0]}." if can else ""
