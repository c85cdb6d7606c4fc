"""Carbon, water and cost on the command line: options and the table ``[conversions]``, and results as text."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wattquery.cli.options import decorated
from wattquery.cli.output import aligned, number
from wattquery.errors import InputError, InputTypeError, listed

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "SECTION",
    "as_json",
    "asked",
    "check_in_memory",
    "common_profile",
    "conversion_options",
    "converted",
    "is_number",
    "is_random",
    "needs_hours",
    "of_scenarios",
    "report",
    "section",
]

F = TypeVar("F", bound=Callable[..., Any])

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

_KEYS = (*INTENSITIES, "currency", "load_profile", "pue", "output_tokens", "input_tokens", "total_tokens")
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
    return decorated(function, options)


def asked(
    options: dict[str, Any], written: Mapping[str, Any] | None = None, *, of_sweep: bool = False
) -> dict[str, Any]:
    """Take what a result is converted with out of options; what a file says stands where no option does.

    Parameters
    ----------
    options
        Options by name.
    written
        What a file says.
    of_sweep
        Whether the result can have the distributions of its energies.

    Raises
    ------
    InputError
        If a text is no intensity, or a distribution is one of what has none itself.
    """
    said = {name: options.pop(name) for name in (*INTENSITIES, "currency")}
    read = {
        name: text if name == "currency" else _intensity(name, text) for name, text in said.items() if text is not None
    }
    found = {**(written or {}), **read}
    if found:
        from wattquery.conversions.convert import is_by_hour

        is_by_hour(found)  # reads all of them: what is not plausible is told before the work
    unknown = [] if of_sweep else [name for name, value in found.items() if is_random(value)]
    if unknown:
        raise InputError(
            f"{unknown[0]} must be a number here, got {found[unknown[0]]}: a distribution is for wattquery sweep. Its "
            "ends side by side are regions: low=300,high=450."
        )
    return found


def is_random(value: object) -> bool:
    """Return whether an intensity is a distribution."""
    from wattquery.specs import Distribution

    plain = value.get("value") if isinstance(value, Mapping) else value
    return isinstance(plain, Distribution) and plain.is_random


def of_scenarios(written: Sequence[str]) -> dict[str, Any]:
    """Return the table ``[conversions]`` of scenarios, which all files among them must agree on.

    Raises
    ------
    InputError
        If they do not.
    """
    files = [name for name in written if name.endswith(".toml")]
    tables = [section(Path(name)) for name in files]
    if any(table != tables[0] for table in tables):
        raise InputError(
            f"The scenarios {listed(files)} must have the same table [{SECTION}], as their results are converted "
            "together. Make them the same, or compute them one by one."
        )
    return tables[0] if tables else {}


def check_in_memory(arguments: Mapping[str, Any], store: object) -> None:
    """Refuse to convert what goes into a store box by box.

    Raises
    ------
    InputError
        If there are both.
    """
    if arguments and store is not None:
        raise InputError(
            f"{next(iter(arguments))} cannot stand beside a store, which keeps energies: convert what is read from it, "
            "in Python with wq.convert."
        )


def needs_hours(arguments: Mapping[str, Any], written: Sequence[str]) -> bool:
    """Return whether scenarios have pools, whose power of each hour weighs what they are converted with."""
    if not arguments:
        return False
    from wattquery.conversions.convert import is_by_hour
    from wattquery.scenarios import load

    return is_by_hour(arguments) and all(load(name).pools for name in written)


def common_profile(written: Sequence[str]) -> object:
    """Return the load profile that all scenarios have, None where they have none or several."""
    from wattquery.scenarios import load

    found = [load(name).load_profile for name in written]
    return found[0] if all(one == found[0] for one in found) else None


def is_number(intensity: object) -> bool:
    """Return whether an intensity is one number, checked or not."""
    from wattquery.specs import Distribution

    is_fixed = isinstance(intensity, Distribution) and not intensity.is_random
    return is_fixed or (isinstance(intensity, (int, float)) and not isinstance(intensity, bool))


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
    """Return an intensity with the CSV file that it names looked for beside the file that names it, calls read."""
    if isinstance(value, str) and value.casefold().endswith(".csv"):
        return str(folder / value)
    if isinstance(value, str) and "(" in value:
        from wattquery.specs.expressions import parse_factor

        return parse_factor(SECTION, value)
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


def converted(result: Any, arguments: Mapping[str, Any], load_profile: object = None, pue: object = None) -> xr.Dataset:
    """Return a result with what it was to be converted to.

    Parameters
    ----------
    result
        A Dataset or an estimate.
    arguments
        Those of `wattquery.convert`.
    load_profile
        That of the fleet, for intensities by the hour that come without one.
    pue
        That of the fleet; where it is a number, it tells the energy of the nodes.
    """
    from wattquery.conversions.convert import convert, is_by_hour
    from wattquery.conversions.hours import POWER

    said = dict(arguments)
    if load_profile is not None and "load_profile" not in said and POWER not in result and is_by_hour(said):
        said["load_profile"] = load_profile
    if is_number(pue) and "wue" in said and "pue" not in result.coords:
        said.setdefault("pue", pue)
    return convert(result, **said)


def as_json(ds: xr.Dataset) -> dict[str, Any]:
    """Return what the energies of one cell were converted to, by names with units, and what it stands on."""
    from wattquery.conversions.convert import CONVERSIONS, SEPARATOR
    from wattquery.conversions.kinds import KINDS
    from wattquery.exports.tables import to_table

    table = to_table(ds)
    names = tuple(kind.name for kind in KINDS)
    found = {str(name): table[name].tolist() for name in table.columns if str(name).startswith(names)}
    return {
        **{name: values[0] for name, values in found.items()},
        "stands_on": ds.attrs[CONVERSIONS].split(SEPARATOR),
    }


def report(ds: xr.Dataset) -> list[str]:
    """Return what energies were converted to as lines: a table of cells and regions, and what it stands on."""
    from wattquery.conversions.convert import CONVERSIONS, SEPARATOR
    from wattquery.conversions.kinds import KINDS

    if CONVERSIONS not in ds.attrs:
        return []
    kinds = [kind.name for kind in KINDS if kind.argument in ds.coords]
    is_daily = "energy_per_day" in ds
    across = "credible" if is_daily else "quantile"
    levels = ds[across].values.tolist()
    middle = min(range(len(levels)), key=lambda place: abs(levels[place] - 0.5))
    reach = f"P{100 * levels[0]:g} to P{100 * levels[-1]:g}"
    columns: dict[str, tuple[xr.DataArray, ...]] = {}
    for name in ("energy", *kinds):
        one = ds[f"{name}_per_day"] if is_daily else ds[name].isel({across: middle})
        columns[f"{name} [{one.attrs['units']}]"] = (one,)
        if len(levels) > 1:
            spread = ds[f"{name}_credible"] if is_daily else ds[name]
            columns[f"{reach}{' ' * len(columns)}"] = (spread.isel({across: 0}), spread.isel({across: -1}))
    what = "expected total of a day, and quantiles over what is not known of it" if is_daily else "one query"
    said = what if is_daily else f"P{100 * levels[middle]:g} of {what}"
    boundary = ds["boundary"] if "boundary" in ds.coords else None
    counted = "" if boundary is None or boundary.ndim else f", {boundary.item()} boundary"
    lines = [f"Conversions: {said}{counted}", *_table(ds, columns)]
    if "cost_per_million_output_tokens" in ds:
        tokens = ds["cost_per_million_output_tokens"]
        lines += ["", *_table(ds, {f"cost per million output tokens [{tokens.attrs['units']}]": (tokens,)})]
    return [*lines, "", *(f"  {remark}" for remark in ds.attrs[CONVERSIONS].split(SEPARATOR))]


def _table(ds: xr.Dataset, columns: Mapping[str, tuple[xr.DataArray, ...]]) -> list[str]:
    """Return a table with a number, or two ends, in each column; headings that are alike differ by blanks behind."""
    dims = list(dict.fromkeys(str(dim) for ends in columns.values() for one in ends for dim in one.dims))
    dims = [*(dim for dim in dims if dim != "region"), *(dim for dim in dims if dim == "region")]
    labels = {dim: [_label(value) for value in ds[dim].values] for dim in dims}
    rows: list[Sequence[str]] = []
    for place in itertools.islice(itertools.product(*(range(ds.sizes[dim]) for dim in dims)), _ROWS):
        at = dict(zip(dims, place, strict=True))
        cells = [" to ".join(number(_value(one, at), 5 - len(ends)) for one in ends) for ends in columns.values()]
        rows.append([*(labels[dim][i] for dim, i in at.items()), *cells])
    more = math.prod(ds.sizes[dim] for dim in dims) - len(rows)
    lines = aligned([*dims, *(heading.rstrip() for heading in columns)], rows, text=range(len(dims)))
    left = [f"{more:,} more rows are not shown. Write all of them to a file with -o out.xlsx."] if more else []
    return [*lines, *left]


def _value(one: xr.DataArray, at: Mapping[str, int]) -> float:
    return float(one.isel({dim: i for dim, i in at.items() if dim in one.dims}).item())


def _label(value: Any) -> str:
    import numpy as np

    if isinstance(value, np.datetime64):
        return str(value)[:10]
    return f"{value:g}" if isinstance(value, float) else str(value)
