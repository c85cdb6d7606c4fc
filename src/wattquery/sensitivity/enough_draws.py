"""`convergence`: whether the draws of a sweep were enough, statistic by statistic, and what would be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError
from wattquery.histograms import BIN_WIDTH
from wattquery.inputs.arguments import refuses_unknown
from wattquery.kernels.order_statistics import informing_draws
from wattquery.pages.cards import Carded, Table
from wattquery.specs.scalars import finite, is_number, shown
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.results import checked_dataset, number_of_draws
from wattquery.sweeps.support_words import missing_because

__all__ = ["Convergence", "convergence"]

Array = NDArray[np.float64]

_NOTES = {
    "monte_carlo": "independent draws: the error falls with the square root of their number",
    "quasi_monte_carlo": (
        "quasi-random points: the error does not follow the square root of their number but mostly falls faster, so "
        "draws_needed is an upper limit (where the target is met, the draws made); raise draws (to a power of "
        "two) and look again"
    ),
    "exact": "computed without sampling: there is no sampling error, and no number of draws to choose",
}
_TOO_FINE = (
    "the target is finer than the lattice of energies, whose bins are 0.1 % wide: where a bin stands out (one whole "
    "token with all else fixed) more draws do not help"
)
_OWN_ERROR = "draws_needed is an estimate itself, in the tails to some ten percent: look again after raising draws"
_NO_MEAN = "the mean is left out: the dataset has no energy_mean_stderr"
_NO_INFORMATION = (
    "no information: too few draws lie beyond a quantile (or in the tail that makes a mean) to tell its error at all; "
    "draws needed is then where something can be told, and no promise"
)
_MORE_FOR_A_MEAN = 4.0
"""Times more draws after which a mean of which nothing can be told is worth another look."""


_NEEDED = {"energy": ("quantile",), "energy_stderr": ("quantile",)}
"""Variables of a sweep from which convergence is told, with a dimension of each."""


@dataclass(frozen=True, eq=False)
class Convergence(Carded):
    """Whether the draws were enough; prints itself as a table.

    Attributes
    ----------
    table
        Dims of the grid and ``statistic`` (``"p50"``, ``"mean"``, ...): ``relative_stderr`` [1], infinite where too
        few draws lie beyond a quantile to tell, ``enough`` and ``draws_needed``; by statistic ``all_enough``, ``worst``
        (the largest relative error), ``worst_cell`` and ``most_draws_needed``.
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
        """Return plain values that JSON can hold; None for an error without information."""
        return {
            "ok": self.ok,
            "relative_stderr_target": self.relative_stderr,
            "method": self.method,
            "draws": self.draws,
            "statistics": {
                str(name): {
                    "enough": bool(row["all_enough"]),
                    "worst_relative_stderr": worst if math.isfinite(worst) else None,
                    "worst_cell": str(row["worst_cell"].item()),
                    "draws_needed": int(needed) if math.isfinite(needed) else None,
                }
                for name in self.table["statistic"].values
                for row in [self.table.sel(statistic=name)]
                for worst, needed in [(float(row["worst"]), float(row["most_draws_needed"]))]
            },
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        title, (table, notes) = self._card()
        lines = [title, ""]
        for name, enough, said, needed, cell in (table.header, *table.rows):
            lines.append(f"  {name:<10}{enough:<8}{said:>15}{needed:>17}  {cell}")
        lines.extend(["", *(f"  note: {note}" for note in notes)])
        return "\n".join(lines)

    def _card(self) -> tuple[str, tuple[Table, tuple[str, ...]]]:
        verdict = "enough" if self.ok else "not enough"
        how = "exact" if self.method == "exact" else f"{self.method}, {self.draws:,} draws per cell"
        rows = []
        for name, row in self.to_dict()["statistics"].items():
            error, more = row["worst_relative_stderr"], row["draws_needed"]
            needed = "-" if not self.draws or more is None else f"{more:,}" if more < 10**12 else f"{more:.1e}"
            if error is None and more is not None:
                needed = f">= {needed}"
            said = "no information" if error is None else f"{error:.2g}"
            rows.append([name, "yes" if row["enough"] else "NO", said, needed, row["worst_cell"]])
        table = Table(["statistic", "enough", "worst error", "draws needed", "worst cell"], rows)
        return f"{verdict}: relative standard error of {self.relative_stderr:.2g} or less ({how})", (table, self.notes)


@refuses_unknown
def convergence(ds: xr.Dataset, relative_stderr: float = 0.01) -> Convergence:
    r"""Return whether the draws of a sweep were enough for each quantile and for the mean, and how many would be.

    .. math::

        r = \mathrm{se} / \text{value}, \qquad n_\text{needed} = n \left(r / r_\text{target}\right)^2

    The standard errors are those of the dataset, ``energy_stderr`` and ``energy_mean_stderr``. They say how well the
    *calculation* is known: not how well the inputs are. Where an error is infinite, there is no information, nothing is
    enough, and ``draws_needed`` is what leaves ten draws beyond the quantile, from where its error can be told.

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
    >>> ds = wq.sweep("Llama 3.1 405B", draws=20_000, quantiles=[0.05, 0.5], seed=1)
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
    informing = [float(informing_draws(level)) for level in ds["quantile"].values.tolist()]
    informing += [_MORE_FOR_A_MEAN * draws] * (errors.sizes["statistic"] - len(informing))
    if draws and np.isfinite(errors.values).any():
        notes = (*notes, _OWN_ERROR)
    if np.isinf(errors.values).any():
        notes = (*notes, _NO_INFORMATION)
    if draws and target < BIN_WIDTH / math.sqrt(12.0):
        notes = (*notes, _TOO_FINE)
    # Fewer quasi-random points lose more than the square root of their number says.
    fewest = float(draws) if method == "quasi_monte_carlo" else 0.0
    if bool(np.isnan(errors.values).all()):
        reason = missing_because(ds, dict.fromkeys(map(str, ds.dims), 0))
        known = f"Of the first one nothing is predicted{reason}." if reason else "ds['supported'] tells which do."
        raise InputError(f"No cell of the dataset has data, so there is nothing to judge. {known}")
    table = _summary(errors, target, draws, np.array(informing), fewest).assign_attrs(method=method)
    return Convergence(table, target, method, draws, notes)


def _relative_errors(ds: xr.Dataset, method: str, draws: int) -> tuple[xr.DataArray, tuple[str, ...]]:
    """Return standard error over value by cell and statistic, NaN without data."""
    notes = [_NOTES.get(method, f"method {method}: draws_needed supposes independent draws")]
    quantiles = ds["energy_stderr"] / ds["energy"]
    parts = [quantiles.rename(quantile="statistic").drop_vars("statistic")]
    names = [f"p{100 * level:g}" for level in ds["quantile"].values]
    if "energy_mean" in ds and "energy_mean_stderr" in ds:
        parts.append((ds["energy_mean_stderr"] / ds["energy_mean"]).expand_dims("statistic", axis=-1))
        names.append("mean")
    else:
        notes.append(_NO_MEAN)
    joined = xr.concat(parts, "statistic", coords="minimal", compat="override", join="override")
    dims = [dim for dim in ds["energy"].dims if dim != "quantile"]
    return joined.assign_coords(statistic=names).transpose(*dims, "statistic"), tuple(notes)


def _summary(errors: xr.DataArray, target: float, draws: int, informing: Array, fewest: float) -> xr.Dataset:
    """Return the table of a report; ``informing`` are draws that would tell something of each statistic.

    At least ``fewest`` draws are said to be needed.
    """
    values = np.asarray(errors.values, dtype=np.float64)
    known = ~np.isnan(values)
    told = np.isfinite(values)
    needed = np.where(known, np.ceil(draws * (np.where(told, values, 0.0) / target) ** 2 - 1e-9), np.nan)
    needed = np.maximum(needed, fewest)
    needed = np.where(known & ~told, np.maximum(informing, draws + 1.0), needed)
    flat = values.reshape(-1, values.shape[-1])
    worst = np.nanargmax(np.where(np.isnan(flat), -1.0, flat), axis=0)
    places = [_cell_name(errors, int(place)) for place in worst]
    dims = [str(dim) for dim in errors.dims]
    return xr.Dataset(
        {
            "relative_stderr": labelled("relative_stderr", dims, values),
            "enough": labelled("enough", dims, known & (values <= target)),
            "draws_needed": labelled("draws_needed", dims, needed),
            "all_enough": (
                "statistic",
                (np.where(known, values <= target, True).reshape(flat.shape) & ~np.isnan(flat).all(axis=0)).all(axis=0),
            ),
            "worst": labelled("worst", ["statistic"], _largest(flat)),
            "worst_cell": ("statistic", np.array(places)),
            "most_draws_needed": ("statistic", _largest(needed.reshape(flat.shape))),
        },
        errors.coords,
        {"title": "Convergence of the sampling", "relative_stderr_target": target, "draws": draws},
    )


def _largest(values: Array) -> Array:
    """Return the largest known value of each column, NaN where none is known."""
    unknown = np.isnan(values)
    return np.where(unknown.all(axis=0), np.nan, np.where(unknown, -np.inf, values).max(axis=0))


def _cell_name(errors: xr.DataArray, place: int) -> str:
    """Return the labels of a cell, joined."""
    dims = [str(dim) for dim in errors.dims[:-1]]
    indices = np.unravel_index(place, errors.shape[:-1])
    labels = [str(errors[dim].values[i]) for dim, i in zip(dims, indices, strict=True)]
    return " / ".join(labels) or "the only cell"


def _checked_target(value: Any) -> float:
    if not is_number(value):
        raise InputTypeError(f"relative_stderr must be a number, got {shown(value)}. Write 1 % as 0.01.")
    if not 0.0 < value < 1.0:
        raise InputError(f"relative_stderr must lie between 0 and 1, got {shown(value)}. Write 1 % as 0.01.")
    return finite(value, "relative_stderr")
