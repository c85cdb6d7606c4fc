"""Measured rows to a load model that can predict."""

from __future__ import annotations

from wattquery.throughput.load.fitting.fit import fit_parameters
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.shipped_model import shipped_calibration, shipped_process

__all__ = ["fit"]


def fit(rows: Observations, *, start: LoadModel | None = None) -> LoadModel:
    """Return the load model fitted to measured rows.

    The parameters are fitted, and what they leave over is pooled among rows of one architecture. How large residuals
    are and how intervals are widened are taken from the shipped model: a few dozen numbers that hardly change.

    Parameters
    ----------
    rows
        Measured rows; see `wattquery.throughput.load.fitting.selection.left_out` for those that are not used.
    start
        A model from whose parameters the search begins. It saves time; effects of labels that the rows do not have are
        passed over.

    Raises
    ------
    InputError
        If no row can be used.
    """
    process = shipped_process() if start is None else start.process
    calibration = shipped_calibration() if start is None else start.calibration
    parameters = fit_parameters(rows, start=None if start is None else start.parameters.numbers())
    return LoadModel.of(parameters, process, calibration, rows)
