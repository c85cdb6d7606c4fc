"""Which energies a result has, what they count, and what of them an intensity multiplies."""

from __future__ import annotations

import numpy as np
import xarray as xr

from wattquery.conversions.kinds import Kind
from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.ladder import ACCELERATOR, FACILITY, LADDER, NODE
from wattquery.specs.ranges import ranged_number
from wattquery.sweeps.estimate_result import Estimate
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.operating_point_result import OperatingPoint

__all__ = ["PER_DAY", "PER_QUERY", "as_dataset", "counted", "energies", "share_of"]

PER_QUERY, PER_DAY = "Wh", "GWh/day"
_NOT_SCALED = ("stderr", "energy_std")
_WORDS = {
    FACILITY.name: "what the facility takes from the grid",
    NODE.name: "what the nodes draw (IT energy, without what PUE adds)",
}


def as_dataset(result: object) -> xr.Dataset:
    """Return a result as a Dataset: an estimate has its one cell.

    Raises
    ------
    InputTypeError
        If it has no energies.
    """
    if isinstance(result, OperatingPoint):
        result = result.estimate
    if isinstance(result, Estimate):
        return _of_estimate(result)
    if not isinstance(result, xr.Dataset) or not energies(result):
        raise InputTypeError(
            "convert takes a result with energies, as wattquery.sweep, wattquery.estimate, wattquery.fleet and "
            f"wattquery.trajectory return them, got an object of type {type(result).__name__} without. Pass one."
        )
    stacked = [str(dim) for dim, index in result.indexes.items() if index.nlevels > 1]
    if stacked:
        raise InputError(
            f"The dimension {stacked[0]!r} stands for several at once. Take them apart: ds.unstack({stacked[0]!r})."
        )
    return result


def energies(result: xr.Dataset) -> list[str]:
    """Return the names of the energies that scale with an intensity: their errors and spreads are left out."""
    return [
        str(name)
        for name, variable in result.data_vars.items()
        if str(name).startswith(("energy", "saved"))
        and variable.dtype.kind == "f"
        and variable.attrs.get("units") in (PER_QUERY, PER_DAY)
        and not any(part in str(name) for part in _NOT_SCALED)
    ]


def counted(result: xr.Dataset) -> xr.DataArray:
    """Return what each boundary of a result counts, without steps beyond it, and whether it has such steps.

    Returns
    -------
    xarray.DataArray
        Of text, such as ``"facility"`` or ``"facility+"``, with the dimension ``boundary`` where it is an axis.

    Raises
    ------
    InputError
        If the result does not say.
    """
    if "boundary" in result.coords:
        labels = result.coords["boundary"]
        definitions = dict(
            part.split(" = ", 1) for part in str(labels.attrs.get("definitions", "")).split("; ") if " = " in part
        )
        texts = [_base(str(label), definitions) for label in labels.values.ravel()]
        return xr.DataArray(np.array(texts).reshape(labels.shape), dims=labels.dims)
    said = {str(result[name].attrs.get("boundary", "")) for name in energies(result)}
    if len(said) == 1 and (base := _base(said.pop(), {})):
        return xr.DataArray(base)
    raise InputError(
        "The result does not say what its energies count, by which intensities are chosen. Compute it again, with "
        "boundary='facility' for what the grid supplies."
    )


def _base(label: str, definitions: dict[str, str]) -> str:
    counts, _, steps = label.partition("+")
    definition = definitions.get(label)
    if definition is None:
        return f"{counts}{'+' if steps else ''}" if counts in (rung.name for rung in LADDER) else ""
    first, *factors = definition.split(" * ")
    if first.startswith("accelerator") or any(one.startswith("accelerator_share") for one in factors):
        base = ACCELERATOR.name
    else:
        base = FACILITY.name if "PUE" in factors else NODE.name
    return f"{base}{'+' if [one for one in factors if not one.startswith(('PUE', 'accelerator_share'))] else ''}"


def share_of(result: xr.Dataset, kind: Kind, stated: object = None) -> tuple[xr.DataArray, str]:
    """Return what of each energy an intensity multiplies [1], NaN where that is not known, and a remark.

    Parameters
    ----------
    result, kind
        What is converted, and to what.
    stated
        A PUE that the user passed, for results that do not say theirs.

    Raises
    ------
    InputError
        If it is known of no energy of the result.
    """
    found = counted(result)
    fits = np.char.rstrip(found.values.astype(str), "+") == kind.of
    share = xr.DataArray(np.where(fits, 1.0, np.nan), dims=found.dims)
    remark = ""
    pue = _pue(result, stated)
    whole = found == FACILITY.name
    if kind.of == NODE.name and bool(whole.any()) and pue is not None and pue.dtype.kind in "iuf":
        share = share.where(~whole, 1.0 / pue.drop_vars(pue.coords))
        remark = "IT energy is that of the facility over its PUE, which is a number"
    if bool(np.isnan(share).all()):
        raise InputError(_refusal(kind, found))
    if bool(np.isnan(share).any()):
        remark = f"{remark}; " if remark else ""
        remark += f"not computed where boundary counts anything but {_WORDS[kind.of]}"
    if bool((np.char.endswith(found.values.astype(str), "+") & fits).any()):
        remark = f"{remark}; " if remark else ""
        remark += "steps beyond the boundary (overhead) count as energy of the same kind"
    return share, remark


def _pue(result: xr.Dataset, stated: object) -> xr.DataArray | None:
    """Return the PUE of a result, or the one that was passed where it does not say it."""
    own = result.coords.get("pue")
    if stated is None:
        return own
    if own is not None:
        raise InputError(
            "pue is what the result says already; a number in its place would not fit its energies. Leave it out."
        )
    return xr.DataArray(ranged_number("pue", stated))


def _refusal(kind: Kind, found: xr.DataArray) -> str:
    counts = listed(dict.fromkeys(str(one).rstrip("+") for one in found.values.ravel()))
    fix = f"Compute the result with boundary={kind.of!r}"
    if kind.of == NODE.name:
        fix += (
            ", with boundary=['node', 'facility'] for both, or at the facility without further steps and with a PUE "
            "that is one number"
        )
    return f"{kind.argument} multiplies {_WORDS[kind.of]}, and the result counts {counts}. {fix}."


def _of_estimate(result: Estimate) -> xr.Dataset:
    """Return the energies of an estimate, with what it assumed as far as conversions need it."""
    levels = list(result.quantiles)
    variables = {
        "energy": labelled("energy", ("quantile",), np.array([result.quantiles[level] for level in levels])),
        "energy_mean": labelled("energy_mean", (), np.array(result.mean)),
    }
    for name in ("energy_prefill", "energy_decode"):
        if hasattr(result, name):
            variables[name] = labelled(name, (), np.array(getattr(result, name)))
    coords = {"quantile": labelled("quantile", ("quantile",), np.array(levels))}
    for name, text in result.assumptions.items():
        coords[name] = _assumed(name, text)
    coords["boundary"] = xr.Variable((), result.boundary)
    found = xr.Dataset(variables, coords, dict(result.provenance))
    for variable in found.data_vars.values():
        variable.attrs["boundary"] = result.boundary
    return found


def _assumed(name: str, text: str) -> xr.Variable:
    """Return an assumption as a coordinate of a sweep is: a number, or a text with what it stands for."""
    plain = text.removesuffix(" tokens").removesuffix(" kW")
    try:
        return labelled(name, (), np.array(float(plain)))
    except ValueError:
        label, _, definition = plain.partition(": ")
        more = {"definitions": f"{label} = {definition}"} if definition else {}
        return labelled(name, (), np.array(label), **more)
