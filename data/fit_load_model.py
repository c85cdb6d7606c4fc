"""Fit the load model to the shipped rows, and write the tables that ship with it.

    python data/fit_load_model.py                 the parameters alone (seconds); intervals and draws stay as they are
    python data/fit_load_model.py --intervals     also the variances of residuals and the factors of intervals, from
                                                  fits without each architecture, accelerator and stack (minutes)
    python data/fit_load_model.py --draws 200     also joint draws of the parameters (minutes)
    python data/fit_load_model.py --check         write nothing; exit code 1 where the parameters that ship are not
                                                  those that a fit finds (seconds)

Residuals of rows whose architecture a fit has seen are too small to tell how far off a new architecture is: variances
and factors come from fits that have not.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.fit import FittedParameters, fit_parameters
from wattquery.throughput.load.fitting.output_errors import output_errors
from wattquery.throughput.load.fitting.selection import left_out
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.residual_places import places_of, residuals_of, telling_of
from wattquery.throughput.load.residuals import Effects, Places, ResidualProcess, calibrate_factors
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.support import EXTRAPOLATED, FEW_POINTS, configuration
from wattquery.validation.measured_points import calibrating

FITTED = Path(__file__).resolve().parent.parent / "src/wattquery/throughput/load/data/fitted"
SEED = 20261127
FEWEST = 4
"""Rows of a label that is left out once."""

KINDS = ("architecture", "hardware", "stack")
"""What is left out in turn."""

CLOSE = 0.05
"""Of its standard error, by which a fitted number may differ between machines."""

Numbers = NDArray[np.float64]
Task, Answer = TypeVar("Task"), TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class Fold:
    """A fit without the rows of one label.

    Attributes
    ----------
    kind
        What was left out, one of `KINDS`.
    left
        Numbers of the rows that were left out.
    residuals
        Of all rows, by the fit without those.
    extra
        What the parameters do not know of the rows that were left out.
    """

    kind: str
    left: NDArray[np.intp]
    residuals: Numbers
    extra: Numbers


def main(
    arguments_of_call: Sequence[str] | None = None, rows: Observations | None = None, folder: Path = FITTED
) -> int:
    """Fit, and write or check what was asked for."""
    arguments = parsed(arguments_of_call)
    began = time.monotonic()
    rows = used(shipped_observations() if rows is None else rows)
    fitted = fit_parameters(rows)
    say(f"{len(rows):,} rows, {len(fitted.vector)} parameters after {time.monotonic() - began:.1f} s")
    if arguments.check:
        return check(fitted, folder)
    write(folder / "parameters.csv", ["name", "logarithm", "standard_error"], table_of_parameters(fitted))
    if arguments.intervals:
        intervals(rows, fitted, arguments.processes, folder)
        say(f"intervals after {time.monotonic() - began:.0f} s")
    if arguments.draws:
        draw(rows, fitted, arguments.draws, arguments.processes, folder)
        say(f"draws after {time.monotonic() - began:.0f} s")
    return 0


def parsed(arguments_of_call: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Fit the load model to the shipped rows.")
    parser.add_argument("--intervals", action="store_true", help="also variances of residuals and factors of intervals")
    parser.add_argument("--draws", type=int, default=0, help="also so many joint draws of the parameters")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where parameters differ")
    parser.add_argument("--processes", type=int, default=2, help="that share the fits; 2 by default")
    return parser.parse_args(arguments_of_call)


def used(rows: Observations) -> Observations:
    """Return the rows that a fit uses."""
    return rows.take(left_out(rows, Conditions.of(rows)) == "")


def table_of_parameters(fitted: FittedParameters) -> list[list[str]]:
    """Return the rows of the table of parameters."""
    deviations = np.sqrt(np.diag(fitted.covariance))
    rows = zip(fitted.layout.names, fitted.vector, deviations, strict=True)
    return [[name, f"{x:.6g}", f"{sd:.3g}"] for name, x, sd in rows]


def check(fitted: FittedParameters, folder: Path) -> int:
    """Compare the parameters that ship with a fit, and the names in the draws; 1 if they differ."""
    stored = {row[0]: row[1:] for row in read(folder / "parameters.csv")}
    drawn = {row[0] for row in read(folder / "draws.csv")}
    names = set(fitted.layout.names)
    wrong = [f"{name}: not in every table" for name in sorted((names ^ set(stored)) | (names ^ drawn))]
    for name, number, deviation in table_of_parameters(fitted):
        if name in stored and abs(float(stored[name][0]) - float(number)) > CLOSE * float(deviation):
            wrong.append(f"{name}: {stored[name][0]} ships, {number} is fitted, +- {deviation}")
    for line in wrong:
        say(line)
    say(f"{len(wrong)} of {len(stored)} parameters differ." if wrong else "The parameters are those of a fit.")
    return 1 if wrong else 0


def intervals(rows: Observations, fitted: FittedParameters, processes: int, folder: Path) -> None:
    """Write variances of residuals, from fits without each architecture, and factors from all folds."""
    tasks = [(kind, label) for kind in KINDS for label in labels(rows, kind)]
    folds = shared(partial(without, rows, fitted.numbers()), tasks, processes)
    at = Conditions.of(rows)
    places = places_of(rows, at, fitted.rates(at))
    process = ResidualProcess.fit(places, telling_of(rows, of_left_architectures(folds, len(rows))))
    write_levels(process, folder)
    found = [*scores_of_folds(process, places, rows, folds), *scores_of_rows(process, rows, fitted)]
    factors = factors_of(found)
    for count in FEW_POINTS:
        # Calibrated apart: what is pooled over all other classes does not change with them.
        factors |= own_classes(factors_of([scores_of_points(process, places, rows, folds, count)]))
    write_factors(factors, folder)


def of_left_architectures(folds: Sequence[Fold], count: int) -> Numbers:
    """Return the residuals of each row by the fit that has not seen its architecture."""
    residuals = np.full((count, len(QUANTITIES)), np.nan)
    for fold in folds:
        if fold.kind == "architecture":
            residuals[fold.left] = fold.residuals[fold.left]
    return residuals


Scores = tuple[str, Numbers, NDArray[np.object_]]
"""Support, (measured - predicted)/sd of every row and quantity, and the row's architecture."""


