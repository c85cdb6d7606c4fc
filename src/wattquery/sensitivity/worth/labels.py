"""What was found, as a labelled Dataset: measurements ranked, with what was assumed of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.sensitivity.worth.beliefs import Interval
from wattquery.sensitivity.worth.benchmark import scatter
from wattquery.sensitivity.worth.cells import Asked, Found
from wattquery.sensitivity.worth.measurements import ALL, LENGTHS, METERED, Measurement
from wattquery.sweeps.labelled import labelled

__all__ = ["worth_dataset"]

Array = NDArray[np.float64]

BOUNDS = ("lower", "upper")

_NO_LENGTHS = (
    "how queries differ in length is no ignorance, and how well the lengths themselves are known is said nowhere: "
    "state it, such as length_uncertainty=0.2"
)
_SPLIT = "a part of what a run would tell is drawn per query: leave load_model out of scopes"


def worth_dataset(grid: RemainingGrid, found: Found, asked: Asked, **made_by: object) -> xr.Dataset:
    """Return the result.

    Parameters
    ----------
    grid
        Its grid.
    found
        What was found.
    asked
        What was asked.
    **made_by
        Attributes beside those of the run.
    """
    names = _ranked(found, list(asked.wanted))
    reasons = [_reason(name, found, asked) for name in names]
    notes = [
        *_notes(names, found, asked),
        *(f"{name}: {why}." for name, why in zip(names, reasons, strict=True) if why),
    ]
    return grid.dataset(
        _variables(grid, found, names),
        {
            "measurement": labelled("measurement", ("measurement",), np.array(names)),
            "bound": labelled("bound", ("bound",), np.array(BOUNDS)),
            "measured_by": _by_name("measured_by", names, [_by(asked, name) for name in names]),
            "measured_to": _by_name("measured_to", names, [_error(asked, name) for name in names]),
            "measured_factors": _by_name("measured_factors", names, [_factors(asked, name) for name in names]),
            "unmeasured": _by_name("unmeasured", names, reasons),
        },
        title=f"What to measure next: the credible interval of the {asked.of} energy per LLM query",
        of=asked.of,
        notes=" | ".join(notes),
        **made_by,
    )


def _ranked(found: Found, names: Sequence[str]) -> list[str]:
    """Return the names of the measurements, first the one that narrows most over all cells; all of them last."""

    def rank(name: str) -> float:
        gained = [
            _narrower(one, found.after[number, name])
            for number, one in found.before.items()
            if (number, name) in found.after
        ]
        return -float(np.mean(gained)) if gained else np.inf

    return [*sorted(names, key=rank), ALL]


def _narrower(before: Interval, after: Interval) -> float:
    """Return which share of its width the logarithm of the answer loses."""
    return 1.0 - after.log_width / before.log_width


def _narrower_stderr(before: Interval, after: Interval) -> float:
    """Return its sampling error. Draws of what is not measured are those of both, and err by as much."""
    both = before.log_width_stderr * after.log_width / before.log_width
    own = (
        math.sqrt(max(after.log_width_stderr**2 - both**2, 0.0)) if math.isfinite(after.log_width_stderr) else math.inf
    )
    return math.hypot(own, both * _narrower(before, after)) / before.log_width


def _lost_stderr(before: Interval, after: Interval) -> float:
    """Return the sampling error of the width that is lost, likewise [Wh]."""
    both = before.width_stderr * after.width / before.width
    own = math.sqrt(max(after.width_stderr**2 - both**2, 0.0)) if math.isfinite(after.width_stderr) else math.inf
    return math.hypot(own, both * (1.0 - after.width / before.width))


def _variables(grid: RemainingGrid, found: Found, names: Sequence[str]) -> dict[str, xr.Variable]:
    """Return all variables."""
    cells, size = grid.members[:, 0], grid.run.plan.size

    def spread(name: str, dims: Sequence[str], own: Sequence[int], value: Callable[..., object]) -> xr.Variable:
        values = np.full((size, *own), np.nan)
        for number, before in found.before.items():
            for place, measurement in enumerate(names if "measurement" in dims else [""]):
                after = found.after.get((number, measurement))
                if after is not None or not measurement:
                    at = (number, place) if measurement else (number,)
                    values[at] = value(number, measurement, before, after)
        return grid.labelled(name, values[cells], *dims)

    def each(name: str, value: Callable[..., object], *more: int) -> xr.Variable:
        dims = ("measurement", "bound") if more else ("measurement",)
        return spread(name, dims, (len(names), *more), value)

    variables = {
        "interval_before": spread("interval_before", ("bound",), (2,), lambda n, m, b, a: b.ends),
        "expected_interval": each("expected_interval", lambda n, m, b, a: a.ends, 2),
        "width_ratio_before": spread("width_ratio_before", (), (), lambda n, m, b, a: math.exp(b.log_width)),
        "width_ratio": each("width_ratio", lambda n, m, b, a: math.exp(a.log_width)),
        "width_ratio_stderr": each("width_ratio_stderr", lambda n, m, b, a: math.exp(a.log_width) * a.log_width_stderr),
        "narrower": each("narrower", lambda n, m, b, a: _narrower(b, a)),
        "narrower_stderr": each("narrower_stderr", lambda n, m, b, a: _narrower_stderr(b, a)),
        "width_reduction": each("width_reduction", lambda n, m, b, a: b.width - a.width),
        "width_reduction_stderr": each(
            "width_reduction_stderr",
            lambda n, m, b, a: math.hypot(_lost_stderr(b, a), (b.width - a.width) * found.relative_stderr[n]),
        ),
        "variance_share": each("variance_share", lambda n, m, b, a: found.shares[n, m]),
    }
    if found.run_at:
        variables["run_at"] = each("run_at", lambda n, m, b, a: found.run_at.get((n, m), np.nan))
    known = np.isin(cells, list(found.before))
    return {**variables, "supported": grid.labelled("supported", known)}


def _by_name(name: str, names: Sequence[str], values: Sequence[object]) -> xr.Variable:
    return labelled(name, ("measurement",), np.array(values, dtype=np.float64 if name == "measured_to" else np.str_))


def _by(asked: Asked, name: str) -> str:
    return "all of these" if name == ALL else asked.wanted[name].by


def _factors(asked: Asked, name: str) -> str:
    if name == ALL:
        return ", ".join(dict.fromkeys(factor for one in asked.wanted.values() for factor in one.factors))
    return ", ".join(asked.wanted[name].factors)


def _error(asked: Asked, name: str) -> float:
    """Return the relative error of a measurement, of a run that of its time; NaN for all together."""
    if name == ALL:
        return np.nan
    one = asked.wanted[name]
    return float(np.sqrt(scatter(name, None)[0, 0])) if one.error is None else one.error


def _reason(name: str, found: Found, asked: Asked) -> str:
    """Return why nothing is said of a measurement, if nothing is."""
    if name == ALL or any(measured == name for _, measured in found.after):
        return ""
    return _NO_LENGTHS if name == LENGTHS else _SPLIT


def _notes(names: Sequence[str], found: Found, asked: Asked) -> list[str]:
    """Return what to know of the measurements."""
    notes = ["Errors of measurements that are not stated are judgements."]
    runs = [one for one in asked.wanted.values() if one.error is None]
    if runs:
        time, power = np.sqrt(np.diag(scatter(METERED, None)))
        notes.append(
            f"A benchmark run scatters by {time:.1%} in time and {power:.1%} in power, as single runs do in the load "
            "model; it is of the configuration and has the mean lengths of the cell."
        )
    if any(math.isnan(one.width) for one in found.after.values()):
        notes.append(
            "Where a throughput fit is a Student's t the energy has no mean over it, so that no width in Wh is "
            "expected once it is measured; on the logarithmic scale one is."
        )
    if any(math.isinf(one.log_width_stderr) for one in found.after.values()):
        notes.append("Too few draws are left after a measurement to tell an error: take more shared_draws.")
    for name in names:
        known = [found.sds[number, name] for number in found.before if (number, name) in found.sds]
        error = np.nan if name == ALL else asked.wanted[name].error
        if known and error is not None and error >= max(known) > 0.0:
            notes.append(_no_gain(asked.wanted[name], max(known)))
    return notes


def _no_gain(one: Measurement, known: float) -> str:
    return f"{one.name}: an error of {one.error:.2g} adds little, as it is known to {known:.2g} already."
