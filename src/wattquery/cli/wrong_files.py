"""A file of another kind than a command takes: what it is, and the command that it is for.

Told by its name, by what a folder holds, and for TOML by its keys. What is in the file itself, its reader checks.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from wattquery.errors import InputError, quoted

__all__ = ["Kind", "kind_of", "takes"]

Kind = Literal["result", "store", "table", "spec", "scenario"]

_STORES = ("zarr.json", ".zgroup", ".zmetadata")
"""Files of which a Zarr folder has one, whatever it is called."""

_TABLES = (".csv", ".parquet", ".xlsx")

_NAMES = {
    "result": "a saved result",
    "store": "a store of results (a Zarr folder)",
    "table": "a table",
    "spec": "a file that describes the grid of a sweep",
    "scenario": "a scenario of a fleet, which has classes of queries",
}


def kind_of(shown: str) -> Kind | None:
    """Return what a file or folder is; None where it is not there, or nobody can tell.

    Parameters
    ----------
    shown
        A path as its user wrote it.
    """
    path = Path(shown)
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            return "store" if suffix == ".zarr" or any((path / name).is_file() for name in _STORES) else None
        if not path.is_file():
            return None
    except (OSError, ValueError):  # a name that no file can have
        return None
    if suffix == ".nc":
        return "result"
    if suffix in _TABLES:
        return "table"
    return _kind_of_toml(path) if suffix == ".toml" else None


def _kind_of_toml(path: Path) -> Kind | None:
    from wattquery.specs.toml_files import read_toml

    try:
        keys = read_toml(path).keys()
    except InputError:  # which the reader of the command says in its own words
        return None
    if "classes" in keys:
        return "scenario"
    return "spec" if "model" in keys else None


def takes(wanted: str, *kinds: Kind) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return what refuses files of other kinds, as the callback of an argument or option.

    Parameters
    ----------
    wanted
        What the command takes, with its article.
    kinds
        Kinds of files among it. What is of no kind that is told here passes, such as a name.
    """

    def checked(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if not ctx.resilient_parsing:  # of a shell that completes
            for one in value if isinstance(value, tuple) else [value]:
                kind = None if one is None else kind_of(str(one))
                if kind is not None and kind not in kinds:
                    raise InputError(
                        f"{quoted(str(one), 300)} is {_NAMES[kind]}, and {ctx.command_path} takes {wanted}. "
                        f"{_advice(kind, str(one), ctx)}"
                    )
        return value

    return checked


def _advice(kind: Kind, shown: str, ctx: click.Context) -> str:
    """Return what a file of a kind is for, as commands to type."""
    name, stem = shlex.quote(shown), shlex.quote(Path(shown).stem)
    draws = ctx.info_name == "plot"
    first, out = ("Compute it first", f" -o {stem}.nc") if draws else ("Compute it", "")
    if kind == "spec":
        return (
            f"{first} with wattquery sweep {name}{out}, or ask what drives it with wattquery sensitivity {name}{out}."
        )
    if kind == "scenario":
        return f"{first} with wattquery fleet {name}{out}, or over time with wattquery trajectory {name}{out}."
    if kind == "table":
        again = "Results are read again from .nc and .zarr alone: write wattquery sweep SPEC.toml -o out.nc. "
        return (
            f"{again if draws else ''}Benchmarks of your own go into wattquery catalog validate {name}, a log of "
            f"requests into wattquery workloads {name}."
        )
    opening = "open_zarr" if kind == "store" else "open_dataset"
    more = f"Continue it with wattquery sweep SPEC.toml --store {name}; draw" if kind == "store" else "Draw"
    return (
        f"{more} it with wattquery plot {name} --kind heatmap -o {stem}.png, where --select AXIS=LABEL picks cells; "
        f"look at it in a browser with wattquery explore {name} -o {stem}.html; or in Python: ds = "
        f"xarray.{opening}({shown!r}) reads it, ds.sel(...) selects, "
        "wattquery.convert(ds, ...) gives carbon, water and cost, wattquery.save(ds, 'out.csv') writes a table."
    )
