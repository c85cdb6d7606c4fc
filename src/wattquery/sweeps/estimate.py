"""`estimate`: one cell, as a small result that prints itself with everything that qualifies it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wattquery.errors import InputError, listed
from wattquery.specs.grid import Grid
from wattquery.sweeps.coordinates import coordinates, counted, in_words
from wattquery.sweeps.outside_range import OUTSIDE_RANGE
from wattquery.sweeps.run import compute
from wattquery.sweeps.settings import settings, told_apart
from wattquery.sweeps.study import Study, study
from wattquery.throughput import ThroughputModel
from wattquery.throughput.remarks import in_factors, in_tokens, remarks

__all__ = ["Estimate", "estimate"]

_KINDS = {
    "regression": "fitted to {n} benchmark rows ({dof} degrees of freedom)",
    "larger_of_two": "the larger of {n} benchmark rows, the same for all lengths",
    "single_row": "one benchmark row, the same for all lengths",
}

RUN_ARGUMENTS = frozenset(inspect.signature(settings).parameters)
"""Arguments of `sweep` that say how to compute, and not what."""

WORTH_SAYING = 0.05
MOST_LISTED = 12

_NO_INFORMATION = "no info: too few draws to tell the sampling error; raise draws, or use method='exact'"


@dataclass(frozen=True)
class Estimate:
    """The energy of one query.

    Attributes
    ----------
    assumptions
        Every axis of the cell as text, by name.
    quantiles
        Energy by probability level [Wh], at the boundary below.
    stderrs
        Sampling standard error of each quantile [Wh]; 0 where the method is exact, infinite where too few draws lie
        beyond a quantile to tell.
    mean, std
        Mean and standard deviation over queries [Wh].
    mean_stderr
        Sampling standard error of the mean [Wh].
    throughput
        Output throughput of one node at the median lengths [tokens/s].
    throughput_stderr
        Standard error of ln TPS of the throughput fit at the median lengths [1]; infinite, for no information, where
        one throughput stands for all lengths.
    notes
        What a reader should know before using the number.
    boundary
        What is counted, such as ``"facility"``.
    provenance
        Method, draws, seed, catalog and versions.
    """

    assumptions: dict[str, str]
    quantiles: dict[float, float]
    stderrs: dict[float, float]
    mean: float
    std: float
    mean_stderr: float
    throughput: float
    throughput_stderr: float
    notes: tuple[str, ...]
    boundary: str
    provenance: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys; None for an error without information."""
        plain = asdict(self)
        return {
            "assumptions": plain["assumptions"],
            "boundary": self.boundary,
            "energy_wh": {f"{level:g}": value for level, value in self.quantiles.items()},
            "energy_stderr_wh": {f"{level:g}": _finite(value) for level, value in self.stderrs.items()},
            "energy_mean_wh": self.mean,
            "energy_mean_stderr_wh": _finite(self.mean_stderr),
            "energy_std_wh": self.std,
            "throughput_tokens_per_s": self.throughput,
            "throughput_ln_stderr": self.throughput_stderr if math.isfinite(self.throughput_stderr) else None,
            "notes": list(self.notes),
            "provenance": plain["provenance"],
        }

    def __str__(self) -> str:
        levels = sorted(self.quantiles)
        middle = min(levels, key=lambda level: abs(level - 0.5))
        title = self.assumptions["model"]
        lines = [
            f"{title}: {self.quantiles[middle]:.3g} Wh per query (P{100 * middle:g}, {self.boundary} boundary)",
            "",
        ]
        lines.append("  " + "".join(f"{f'P{100 * level:g}':>11}" for level in levels) + f"{'mean':>11}{'std':>11}")
        values = [*(self.quantiles[level] for level in levels), self.mean, self.std]
        lines.append("  " + "".join(f"{value:>11.4g}" for value in values) + "  Wh")
        errors = [*(self.stderrs[level] for level in levels), self.mean_stderr]
        if any(errors):
            lines.append("  " + "".join(f"{_said(error):>11}" for error in errors))
        lines.append("")
        width = max(len(name) for name in self.assumptions)
        lines.extend(f"  {name:<{width}}  {text}" for name, text in self.assumptions.items())
        error = f", standard error of the fit {in_factors(self.throughput_stderr)}"
        lines.append(
            f"  {'throughput':<{width}}  {in_tokens(self.throughput)} tokens/s per node at the median lengths"
            f"{error if math.isfinite(self.throughput_stderr) else ''}"
        )
        lines.extend(f"  note: {note}" for note in self.notes)
        if any(map(math.isinf, errors)):
            lines.append(f"  note: {_NO_INFORMATION}")
        return "\n".join(lines)