def scores_of_folds(
    process: ResidualProcess, places: Places, rows: Observations, folds: Sequence[Fold]
) -> list[Scores]:
    """Return the scores of rows that were left out, given all others by the same fit."""
    made = []
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(rows)), fold.left)
        known = process.condition(places.take(rest), telling_of(rows, fold.residuals)[rest])
        effects = known.effects(places.take(fold.left)).widened(fold.extra)
        z = scores(effects, fold.residuals[fold.left])
        made.append((EXTRAPOLATED[fold.kind], z, rows.architecture[fold.left]))
    return made


def scores_of_rows(process: ResidualProcess, rows: Observations, fitted: FittedParameters) -> list[Scores]:
    """Return the scores of rows without their configuration, and without themselves alone."""
    at = Conditions.of(rows)
    rates, extra = fitted.rates(at), output_errors(fitted, at)
    places, own = places_of(rows, at, rates), residuals_together(rows, at, fitted)
    groups = {"supported": configuration(rows), "measured": rows.row_id}
    return [
        (support, scores(process.left_out(places, telling_of(rows, own), group).widened(extra), own), rows.architecture)
        for support, group in groups.items()
    ]


def scores_of_points(
    process: ResidualProcess, places: Places, rows: Observations, folds: Sequence[Fold], count: int
) -> Scores:
    """Return the scores of rows of left-out architectures, given so many others of their configuration."""
    keys, z, names = configuration(rows), [np.empty((0, len(QUANTITIES)))], [rows.architecture[:0]]
    for fold in folds:
        which = calibrating(rows.take(fold.left), keys[fold.left], count)
        if fold.kind != "architecture" or not which.size:
            continue
        others = np.isin(keys[fold.left].astype(str), keys[fold.left][which].astype(str))
        others[which] = False
        told, given, asked = telling_of(rows, fold.residuals), fold.left[which], fold.left[others]
        rest = np.setdiff1d(np.arange(len(rows)), fold.left)
        known = process.condition(places.take(rest), told[rest]).given(places.take(given), told[given])
        z.append(scores(known.effects(places.take(asked)).widened(fold.extra[others]), fold.residuals[asked]))
        names.append(rows.architecture[asked])
    return FEW_POINTS[count], np.concatenate(z), np.concatenate(names)


