"""Cross-validate the load model on the shipped rows, and write what the documents and the package say of it.

    python data/validate_load_model.py            all folds in two processes, then all that follows from them
    python data/validate_load_model.py --again    no fits: what follows from the stored predictions
    python data/validate_load_model.py --check    write nothing; exit code 1 where that differs from what is there

What follows are the tables of `docs/validation.md` between its comments, its picture, and the scores that ship. The
predictions are in `data/validation/fold_predictions.csv.gz`.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from wattquery.plot.validations import predicted_against_measured
from wattquery.throughput.load import Observations, shipped_observations
from wattquery.validation import KINDS, Fold, cross_validate, folds
from wattquery.validation.cells import LEFT_OUT, NAMES, table
from wattquery.validation.groups import is_trusted, with_groups
from wattquery.validation.left_out import left_out
from wattquery.validation.report import Found, report
from wattquery.validation.shipped_summary import summary_text

ROOT = Path(__file__).resolve().parent.parent
PREDICTIONS = Path("data/validation/fold_predictions.csv.gz")
STARTS = Path("data/validation/starts.csv")
SUMMARY = Path("src/wattquery/validation/data/summary.csv")
PAGE = Path("docs/validation.md")
PICTURE = Path("docs/validation.png")

POINTS = (1, 2, 4)
"""Measured points of a configuration that are given."""

FROM_NO_START = 3
"""Folds that are fitted once more from no start, to see that the start changes nothing."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PICTURE_DPI = 130


@dataclass(frozen=True)
class Subject:
    """What is validated: how it is fitted, what tells configurations apart, and the rows."""

    fit: Callable[..., Any]
    configuration: Callable[[Observations], Any]
    rows: Callable[[], Observations] = shipped_observations


def shipped_subject() -> Subject:
    """Return the load model of the package."""
    from wattquery.throughput.load import configuration, fit

    return Subject(fit, configuration)


def main(arguments_of_call: Sequence[str] | None = None, subject: Subject | None = None, root: Path = ROOT) -> int:
    """Predict, write or check, as the command line says."""
    parser = argparse.ArgumentParser(description="Cross-validate the load model on the shipped rows.")
    parser.add_argument("--again", action="store_true", help="no fits: write what follows from the stored predictions")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where files differ")
    parser.add_argument("--processes", type=int, default=2, help="that share the folds; 2 by default")
    parser.add_argument("--by", action="append", choices=KINDS, help="some kinds of folds only, for a try")
    arguments = parser.parse_args(arguments_of_call)
    if not (arguments.again or arguments.check):
        subject = subject or shipped_subject()
        predict(subject, root, arguments.by or KINDS, arguments.processes)
    rows = (subject.rows if subject else shipped_observations)()
    found = Found.of(with_groups(stored(root), rows))
    texts = following(found, root)
    if arguments.check:
        stale = [path.name for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]
        for name in stale:
            say(f"{name} is not what follows from {PREDICTIONS.name}; run with --again.")
        return int(bool(stale))
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    draw(found, root)
    return 0


def predict(subject: Subject, root: Path, kinds: Sequence[str], processes: int) -> None:
    """Write the predictions of all folds, and those of some from no start beside them."""
    for name in THREADS:  # of the processes to come: each has one core
        os.environ.setdefault(name, "1")
    rows = subject.rows()
    began = time.monotonic()

    def told(done: int, of: int, fold: Fold) -> None:
        say(f"{done} of {of} folds after {time.monotonic() - began:.0f} s: without {LEFT_OUT[fold.by]}, {fold.name}")

    say(f"fitting all {len(rows):,} rows")
    start = subject.fit(rows, start=None)
    say(f"fitted after {time.monotonic() - began:.0f} s; folds are next, by {', '.join(kinds)}")
    options: dict[str, Any] = {"configuration": subject.configuration, "points": POINTS}
    found = cross_validate(rows, kinds, subject.fit, start=start, processes=processes, told=told, **options)
    (root / PREDICTIONS).parent.mkdir(parents=True, exist_ok=True)
    text = found.to_csv(index=False, float_format="%.5g", lineterminator="\n")
    (root / PREDICTIONS).write_bytes(gzip.compress(text.encode(), mtime=0))
    if "architecture" in kinds:
        say(f"{FROM_NO_START} folds once more, from no start")
        starts = from_no_start(subject, rows, found)
        (root / STARTS).write_text(starts.to_csv(index=False, float_format="%.3g", lineterminator="\n"))