def estimate(model: str, **arguments: Any) -> Estimate:
    """Return the energy of one query.

    Parameters
    ----------
    model
        A model of the catalog.
    **arguments
        As in `wattquery.sweep`, with one value for each axis.

    Returns
    -------
    Estimate
        Quantiles, mean and standard deviation [Wh] at the boundary asked for, with notes on thin or stretched data.

    Raises
    ------
    InputError
        If an argument makes an axis, is not allowed, or the catalog has no data for the combination.

    Examples
    --------
    >>> import wattquery as wq
    >>> result = wq.estimate("Llama 3.1 405B", method="exact")
    >>> round(result.quantiles[0.5], 3)
    0.392
    """
    precision, target = told_apart(arguments.get("precision"), arguments.get("relative_stderr"))
    arguments |= {"precision": precision, "relative_stderr": target}
    how = settings(**{name: value for name, value in arguments.items() if name in RUN_ARGUMENTS})
    asked = study(model, **{name: value for name, value in arguments.items() if name not in RUN_ARGUMENTS})
    axes = [axis.name for axis in asked.grid.dimensions]
    if axes:
        raise InputError(
            f"estimate takes one value for each axis, and {listed(axes)} came as lists or dicts. "
            "Pass single values, or use sweep for a grid."
        )
    computed = compute(asked, how)
    lowered = computed.run.lowered
    deployed, deployment = lowered.plan.deployments[0], lowered.deployments[0]
    if deployed is None or deployment is None:
        raise InputError(_unsupported(asked))
    lengths = asked.grid.input_tokens.values[0], asked.grid.output_tokens.values[0]
    answers, throughput = computed.statistics, deployed.throughput
    medians = [float(length.ppf(0.5)) for length in lengths]
    stderr = float(throughput.log_stderr(*medians))
    found = coordinates(asked.grid, lowered)
    return Estimate(
        assumptions={name: in_words(one.values, one.attributes) for name, one in found.items()},
        quantiles=dict(zip(answers.levels, answers.quantiles[0].tolist(), strict=True)),
        stderrs=dict(zip(answers.levels, answers.stderrs[0].tolist(), strict=True)),
        mean=answers.means.item(),
        std=answers.stds.item(),
        mean_stderr=answers.mean_stderrs.item(),
        throughput=float(throughput.predict(*medians)),
        throughput_stderr=stderr,
        notes=(
            *remarks(throughput, deployment.rows, stderr),
            *_notes(throughput, asked.grid),
            *_outside(computed.attributes),
        ),
        boundary=counted(asked.grid),
        provenance=computed.attributes,
    )


def _finite(error: float) -> float | None:
    """Return an error, or None where there is no information: JSON has no infinity."""
    return error if math.isfinite(error) else None


def _said(error: float) -> str:
    """Return an error in a word."""
    return f"+-{error:.1g}" if math.isfinite(error) else "no info"


def _notes(throughput: ThroughputModel, grid: Grid) -> list[str]:
    """Return what qualifies the number: how the throughput is known, and how far it is stretched."""
    kind = _KINDS[throughput.kind].format(n=throughput.n_rows, dof=throughput.degrees_of_freedom)
    notes = [f"throughput is {kind}, at most {in_tokens(throughput.maximum)} tokens/s"]
    if throughput.kind != "regression" or throughput.degrees_of_freedom == 0:
        notes.append("thin data: its error cannot be told from these rows, and is not part of the spread above")
    share = throughput.share_outside(grid.input_tokens.values[0], grid.output_tokens.values[0])
    if throughput.input_range is None or throughput.output_range is None:
        notes.append("extrapolated: the benchmark rows do not say their lengths")
    elif share > WORTH_SAYING:
        (in_low, in_high), (out_low, out_high) = throughput.input_range, throughput.output_range
        notes.append(
            f"extrapolated for {share:.0%} of queries: benchmarks cover {in_low:g} to {in_high:g} input and "
            f"{out_low:g} to {out_high:g} output tokens"
        )
    return notes


def _outside(attributes: Mapping[str, object]) -> list[str]:
    """Return the note on what lies outside the physical range of its quantity, if anything does."""
    said = attributes.get(OUTSIDE_RANGE)
    return [] if said is None else [f"outside physical ranges: {said}"]


def _unsupported(asked: Study) -> str:
    """Return the message for a combination without data."""
    grid, catalog = asked.grid, asked.catalog
    model = grid.model.values[0]
    present = list(
        dict.fromkeys(
            f"hardware={row.hardware!r}, serving={row.serving!r}, precision={row.precision!r}"
            for row in catalog.rows
            if row.model == model
        )
    )
    if len(present) > MOST_LISTED:
        present = [*present[:MOST_LISTED], f"... ({len(present):,} in all)"]
    wanted = ", ".join(
        f"{axis.name}={axis.values[0]!r}" for axis in (grid.hardware, grid.serving, grid.precision) if axis.values[0]
    )
    default = f"precision={catalog.default_precision!r} (the catalog's own)" if catalog.default_precision else "these"
    return (
        f"catalog {catalog.name!r} has no rows of {model!r} with {wanted or default}. "
        f"It has: {'; '.join(present)}. Pass one of these."
    )
