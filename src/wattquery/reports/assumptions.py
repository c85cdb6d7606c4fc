"""Every input of a result with its value or distribution, its unit, and where it is from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from wattquery.quantities import AXES, CATALOG_AXES, QUANTITIES
from wattquery.reports.content import Table

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["assumptions", "rows_of"]

HEADER = ("input", "what it is", "value or distribution", "unit", "from")
MOST_LABELS = 12

_SETTINGS = ("prefill_weight", "round_tokens", "throughput_model")
_FOUND = (*CATALOG_AXES[1:], "node_power", "accelerators")
"""What a catalog says where it is left out."""


def assumptions(ds: xr.Dataset, given: Collection[str] | None) -> Table:
    """Return every input of a sweep.

    Parameters
    ----------
    ds
        The result.
    given
        Names of the arguments that its user gave; None where a file does not say.
    """
    said = [(name, value) for name, value in rows_of(ds)]
    rows = tuple((*entry, _origin(ds, name, given)) for name, entry in said)
    below = "" if given is not None else "A file of a result does not tell what was given and what a preset says."
    return Table("Inputs of every cell", HEADER, rows, frozenset(range(len(HEADER))), below)


def rows_of(ds: xr.Dataset) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name of each input, and its cells up to where it is from."""
    from wattquery.sweeps.coordinates import in_words

    if "blend_members" in ds.attrs:
        members = str(ds.attrs["blend_members"]).replace(" | ", ", ")
        yield "model", ("model", "language models of the blend, in equal parts", members, "-")
    for name in AXES:
        if name not in ds.coords:
            continue
        coordinate = ds[name]
        facts = coordinate.attrs
        unit = str(facts.get("units", facts.get("parameter_units", "")))
        long_name = QUANTITIES[name].long_name
        plain = {key: value for key, value in facts.items() if key not in ("units", "parameter_units")}
        if name in ds.dims:
            value = _labels(coordinate.values.tolist(), str(facts.get("definitions", "")))
        else:
            value = in_words(coordinate.values, plain, [ds[dim].values.tolist() for dim in coordinate.dims])
        yield name, (name.replace("_", " "), long_name, value, unit or "-")
    for name in _SETTINGS:
        if name in ds.attrs and not (name == "prefill_weight" and ds.attrs.get("throughput_model") == "load"):
            yield name, (name.replace("_", " "), _what(name), _setting(name, ds.attrs[name]), _unit(name))


def _labels(labels: list[Any], definitions: str) -> str:
    shown = [f"{one:g}" if isinstance(one, float) else str(one) for one in labels[:MOST_LABELS]]
    more = len(labels) - MOST_LABELS
    words = ", ".join([*shown, *([f"and {more:,} more"] if more > 0 else [])])
    return f"axis: {words}{f' ({definitions})' if definitions else ''}"


def _what(name: str) -> str:
    words = {
        "round_tokens": "whether drawn lengths are whole tokens",
        "throughput_model": "form of throughput over the lengths",
    }
    return words[name] if name in words else QUANTITIES[name].long_name


def _unit(name: str) -> str:
    return QUANTITIES[name].unit if name in QUANTITIES else "-"


def _setting(name: str, value: Any) -> str:
    if name == "round_tokens":
        return "yes" if int(value) else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _origin(ds: xr.Dataset, name: str, given: Collection[str] | None) -> str:
    if given is None:
        return "the file"
    if name in given:
        return "you"
    if name in _FOUND:
        return f"catalog {ds.attrs.get('catalog', '')}"
    if name == "boundary":
        return "the report: every boundary"
    if name in ("levers", "throughput_model"):
        return "default"
    return f"preset {ds.attrs.get('preset', '')}"
