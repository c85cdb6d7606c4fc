"""Do stated sampling errors cover? ``python -m benchmarks.coverage`` prints a table against the exact method.

A nominal interval is what a reader makes of a result: the energy plus or minus 1.64, 1.96 or 2.58 times its stated
error. Over seeds, cells, levels and numbers of draws it is to cover the truth with 90, 95 and 99 %, or to be unbounded.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

import wattquery as wq

NOMINAL = (0.90, 0.95, 0.99)
SCORES = ndtri(0.5 + 0.5 * np.array(NOMINAL))
LEVELS = (1e-6, 0.01, 0.05, 0.5, 0.95, 0.99, 1.0 - 1e-6)
PLAIN = (1, 2, 5, 10, 30, 100, 1000, 4000, 100_000, 1_000_000)
QUASI = (16, 128, 1024, 8192)
LATTICE = 1e-5
"""What the lattice of energies leaves open of a smooth distribution, relative: intervals are not to be finer."""

HALF_A_BIN = 5e-4
"""What it leaves open of whole tokens."""

CELLS: dict[str, dict[str, Any]] = {
    "405B": {"model": "Llama 3.1 405B"},
    "R1 long, levers": {"model": "DeepSeek-R1", "output_tokens": "long", "levers": "model+serving+hardware"},
    "fixed length": {"model": "DeepSeek-R1", "output_tokens": 300},
    "uniform, own power": {
        "model": "DeepSeek-R1",
        "output_tokens": wq.Uniform(10, 900),
        "power_utilization": 0.5,
        "pue": 1.1,
    },
    "few lengths": {"model": "Llama 3.1 405B", "output_tokens": wq.Empirical(samples=[1, 2, 40, 700])},
}
WHOLE = ("uniform, own power",)
"""Cells whose energies are those of whole tokens, with nothing to smooth them."""

BLENDED = ["DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B"]
BLENDS: dict[str, dict[str, Any]] = {
    "blend": {},
    "blend, trimmed": {"trim": (0.14, 0.86)},
    "blend, trimmed, levers": {"trim": (0.14, 0.86), "levers": [("serving", wq.Lever("known", 1.37))]},
}


@dataclass(frozen=True)
class Row:
    """What the seeds of one statistic show.

    Attributes
    ----------
    cell, method, draws, statistic
        Which: a quantile as ``"p50"``, or ``"mean"``.
    covered
        Share of seeds whose interval covers or is unbounded, by nominal level.
    unbounded
        Share of seeds without information.
    ratio
        Root mean square of the stated errors that are finite over that of the true ones.
    seeds
        How many.
    """

    cell: str
    method: str
    draws: int
    statistic: str
    covered: tuple[float, ...]
    unbounded: float
    ratio: float
    seeds: int

    def short(self, errors: float = 3.0) -> bool:
        """Return whether a nominal level is missed by more than so many standard errors."""
        nominal = np.array(NOMINAL)
        allowed = nominal - errors * np.sqrt(nominal * (1.0 - nominal) / self.seeds)
        return bool(np.any(np.array(self.covered) < allowed))


def swept(cell: str, method: str, draws: int, seed: int, levels: tuple[float, ...] = LEVELS) -> Any:
    """Return the dataset of a cell or a blend."""
    how: dict[str, Any] = {"method": method, "seed": seed, "quantiles": levels, "threads": 1}
    if method != "exact":
        how["draws"] = draws
    if cell in CELLS:
        return wq.sweep(**CELLS[cell], **how)
    return wq.blend(wq.sweep(BLENDED, keep_histogram=True, **how), **BLENDS[cell]).squeeze()


def rows(cell: str, method: str, draws: int, seeds: range, levels: tuple[float, ...] = LEVELS) -> Iterator[Row]:
    """Yield what the seeds show of each statistic of a cell."""
    truth = _statistics(swept(cell, "exact", 0, 0, levels))[0]
    found = np.array([_statistics(swept(cell, method, draws, seed, levels)) for seed in seeds])
    away, stated = np.abs(found[:, 0] - truth), found[:, 1]
    for place, name in enumerate([*(f"p{100 * level:.7g}" for level in levels), "mean"]):
        reach = SCORES * stated[:, [place]] + (HALF_A_BIN if cell in WHOLE else LATTICE) * truth[place]
        finite = np.isfinite(stated[:, place])
        ratio = np.nan
        if finite.any():
            squares = [np.mean(np.square(one[finite, place])) for one in (stated, away)]
            ratio = float(np.sqrt(squares[0] / squares[1])) if squares[1] > 0.0 else np.nan
        covered = tuple(np.mean(away[:, [place]] <= reach, axis=0).tolist())
        yield Row(cell, method, draws, name, covered, float(np.mean(~finite)), ratio, len(seeds))


def _statistics(ds: Any) -> tuple[list[float], list[float]]:
    """Return quantiles and mean, and what is stated as their errors."""
    values = [*ds["energy"].values.tolist(), ds["energy_mean"].item()]
    return values, [*ds["energy_stderr"].values.tolist(), ds["energy_mean_stderr"].item()]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="seeds for each row (default 200)")
    parser.add_argument("--most", type=int, default=10**6, help="leave out rows with more draws")
    parser.add_argument("--cells", nargs="*", default=[*CELLS, *BLENDS], help="which cells and blends")
    arguments = parser.parse_args()
    form = "{:<24}{:<19}{:>9}  {:<12}{:>7}{:>7}{:>7}{:>11}{:>8}{:>7}  {}"
    print(
        form.format("cell", "method", "draws", "statistic", "90 %", "95 %", "99 %", "unbounded", "ratio", "seeds", "")
    )
    missed = count = 0
    for cell in arguments.cells:
        for method, numbers in (("monte_carlo", PLAIN), ("quasi_monte_carlo", QUASI)):
            for draws in (one for one in numbers if one <= arguments.most):
                seeds = arguments.seeds if draws <= 10**4 else max(20, arguments.seeds // (2 if draws <= 10**5 else 10))
                for row in rows(cell, method, draws, range(seeds)):
                    cover = [f"{100 * share:.1f}" for share in row.covered]
                    ratio = "-" if np.isnan(row.ratio) else f"{row.ratio:.2f}"
                    short = row.short()
                    missed, count = missed + short, count + 1
                    told = [f"{100 * row.unbounded:.0f} %", ratio, row.seeds, "SHORT" if short else ""]
                    print(form.format(cell, method, draws, row.statistic, *cover, *told), flush=True)
    print(f"\n{missed} of {count} rows miss a nominal level by more than three standard errors")


if __name__ == "__main__":
    main()
