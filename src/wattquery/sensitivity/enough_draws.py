"""`convergence`: whether the draws of a sweep were enough, statistic by statistic, and what would be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError
from wattquery.lattice import BIN_WIDTH
from wattquery.results import checked_dataset, number_of_draws
from wattquery.specs.scalars import is_number, shown

__all__ = ["Convergence", "convergence"]

Array = NDArray[np.float64]

_NOTES = {
    "monte_carlo": "independent draws: the error falls with the square root of their number",
    "quasi_monte_carlo": (
        "quasi-random points: the error does not follow the square root of their number but mostly falls faster, so "
        "draws_needed is an upper limit; raise draws (to a power of two) and look again"
    ),
    "exact": "computed without sampling: there is no sampling error, and no number of draws to choose",
}
_TOO_FINE = (
    "the target is finer than the lattice of energies, whose bins are 0.1 % wide: where a bin stands out (one whole "
    "token with all else fixed) more draws do not help"
)
_NO_MEAN = "the mean of a blend is left out: its error is not kept in the dataset"


_NEEDED = {"energy": ("quantile",), "energy_stderr": ("quantile",)}
"""Variables of a sweep from which convergence is told, with a dimension of each."""


@dataclass(frozen=True, eq=False)
class Convergence:
    """Whether the draws were enough; prints itself as a table.

    Attributes
    ----------
    table
        Dims of the grid and ``statistic`` (``"p50"``, ``"mean"``, ...): ``relative_stderr`` [1], ``enough`` and
        ``draws_needed``; by statistic ``all_enough``, ``worst`` (the largest relative error), ``worst_cell`` and
        ``most_draws_needed``.
    relative_stderr
        The target.
    method, draws
        How the energies were computed.
    notes
        What a reader should know before using it.
    """

    table: xr.Dataset
    relative_stderr: float
    method: str
    draws: int
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every statistic of every cell with data is known well enough."""
        return bool(self.table["all_enough"].all())

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "ok": self.ok,
            "relative_stderr_target": self.relative_stderr,
            "method": self.method,
            "draws": self.draws,
            "statistics": {
                str(name): {
                    "enough": bool(row["all_enough"]),
                    "worst_relative_stderr": float(row["worst"]),
                    "worst_cell": str(row["worst_cell"].item()),
                    "draws_needed": int(row["most_draws_needed"]),
                }
                for name in self.table["statistic"].values
                for row in [self.table.sel(statistic=name)]
            },
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        verdict = "enough" if self.ok else "not enough"
        how = "exact" if self.method == "exact" else f"{self.method}, {self.draws:,} draws per cell"
        lines = [f"{verdict}: relative standard error of {self.relative_stderr:.2g} or less ({how})", ""]
        lines.append(f"  {'statistic':<10}{'enough':<8}{'worst error':>12}{'draws needed':>15}  worst cell")
        for name, row in self.to_dict()["statistics"].items():
            needed = f"{row['draws_needed']:,}" if self.draws else "-"
            lines.append(
                f"  {name:<10}{'yes' if row['enough'] else 'NO':<8}{row['worst_relative_stderr']:>12.2g}"
                f"{needed:>15}  {row['worst_cell']}"
            )
        lines.extend(["", *(f"  note: {note}" for note in self.notes)])
        return "\n".join(lines)


def convergence(ds: xr.Dataset, relative_stderr: float = 0.01) -> Convergence:
    r"""Return whether the draws of a sweep were enough for each quantile and for the mean, and how many would be.

    .. math::

        r = \mathrm{se} / \text{value}, \qquad n_\text{needed} = n \left(r / r_\text{target}\right)^2

    The standard error of a quantile is that of the dataset (``energy_stderr``), that of a mean
    ``energy_std / sqrt(draws)``. It says how well the *calculation* is known: not how well the inputs are.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` or `wattquery.blend`.
    relative_stderr
        Standard error over value that is good enough [1].

    Returns
    -------
    Convergence
        A table by cell and statistic, and its summary in words.

    Raises
    ------
    InputError
        If the target is not between 0 and 1, or the dataset does not say how its energies were made.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sweep("Llama 3.1 405B", draws=10_000, quantiles=[0.05, 0.5], seed=1)
    >>> report = wq.sensitivity.convergence(ds)
    >>> report.ok, report.table["enough"].values.tolist()
    (False, [False, True, True])
    >>> wq.sensitivity.convergence(wq.sweep("Llama 3.1 405B", method="exact")).ok
    True
    """
    target = _checked_target(relative_stderr)
    ds = checked_dataset(ds, _NEEDED, "sweep or blend", ("method", "draws"))
    method, draws = str(ds.attrs["method"]), number_of_draws(ds)
    errors, notes = _relative_errors(ds, method, draws)
    if draws:
        notes = (*notes, _own_error(ds["quantile"].values, draws))
    if draws and target < BIN_WIDTH / math.sqrt(12.0):
        notes = (*notes, _TOO_FINE)
    return Convergence(_summary(errors, target, draws), target, method, draws, notes)