def from_no_start(subject: Subject, rows: Observations, found: pd.DataFrame) -> pd.DataFrame:
    """Return how far predictions of the largest folds lie from those of a fit that knew of no other."""
    largest = sorted(folds(rows, "architecture"), key=lambda fold: -len(fold.rows))[:FROM_NO_START]
    made = []
    for fold in largest:
        alone = left_out(rows, fold, subject.fit)
        part = found[(found["by"] == "architecture") & (found["fold"] == fold.name) & (found["points"] == 0)]
        both = part.merge(alone, on=["row_id", "quantity"], suffixes=("", "_alone"))
        both["ratio"] = np.abs(np.log(both["q50"] / both["q50_alone"]))
        for quantity, one in both.groupby("quantity"):
            middle, largest_ratio = one["ratio"].median(), one["ratio"].max()
            made.append({"fold": fold.name, "quantity": quantity, "median": middle, "largest": largest_ratio})
    return pd.DataFrame(made)


def stored(root: Path) -> pd.DataFrame:
    """Return the predictions that are stored."""
    if not (root / PREDICTIONS).is_file():
        raise SystemExit(f"{PREDICTIONS.name} is not there. Run `make validation`, which makes it.")
    text = gzip.decompress((root / PREDICTIONS).read_bytes()).decode()
    return pd.read_csv(io.StringIO(text), dtype={"row_id": str, "fold": str})


def following(found: Found, root: Path) -> dict[Path, str]:
    """Return what follows from predictions: the page and the scores that ship."""
    page = (root / PAGE).read_text(encoding="utf-8")
    tables = report(found)
    if (root / STARTS).is_file():
        tables["starts"] = started(pd.read_csv(root / STARTS))
    tables["picture"] = [f"![Predicted medians over what was measured, in four panels.]({PICTURE.name})"]
    for name, lines in tables.items():
        page = put(page, name, lines)
    return {root / PAGE: page, root / SUMMARY: summary_text(found.scores)}


def started(starts: pd.DataFrame) -> list[str]:
    """Return how far a start moves predictions."""
    order = sorted(starts.to_dict("records"), key=lambda one: list(NAMES).index(one["quantity"]))
    rows = [
        (one["fold"], NAMES[one["quantity"]], f"{100 * one['median']:.2f}", f"{100 * one['largest']:.2f}")
        for one in sorted(order, key=lambda one: str(one["fold"]))
    ]
    return table(("left out", "quantity"), ("median difference [%]", "largest [%]"), rows)


def put(page: str, name: str, lines: Sequence[str]) -> str:
    """Return the page with lines between the two comments of a name."""
    pattern = re.compile(rf"(?<=^% table: {name}$\n)(.*?)(?=^% end$)", re.DOTALL | re.MULTILINE)
    if not pattern.search(page):
        raise SystemExit(f"The page has no place for {name!r}: a line '% table: {name}' and a line '% end'.")
    return pattern.sub(lambda _: "\n" + "\n".join(lines) + "\n\n", page)


def draw(found: Found, root: Path) -> None:
    """Write the picture: every architecture is left out, and rows of low confidence are not shown."""
    part = found.predictions[is_trusted(found.predictions) & (found.predictions["points"] == 0)]
    figure = predicted_against_measured(part[part["by"] == "architecture"])
    (root / PICTURE).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(root / PICTURE, dpi=PICTURE_DPI, metadata={"Software": None})


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
