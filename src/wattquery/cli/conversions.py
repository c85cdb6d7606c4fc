"""Carbon, water and cost on the command line: options and the table ``[conversions]``, and results as text."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wattquery.cli.options import decorated
from wattquery.cli.output import aligned, number
from wattquery.errors import InputError, InputTypeError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["SECTION", "asked", "conversion_options", "converted", "report", "section"]

F = TypeVar("F")

SECTION = "conversions"
"""The table of a file that says what its result is converted with."""

INTENSITIES = {
    "carbon_intensity": ("gCO2e/kWh", "Carbon of the grid, for what the facility takes from it."),
    "market_carbon_intensity": ("gCO2e/kWh", "The same by contracts, beside that of the grid."),
    "wue": ("L/kWh", "Water of the site, for what its nodes draw."),
    "source_water_intensity": ("L/kWh", "Water of making the electricity."),
    "electricity_price": ("PRICE/kWh", "For the cost of electricity, and that of a million output tokens."),
}
"""Options with what they take, and what they are."""

_KEYS = (*INTENSITIES, "currency", "load_profile", "output_tokens", "input_tokens", "total_tokens")
_ROWS = 40
_FORM = "a number, a .csv file, hours as 00-08=300,08-24=400, or regions as SE=30,PL=700"


def conversion_options(function: F) -> F:
    """Add the options that say what energies are converted with."""
    options = [
        click.option(f"--{name.replace('_', '-')}", metavar=unit, help=f"{words} {_FORM[0].upper()}{_FORM[1:]}.")
        if name == "carbon_intensity"
        else click.option(f"--{name.replace('_', '-')}", metavar=unit, help=words)
        for name, (unit, words) in INTENSITIES.items()
    ]
    options.append(click.option("--currency", metavar="NAME", help="Of the price, as in EUR."))
    return decorated(function, options)  # type: ignore[type-var]


def asked(options: dict[str, Any], written: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Take what a result is converted with out of options; what a file says stands where no option does.

    Raises
    ------
    InputError
        If a text is no intensity.
    """
    said = {name: options.pop(name) for name in (*INTENSITIES, "currency")}
    read = {
        name: text if name == "currency" else _intensity(name, text) for name, text in said.items() if text is not None
    }
    return {**(written or {}), **read}


def section(path: Path) -> dict[str, Any]:
    """Return the table ``[conversions]`` of a file, empty where it has none.

    Raises
    ------
    InputError
        If it is no table, or has a key that is not known.
    """
    from wattquery.cli.specfile import check_keys
    from wattquery.specs.toml_files import read_toml

    found = read_toml(path).get(SECTION, {})
    if not isinstance(found, dict):
        raise InputTypeError(f"{path}: {SECTION} must be a table, got {found!r}. Write [{SECTION}] and its keys.")
    check_keys(found, _KEYS, f"{path}: [{SECTION}]")
    return {key: _beside(value, path.parent) for key, value in found.items()}


def _beside(value: Any, folder: Path) -> Any:
    """Return an intensity with the CSV file that it names looked for beside the file that names it."""
    if isinstance(value, str) and value.casefold().endswith(".csv"):
        return str(folder / value)
    if isinstance(value, dict) and "value" in value:
        return {**value, "value": _beside(value["value"], folder)}
    return value


def _intensity(name: str, text: str) -> Any:
    """Return an intensity that was written as an option."""
    from wattquery.specs.expressions import parse_factor

    if "(" in text or text.casefold().endswith(".csv"):
        return text if text.casefold().endswith(".csv") else parse_factor(name, text)
    if "=" not in text:
        parts = [parse_factor(name, part.strip()) for part in text.split(",")]
        return parts[0] if len(parts) == 1 else parts
    by_label: dict[str, Any] = {}
    for part in text.split(","):
        label, equals, value = (one.strip() for one in part.partition("="))
        if not equals or not label or not value or label in by_label:
            raise InputError(f"--{name.replace('_', '-')} must be {_FORM}, got {text}. Correct {part.strip()!r}.")
        by_label[label] = parse_factor(name, value)
    return by_label


