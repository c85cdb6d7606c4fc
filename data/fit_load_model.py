"""Fit the load model to the shipped rows, and write the tables that ship with it.

    python data/fit_load_model.py                 the parameters alone (seconds); intervals and draws stay as they are
    python data/fit_load_model.py --intervals     also the variances of residuals and the factors of intervals, from
                                                  fits without each architecture, accelerator and stack (minutes)
    python data/fit_load_model.py --draws 200     also joint draws of the parameters (minutes)

Residuals of rows whose architecture a fit has seen are too small to tell how far off a new architecture is: variances
and factors come from fits that have not.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.fit import FittedParameters, fit_parameters
from wattquery.throughput.load.fitting.output_errors import output_errors
from wattquery.throughput.load.fitting.selection import left_out
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.residual_places import places_of, residuals_of
from wattquery.throughput.load.residuals import Effects, ResidualProcess, calibrate_factors
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.support import configuration

FITTED = Path(__file__).resolve().parent.parent / "src/wattquery/throughput/load/data/fitted"
SEED = 20261127
FEWEST = 4
"""Rows of a label that is left out once."""

Numbers = NDArray[np.float64]


def main(arguments_of_call: Sequence[str] | None = None) -> None:
    """Fit, and write what was asked for."""
    parser = argparse.ArgumentParser(description="Fit the load model to the shipped rows.")
    parser.add_argument("--intervals", action="store_true", help="also variances of residuals and factors of intervals")
    parser.add_argument("--draws", type=int, default=0, help="also so many joint draws of the parameters")
    parser.add_argument("--processes", type=int, default=2, help="that share the fits; 2 by default")
    arguments = parser.parse_args(arguments_of_call)
    began = time.monotonic()
    rows = used_rows()
    fitted = fit_parameters(rows)
    say(f"{len(rows):,} rows, {len(fitted.vector)} parameters after {time.monotonic() - began:.1f} s")
    deviations = np.sqrt(np.diag(fitted.covariance))
    values = [
        [name, f"{x:.6g}", f"{s:.3g}"]
        for name, x, s in zip(fitted.layout.names, fitted.vector, deviations, strict=True)
    ]
    write("parameters.csv", ["name", "logarithm", "standard_error"], values)
    if arguments.intervals:
        intervals(rows, fitted, arguments.processes)
        say(f"intervals after {time.monotonic() - began:.0f} s")
    if arguments.draws:
        draw(rows, fitted, arguments.draws, arguments.processes)
        say(f"draws after {time.monotonic() - began:.0f} s")


def used_rows() -> Observations:
    """Return the shipped rows that a fit uses."""
    rows = shipped_observations()
    return rows.take(left_out(rows, Conditions.of(rows)) == "")


def intervals(rows: Observations, fitted: FittedParameters, processes: int) -> None:
    """Write variances of residuals, from fits without each architecture, and factors from all folds."""
    tasks = [
        (kind, label, fitted.numbers())
        for kind in ("architecture", "hardware", "stack")
        for label in labels(rows, kind)
    ]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        folds = list(pool.map(without, tasks))
    architecture = [one for one in folds if one[0] == "architecture"]
    at = Conditions.of(rows)
    places, residuals = places_of(rows, at, fitted.rates(at)), np.full((len(rows), len(QUANTITIES)), np.nan)
    for _, number, found, _ in architecture:
        residuals[number] = found
    residuals[rows.disaggregated] = np.nan  # the model adds a width of its own
    process = ResidualProcess.fit(places, residuals)
    header = ["level", *(f"theta_{k}" for k in range(6)), *(f"error_{k}" for k in range(6))]
    names = list(process.standard_deviations)
    write(
        "residual_levels.csv",
        header,
        [[n, *(f"{x:.5g}" for x in (*t, *e))] for n, t, e in zip(names, process.theta, process.errors, strict=True)],
    )
    z, support, cluster = [], [], []
    for kind, number, found, extra in folds:
        mine = rows.take(number)
        effects = process.condition(places.take(number[:0]), residuals[:0]).effects(places.take(number))
        if kind != "architecture":
            # Others of the architecture were measured elsewhere.
            rest = np.setdiff1d(np.arange(len(rows)), number)
            effects = process.condition(places.take(rest), in_sample(rows, at, fitted)[rest]).effects(
                places.take(number)
            )
        found = np.where(mine.disaggregated[:, None], np.nan, found)
        z.append(scores(effects.widened(extra), found))
        support.append(np.full(found.size, "extrapolated", dtype=object))
        cluster.append(np.repeat(mine.architecture, len(QUANTITIES)))
    extra, own = output_errors(fitted, at), in_sample(rows, at, fitted)
    for name, groups in (("supported", configuration(rows)), ("measured", rows.row_id)):
        z.append(scores(process.left_out(places, own, groups).widened(extra), own))
        support.append(np.full(own.size, name, dtype=object))
        cluster.append(np.repeat(rows.architecture, len(QUANTITIES)))
    z_all, support_all = np.concatenate(z), np.concatenate(support)
    quantity = np.tile(np.array(QUANTITIES, dtype=object), len(z_all) // len(QUANTITIES))
    found_factors = calibrate_factors(z_all, support_all, quantity, cluster=np.concatenate(cluster)).factors
    write(
        "interval_factors.csv",
        ["support", "quantity", "factor_50", "factor_90"],
        [[*key, f"{a:.4g}", f"{b:.4g}"] for key, (a, b) in sorted(found_factors.items())],
    )


def in_sample(rows: Observations, at: Conditions, fitted: FittedParameters) -> Numbers:
    """Return the residuals of a fit to the same rows."""
    return np.where(rows.disaggregated[:, None], np.nan, residuals_of(rows, fitted.rates(at)))


def scores(effects: Effects, residuals: Numbers) -> Numbers:
    """Return (measured - predicted)/sd of every quantity, row by row."""
    mean, variance = effects.of_quantities()
    return ((residuals - mean) / np.sqrt(variance)).ravel()


def labels(rows: Observations, kind: str) -> list[str]:
    """Return the labels that are left out in turn, those with most rows first."""
    names, counts = np.unique(column(rows, kind).astype(str), return_counts=True)
    return [str(names[k]) for k in np.argsort(-counts) if counts[k] >= FEWEST and counts[k] < len(rows)]


def column(rows: Observations, kind: str) -> NDArray[np.object_]:
    """Return the labels of rows."""
    return Conditions.of(rows).labels["stack"] if kind == "stack" else getattr(rows, kind)


def without(task: tuple[str, str, dict[str, float]]) -> tuple[str, NDArray[np.intp], Numbers, Numbers]:
    """Return the residuals of the rows of a label by a fit without them, and what its parameters do not know."""
    kind, label, start = task
    rows = used_rows()
    mine = column(rows, kind) == label
    fitted = fit_parameters(rows.take(~mine), start={n: x for n, x in start.items() if not n.endswith(f"| {label}")})
    left = rows.take(mine)
    at = Conditions.of(left)
    return kind, np.flatnonzero(mine), residuals_of(left, fitted.rates(at)), output_errors(fitted, at)


def draw(rows: Observations, fitted: FittedParameters, count: int, processes: int) -> None:
    """Write joint draws of the parameters."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        found = list(pool.map(one_draw, ((number, fitted.numbers()) for number in range(count))))
    table = [[name, *(f"{vector[k]:.5g}" for vector in found)] for k, name in enumerate(fitted.layout.names)]
    write("draws.csv", ["name", *map(str, range(count))], table)


def one_draw(task: tuple[int, dict[str, float]]) -> Numbers:
    """Return one draw."""
    number, start = task
    generator = np.random.default_rng([SEED, number])
    return fit_parameters(used_rows(), start=start, generator=generator).vector


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write one table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    FITTED.mkdir(parents=True, exist_ok=True)
    (FITTED / name).write_text(text.getvalue(), encoding="utf-8")


def say(text: str) -> None:
    """Print progress."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