def scores(effects: Effects, residuals: Numbers) -> Numbers:
    """Return (measured - predicted)/sd, (rows, quantities)."""
    mean, variance = effects.of_quantities()
    return (residuals - mean) / np.sqrt(variance)


def residuals_together(rows: Observations, at: Conditions, fitted: FittedParameters) -> Numbers:
    """Return residuals, NaN where prefill has accelerators of its own: the model adds a width of its own there."""
    return np.where(rows.disaggregated[:, None], np.nan, residuals_of(rows, fitted.rates(at)))


def write_levels(process: ResidualProcess, folder: Path) -> None:
    """Write the variances of residuals."""
    header = ["level", *(f"theta_{k}" for k in range(6)), *(f"error_{k}" for k in range(6))]
    rows = zip(process.standard_deviations, process.theta, process.errors, strict=True)
    write(folder / "residual_levels.csv", header, [[name, *(f"{x:.5g}" for x in (*t, *e))] for name, t, e in rows])


Factors = dict[tuple[str, str], tuple[float, float]]


def factors_of(found: Sequence[Scores]) -> Factors:
    """Return the factors of intervals."""
    width = len(QUANTITIES)
    return calibrate_factors(
        np.concatenate([z.ravel() for _, z, _ in found]),
        np.concatenate([np.full(z.size, support, dtype=object) for support, z, _ in found]),
        np.tile(np.array(QUANTITIES, dtype=object), sum(len(z) for _, z, _ in found)),
        cluster=np.concatenate([np.repeat(names, width) for _, _, names in found]),
    ).factors


def own_classes(factors: Factors) -> Factors:
    """Return factors without those that are pooled over classes."""
    return {key: one for key, one in factors.items() if key[0]}


def write_factors(factors: Factors, folder: Path) -> None:
    """Write the factors of intervals."""
    rows = [[*key, f"{a:.4g}", f"{b:.4g}"] for key, (a, b) in sorted(factors.items())]
    write(folder / "interval_factors.csv", ["support", "quantity", "factor_50", "factor_90"], rows)


def labels(rows: Observations, kind: str) -> list[str]:
    """Return the labels that are left out in turn, those with most rows first."""
    names, counts = np.unique(column(rows, kind).astype(str), return_counts=True)
    return [str(names[k]) for k in np.argsort(-counts) if counts[k] >= FEWEST and counts[k] < len(rows)]


def column(rows: Observations, kind: str) -> NDArray[np.object_]:
    """Return the labels of rows."""
    return Conditions.of(rows).labels["stack"] if kind == "stack" else getattr(rows, kind)


def without(rows: Observations, start: dict[str, float], task: tuple[str, str]) -> Fold:
    """Return what a fit without the rows of a label says of all rows."""
    kind, label = task
    mine = column(rows, kind) == label
    fitted = fit_parameters(rows.take(~mine), start=start)
    left = Conditions.of(rows.take(mine))
    residuals = residuals_together(rows, Conditions.of(rows), fitted)
    return Fold(kind, np.flatnonzero(mine), residuals, output_errors(fitted, left))


def draw(rows: Observations, fitted: FittedParameters, count: int, processes: int, folder: Path) -> None:
    """Write joint draws of the parameters."""
    found = shared(partial(one_draw, rows, fitted.numbers()), range(count), processes)
    table = [[name, *(f"{vector[k]:.5g}" for vector in found)] for k, name in enumerate(fitted.layout.names)]
    write(folder / "draws.csv", ["name", *map(str, range(count))], table)


def one_draw(rows: Observations, start: dict[str, float], number: int) -> Numbers:
    """Return one draw."""
    generator = np.random.default_rng([SEED, number])
    return fit_parameters(rows, start=start, generator=generator).vector


def shared(work: Callable[[Task], Answer], tasks: Iterable[Task], processes: int) -> list[Answer]:
    """Return what each task gives, in their order; with one process, in this one."""
    if processes == 1:
        return [work(task) for task in tasks]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return list(pool.map(work, tasks))


def read(path: Path) -> list[list[str]]:
    """Return the rows of a table without its header."""
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))[1:]


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8")


def say(text: str) -> None:
    """Print progress."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