def _relative_errors(ds: xr.Dataset, method: str, draws: int) -> tuple[xr.DataArray, tuple[str, ...]]:
    """Return standard error over value by cell and statistic, NaN without data."""
    notes = [_NOTES.get(method, f"method {method}: draws_needed supposes independent draws")]
    quantiles = ds["energy_stderr"] / ds["energy"]
    parts = [quantiles.rename(quantile="statistic").drop_vars("statistic")]
    names = [f"p{100 * level:g}" for level in ds["quantile"].values]
    if "blend_over" in ds.attrs and draws:
        notes.append(_NO_MEAN)
    elif "energy_mean" in ds and "energy_std" in ds:
        error = ds["energy_std"] / math.sqrt(draws) if draws else 0.0 * ds["energy_std"]
        parts.append((error / ds["energy_mean"]).expand_dims("statistic", axis=-1))
        names.append("mean")
    joined = xr.concat(parts, "statistic", coords="minimal", compat="override", join="override")
    dims = [dim for dim in ds["energy"].dims if dim != "quantile"]
    return joined.assign_coords(statistic=names).transpose(*dims, "statistic"), tuple(notes)


def _own_error(levels: Array, draws: int) -> str:
    """Return how well the draws needed are known themselves.

    The error of a quantile is read off the distance between two others, 2 sqrt(n q (1 - q)) draws apart, which is
    known to one over the square root of that number.
    """
    worst = float(np.max(math.sqrt(2.0) / (draws * levels * (1.0 - levels)) ** 0.25))
    return f"draws_needed is an estimate itself, in the tails to about {worst:.0%}: look again after raising draws"


def _summary(errors: xr.DataArray, target: float, draws: int) -> xr.Dataset:
    """Return the table of a report."""
    values = np.asarray(errors.values, dtype=np.float64)
    known = ~np.isnan(values)
    if not known.any():
        raise InputError(
            "No cell of the dataset has data, so there is nothing to judge. ds['supported'] tells which do."
        )
    needed = np.where(known, np.ceil(draws * (np.where(known, values, 0.0) / target) ** 2 - 1e-9), np.nan)
    flat = values.reshape(-1, values.shape[-1])
    worst = np.nanargmax(np.where(np.isnan(flat), -1.0, flat), axis=0)
    places = [_cell_name(errors, int(place)) for place in worst]
    dims = errors.dims
    return xr.Dataset(
        {
            "relative_stderr": (dims, values, {"long_name": "sampling standard error over value", "units": "1"}),
            "enough": (
                dims,
                known & (values <= target),
                {"long_name": "whether the target is met; false without data"},
            ),
            "draws_needed": (dims, needed, {"long_name": "draws per cell that would meet the target", "units": "1"}),
            "all_enough": (
                "statistic",
                np.where(known, values <= target, True).all(axis=tuple(range(values.ndim - 1))),
            ),
            "worst": ("statistic", np.nanmax(flat, axis=0), {"long_name": "largest relative error", "units": "1"}),
            "worst_cell": ("statistic", np.array(places)),
            "most_draws_needed": ("statistic", np.nanmax(needed.reshape(flat.shape), axis=0)),
        },
        errors.coords,
        {"title": "Convergence of the sampling", "relative_stderr_target": target, "draws": draws},
    )


def _cell_name(errors: xr.DataArray, place: int) -> str:
    """Return the labels of a cell, joined."""
    dims = [str(dim) for dim in errors.dims[:-1]]
    indices = np.unravel_index(place, errors.shape[:-1])
    labels = [str(errors[dim].values[i]) for dim, i in zip(dims, indices, strict=True)]
    return " / ".join(labels) or "the only cell"


def _checked_target(value: Any) -> float:
    if not is_number(value):
        raise InputTypeError(f"relative_stderr = {shown(value)} is not a number. Write 1 % as 0.01.")
    if not 0.0 < value < 1.0:
        raise InputError(
            f"relative_stderr = {shown(value)} came. Allowed is more than 0 and less than 1; write 1 % as 0.01."
        )
    return float(value)
