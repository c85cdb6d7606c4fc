"""The load model that ships: fitted parameters with draws of them, variances of residuals, and factors of intervals.

``data/fit_load_model.py`` of the project makes the tables.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.fitting.fit import FittedParameters
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.parameters import Layout
from wattquery.throughput.load.residuals import LEVELS, Calibration, ResidualProcess
from wattquery.throughput.load.residuals.levels import ROW
from wattquery.throughput.load.shipped_rows import shipped_observations

__all__ = [
    "parameter_draws",
    "shipped",
    "shipped_calibration",
    "shipped_fingerprint",
    "shipped_parameters",
    "shipped_process",
]

Numbers = NDArray[np.float64]

_FITTED = "data/fitted"


@cache
def shipped() -> LoadModel:
    """Return the load model that ships, fitted to the rows of the catalog ``default``.

    Examples
    --------
    >>> from wattquery.throughput import load
    >>> rows = load.shipped_observations()
    >>> known = load.shipped().predict(rows.take(rows.row_id == "E00202"))
    >>> known.support[0], round(float(known.quantile("power_w_per_accelerator", 0.5)[0]), -2)
    ('measured', 600.0)
    """
    return LoadModel.of(shipped_parameters(), shipped_process(), shipped_calibration(), shipped_observations())


@cache
def shipped_parameters() -> FittedParameters:
    """Return the fitted parameters; their covariance is that of `parameter_draws`."""
    values = {row["name"]: float(row["logarithm"]) for row in _rows("parameters.csv")}
    layout = Layout.of_names(values)
    names, draws = parameter_draws()
    order = [names.index(name) for name in layout.names]
    apart = draws[:, order] - layout.vector(values)
    _, sd = layout.prior
    # Fewer draws than parameters know of no direction that is in none of them: a little of the prior is added.
    covariance = apart.T @ apart / len(apart) + np.diag(1e-4 * sd**2)
    return FittedParameters(layout, layout.vector(values), covariance)


@cache
def parameter_draws() -> tuple[tuple[str, ...], Numbers]:
    """Return names and joint draws of the fitted logarithms, (draws, parameters): what they could as well be."""
    rows = list(csv.reader(_text("draws.csv").splitlines()))
    names = tuple(row[0] for row in rows[1:])
    draws = np.array([row[1:] for row in rows[1:]], dtype=np.float64).T
    draws.flags.writeable = False  # all callers share it
    return names, draws


@cache
def shipped_process() -> ResidualProcess:
    """Return the process of residuals."""
    stored = {row["level"]: row for row in _rows("residual_levels.csv")}
    rows = [stored[level.name] for level in (*LEVELS, ROW)]
    theta = np.array([[float(row[f"theta_{k}"]) for k in range(6)] for row in rows])
    errors = np.array([[float(row[f"error_{k}"]) for k in range(6)] for row in rows])
    return ResidualProcess(theta, errors)


@cache
def shipped_calibration() -> Calibration:
    """Return the factors of intervals."""
    found: Mapping[tuple[str, str], tuple[float, float]] = {
        (row["support"], row["quantity"]): (float(row["factor_50"]), float(row["factor_90"]))
        for row in _rows("interval_factors.csv")
    }
    return Calibration(dict(found))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(name).splitlines()))


def _text(name: str) -> str:
    return files("wattquery.throughput.load").joinpath(_FITTED, name).read_text(encoding="utf-8")


@cache
def shipped_fingerprint() -> str:
    """Return a hexadecimal number of 16 digits that changes with any table that the load model which ships is made of.

    Examples
    --------
    >>> from wattquery.throughput.load.shipped_model import shipped_fingerprint
    >>> len(shipped_fingerprint())
    16
    """
    folder = files("wattquery.throughput.load").joinpath("data")
    tables = [folder.joinpath(name) for name in ("parameters.csv", "task_lengths.csv")]
    fitted = ("parameters.csv", "draws.csv", "residual_levels.csv", "interval_factors.csv")
    tables += [folder.joinpath("fitted", name) for name in fitted]
    made = hashlib.sha256()
    for table in tables:
        content = table.read_bytes()
        made.update(f"{table.name}:{len(content)}:".encode() + content)
    return made.hexdigest()[:16]