def converted(result: Any, arguments: Mapping[str, Any], load_profile: object = None) -> xr.Dataset:
    """Return a result with what it was to be converted to.

    Parameters
    ----------
    result
        A Dataset or an estimate.
    arguments
        Those of `wattquery.convert`.
    load_profile
        That of the fleet, for intensities by the hour that come without one.
    """
    from wattquery.conversions.convert import convert, is_by_hour
    from wattquery.conversions.hours import POWER

    said = dict(arguments)
    if load_profile is not None and "load_profile" not in said and POWER not in result and is_by_hour(said):
        said["load_profile"] = load_profile
    return convert(result, **said)


def report(ds: xr.Dataset) -> list[str]:
    """Return what energies were converted to as lines: a table of cells and regions, and what it stands on."""
    from wattquery.conversions.convert import CONVERSIONS, SEPARATOR
    from wattquery.conversions.kinds import KINDS

    if CONVERSIONS not in ds.attrs:
        return []
    kinds = [kind.name for kind in KINDS if kind.argument in ds.coords]
    is_daily = "energy_per_day" in ds
    centres = {name: f"{name}_per_day" if is_daily else name for name in ("energy", *kinds)}
    across = "credible" if is_daily else "quantile"
    spreads = {name: f"{name}_credible" if is_daily else name for name in kinds}
    levels = ds[across].values.tolist()
    middle = min(range(len(levels)), key=lambda place: abs(levels[place] - 0.5))
    columns: dict[str, xr.DataArray] = {}
    for name, variable in centres.items():
        one = ds[variable] if is_daily else ds[variable].isel({across: middle})
        columns[f"{name} [{one.attrs['units']}]"] = one
        if name != "energy" and len(levels) > 1:
            low, high = (ds[spreads[name]].isel({across: place}) for place in (0, -1))
            columns[f"P{100 * levels[0]:g} of {name}"], columns[f"P{100 * levels[-1]:g} of {name}"] = low, high
    centre = "expected per day" if is_daily else f"P{100 * levels[middle]:g} of a query"
    lines = [f"Conversions, {centre}, and what is not known of the energy", *_table(ds, columns)]
    if "cost_per_million_output_tokens" in ds:
        tokens = ds["cost_per_million_output_tokens"]
        lines += ["", *_table(ds, {f"cost per million output tokens [{tokens.attrs['units']}]": tokens})]
    return [*lines, "", *(f"  {remark}" for remark in ds.attrs[CONVERSIONS].split(SEPARATOR))]


def _table(ds: xr.Dataset, columns: Mapping[str, xr.DataArray]) -> list[str]:
    dims = list(dict.fromkeys(str(dim) for one in columns.values() for dim in one.dims))
    dims = [*(dim for dim in dims if dim != "region"), *(dim for dim in dims if dim == "region")]
    arrays = [one.transpose(*(dim for dim in dims if dim in one.dims)) for one in columns.values()]
    labels = {dim: [_label(value) for value in ds[dim].values] for dim in dims}
    places = itertools.product(*(range(ds.sizes[dim]) for dim in dims))
    rows: list[Sequence[str]] = []
    for place in itertools.islice(places, _ROWS):
        at = dict(zip(dims, place, strict=True))
        values = [float(one.isel({dim: i for dim, i in at.items() if dim in one.dims}).item()) for one in arrays]
        rows.append([*(labels[dim][i] for dim, i in at.items()), *map(number, values)])
    count = 1
    for dim in dims:
        count *= ds.sizes[dim]
    lines = aligned([*dims, *columns], rows, text=range(len(dims)))
    more = [f"{count - _ROWS:,} more rows are not shown. Write all of them to a file with -o out.xlsx."]
    return [*lines, *(more if count > _ROWS else [])]


def _label(value: Any) -> str:
    import numpy as np

    if isinstance(value, np.datetime64):
        return str(value)[:10]
    return f"{value:g}" if isinstance(value, float) else str(value)
