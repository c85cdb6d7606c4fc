"""Compare forms of the load model by how well they predict architectures that they were not fitted to.

    python data/compare_load_models.py                   all forms, in two processes (a quarter of an hour)
    python data/compare_load_models.py --form sum        one beside the form that ships, for a try: nothing is written

It writes `data/validation/forms.csv`, which docs/load-model.md shows. Each form is fitted to all rows, and from there
once more without each architecture. Rows are those that a fit uses. What is known of other rows of the same labels
moves no prediction: the equations alone are compared.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from load_forms.forms import FORMS, SHIPPED
from load_forms.log_linear import LogLinear, features
from load_forms.scoring import scores
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.fit import fit_parameters
from wattquery.throughput.load.fitting.selection import left_out
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.residual_places import table_of
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.validation import Fold, folds

RESULT = Path(__file__).resolve().parent / "validation" / "forms.csv"
LOG_LINEAR = "log-linear"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
STEPS = 8
"""Of the search of each fold, which starts where that of all rows ended."""

Numbers = NDArray[np.float64]


def main(arguments_of_call: Sequence[str] | None = None) -> None:
    """Compare, and write what was found."""
    parser = argparse.ArgumentParser(description="Compare forms of the load model by their predictive error.")
    parser.add_argument("--form", action="append", choices=FORMS, help="this one and what ships alone, for a try")
    parser.add_argument("--processes", type=int, default=2, help="that share the fits; 2 by default")
    arguments = parser.parse_args(arguments_of_call)
    forms = [name for name in FORMS if not arguments.form or name in (*arguments.form, SHIPPED)]
    rows = used_rows()
    predicted = {LOG_LINEAR: log_linear(rows)} | predictions(forms, arguments.processes)
    found = list(scores(rows, predicted))
    text = written(found)
    print(text)
    if not arguments.form:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(text, encoding="utf-8")


@cache
def used_rows() -> Observations:
    """Return the shipped rows that a fit uses."""
    rows = shipped_observations()
    return rows.take(left_out(rows, Conditions.of(rows)) == "")


def log_linear(rows: Observations) -> Numbers:
    """Return what regressions of logarithms say of each architecture that they have not seen."""
    made, at = np.full((len(rows), len(QUANTITIES)), np.nan), features(rows)
    for fold in folds(rows, "architecture"):
        rest = fold.rest(len(rows))
        made[fold.rows] = LogLinear(rows.take(rest), at[rest]).predict(at[fold.rows])
    return made


def predictions(forms: Sequence[str], processes: int) -> dict[str, Numbers]:
    """Return what each form says of each architecture that it has not seen."""
    for name in THREADS:  # of the processes to come: each has one core
        os.environ.setdefault(name, "1")
    began, rows = time.monotonic(), used_rows()
    parts = folds(rows, "architecture")
    made = {name: np.full((len(rows), len(QUANTITIES)), np.nan) for name in forms}
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        starts = dict(zip(forms, pool.map(fitted, forms), strict=True))
        tasks = [(name, fold, starts[name]) for name in forms for fold in parts]
        for (name, fold, _), found in zip(tasks, pool.map(without, tasks), strict=True):
            made[name][fold.rows] = found
            if fold is parts[-1]:
                print(f"{name} after {time.monotonic() - began:.0f} s", flush=True)
    return made


def fitted(form: str) -> dict[str, float]:
    """Return the parameters of a form by name, fitted to all rows."""
    with FORMS[form].applied():
        return fit_parameters(used_rows()).numbers()


def without(task: tuple[str, Fold, dict[str, float]]) -> Numbers:
    """Return what a form says of the rows of a fold, fitted to the others."""
    form, fold, start = task
    rows = used_rows()
    with FORMS[form].applied():
        found = fit_parameters(rows.take(fold.rest(len(rows))), start=start, steps=STEPS)
        return table_of(found.rates(Conditions.of(rows.take(fold.rows))))


def written(found: Sequence[dict[str, Any]]) -> str:
    """Return scores as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(found[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: f"{x:.4g}" if isinstance(x, float) else x for name, x in one.items()} for one in found)
    return text.getvalue()


if __name__ == "__main__":
    main()
