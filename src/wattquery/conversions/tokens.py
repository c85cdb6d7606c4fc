"""Mean tokens per query, for a cost per million of them: from what a result says of its lengths, or as passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.specs.containers import as_mapping
from wattquery.specs.distributions import Distribution
from wattquery.specs.distributions.convert import as_distribution
from wattquery.specs.expressions import parse_factor
from wattquery.specs.ranges import ranged_number

__all__ = ["mean_tokens"]


def mean_tokens(result: xr.Dataset, of: str, given: object) -> xr.DataArray | None:
    """Return mean tokens per query [tokens], with the dimensions along which they differ; None where nothing says it.

    Parameters
    ----------
    result
        A sweep or a fleet.
    of
        ``"output_tokens"`` or ``"input_tokens"``.
    given
        A number that the user passed, or numbers by class of queries or by length; None for what the result says.

    Raises
    ------
    InputError
        If what was passed is no number of tokens, or does not fit the labels of the result.
    """
    if given is not None:
        return _given(result, of, as_mapping(given, of))
    if "workload" in result.coords:
        return _each(result.coords["workload"], lambda label: _of_workload(label, of))
    if "lengths" in result.coords:
        return (
            _each(result.coords["lengths"], lambda label: _of_class(result, label)) if of == "output_tokens" else None
        )
    if of not in result.coords:
        return None
    lengths = result.coords[of]
    if lengths.dtype.kind in "iuf":
        return lengths.astype(float)
    definitions = dict(
        part.split(" = ", 1) for part in str(lengths.attrs.get("definitions", "")).split("; ") if " = " in part
    )
    return _each(lengths, lambda label: _of_text(str(definitions.get(label, label))))


def _given(result: xr.Dataset, of: str, given: object) -> xr.DataArray:
    if not isinstance(given, Mapping):
        return xr.DataArray(ranged_number(of, given))
    for dim in ("query_class", of, "workload"):
        if dim in result.dims:
            labels = [str(label) for label in result[dim].values]
            missing = [label for label in labels if label not in given]
            unknown = [str(label) for label in given if str(label) not in labels]
            if missing or unknown:
                odd = unknown[0] if unknown else missing[0]
                raise InputError(
                    f"{of} must have a number for each {dim.replace('_', ' ')}, which are {listed(labels)}, and "
                    f"{'has another one' if unknown else 'lacks one'}: {odd!r}.{did_you_mean(odd, labels)} Correct it."
                )
            numbers = [ranged_number(of, given[label], f"{of}[{label!r}]") for label in labels]
            return xr.DataArray(numbers, dims=dim, coords={dim: result[dim]})
    raise InputError(f"{of} must be one number where the result has no axis of lengths, got a table. Pass a number.")


def _each(labels: xr.DataArray, mean: Any) -> xr.DataArray | None:
    """Return the mean of each label; None where one of them tells nothing."""
    means = [mean(str(label)) if str(label) else np.nan for label in labels.values.ravel().tolist()]
    if any(one is None for one in means):
        return None
    return xr.DataArray(np.array(means, dtype=float).reshape(labels.shape), dims=labels.dims)


def _of_text(text: str) -> float | None:
    try:
        found = parse_factor("tokens", text)
    except InputError:
        return None
    if isinstance(found, Distribution):
        return float(found.mean())
    return float(found) if isinstance(found, (int, float)) else None


def _of_workload(label: str, of: str) -> float | None:
    from wattquery.workloads.named import load, names

    return float(load(label).mean(of)) if label in names() else None


def _of_class(result: xr.Dataset, label: str) -> float | None:
    """Return the mean of a class's output: what its text says, or the workload of the preset that it names."""
    found = _of_text(label)
    if found is None:
        found = _of_workload(label, "output_tokens")
    if found is not None or "preset" not in result.coords or result.coords["preset"].ndim:
        return found
    from wattquery.catalog import preset, preset_names

    name = str(result.coords["preset"].item())
    lengths = preset(name).output_tokens if name in preset_names() else {}
    return float(as_distribution(lengths[label], label).mean()) if label in lengths else None
