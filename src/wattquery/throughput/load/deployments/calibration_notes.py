"""What is said of a user's measured points in a table: how many move it, which do not, and which look wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.numbers import POWER_LIMIT_W
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.contradictions import contradictions
from wattquery.throughput.load.deployments.own_rows import OwnRows
from wattquery.throughput.load.deployments.points import Points
from wattquery.throughput.load.deployments.saturated import HEAVIEST_SHARE, HEAVIEST_SHARE_SD
from wattquery.throughput.load.deployments.standing import Standing
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.support import architecture_keys, instance_keys

__all__ = ["calibration_notes"]

_LIKE = 1.5
"""Of the logarithm of an input, the distance over which residuals change."""

_MOST = 3


def calibration_notes(cases: LoadCases, points: Points) -> list[str]:
    """Return what to say of measured points, a sentence or two each; nothing where a user has none.

    Parameters
    ----------
    cases, points
        What was asked for, and the operating points.
    """
    standing = cases.standing
    if cases.measured is None or standing.own is None:
        return []
    name = f" ({cases.measured_as})" if cases.measured_as else ""
    return [
        *_counted(standing.own, standing, cases, points, name),
        *_passed_over(standing.own.passed_over),
        *_refused(cases.measured.refused),
        *(f"Measured points: {note}" for note in _few(cases.measured.notes)),
        *contradictions(standing),
        *_of_lengths(standing, points),
        *_of_watts(cases, points),
    ]


def _counted(own: OwnRows, standing: Standing, cases: LoadCases, points: Points, name: str) -> Iterator[str]:
    """Yield how many points move a table, and why those do not that do not."""
    if not len(own):
        return
    mine, theirs = _keys(own.rows, standing), _keys(points.rows, standing, points.at)
    of_model = np.isin(mine[0], theirs[0])
    of_instance = np.isin(mine[1], theirs[1])
    count, here, near = _points(len(own)), int(of_instance.sum()), int(of_model.sum())
    models = ", ".join(dict.fromkeys(one.model for one in cases.models))
    if not near:
        yield (
            f"None of the {count}{name} is of a model of this grid ({models}): they change nothing here, for "
            "models share nothing of what is calibrated."
        )
        return
    if here:
        rest = f", and {near - here} of its models on other instances" if near > here else ""
        words = "is of an instance" if here == 1 else "are of instances"
        yield f"Of {count}{name}, {here} {words} of this grid{rest}."
        return
    others = dict.fromkeys(_instances(own.rows.take(of_model), standing))
    yield (
        f"None of the {count}{name} is of an instance of this grid: {near} of its models calibrate it only as far as "
        f"instances of one model have something in common. They are of {'; '.join(_few(others))}."
    )


def _keys(
    rows: Observations, standing: Standing, at: Conditions | None = None
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Return what tells models and instances apart, as text."""
    at = Conditions.of(rows, known=standing.known) if at is None else at
    return architecture_keys(rows, at).astype(str), instance_keys(rows, at).astype(str)


def _instances(rows: Observations, standing: Standing) -> Iterator[str]:
    at = Conditions.of(rows, known=standing.known)
    count, stack = np.asarray(at.instance.accelerators), at.labels["stack"]
    for row in range(len(rows)):
        speculation = ", speculation on" if rows.speculation[row] == "on" else ""
        facts = standing.known.architecture(rows.architecture[row])
        model = rows.architecture[row] if facts is None else facts.model
        what = f"{model} on {count[row]:g} x {rows.hardware[row]}"
        yield f"{what}, {stack[row]}, {rows.precision[row]}{speculation}"


def _passed_over(passed: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield which points calibrate nothing, a sentence for each reason."""
    by_reason: dict[str, list[str]] = {}
    for row, why in passed:
        by_reason.setdefault(why, []).append(row)
    for why, rows in by_reason.items():
        yield f"{_points(len(rows)).capitalize()} passed over ({', '.join(_few(rows))}): {why}."


def _refused(refused: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = [f"{where}: {why}" for where, why in refused]
    if rows:
        yield f"Of the measurements {len(rows):,} cannot be used. {' '.join(_few(rows))}"


def _of_lengths(standing: Standing, points: Points) -> Iterator[str]:
    """Yield that inputs of measured points are far from all of those that are asked for, or the other way round."""
    if standing.own is None or not len(standing.own) or not len(points):
        return
    rows = standing.own.rows
    mine, theirs = _keys(rows, standing)[0], _keys(points.rows, standing, points.at)[0][points.instance]
    inputs = rows.input_tokens[np.isin(mine, theirs) & np.isfinite(rows.input_tokens)]
    asked = points.input_tokens[np.isin(theirs, mine)]
    if not len(inputs) or not len(asked):
        return
    apart = np.abs(np.log(asked[:, None] / inputs)).min(axis=1)
    if (apart > _LIKE).any():
        yield (
            f"Measured points have inputs of {_span(inputs)} tokens, and queries of some cells "
            f"{_span(asked[apart > _LIKE])}: of what changes along the input, little carries over a factor of "
            f"{np.exp(_LIKE):.2g}."
        )


def _of_watts(cases: LoadCases, points: Points) -> Iterator[str]:
    """Yield which watts of accelerators count, and what others are not of this grid."""
    standing, asked = cases.standing, {one.hardware for one in cases.hardware}
    if said := [_watts(name, pair) for name, pair in standing.idle_watts.items() if name in asked]:
        yield f"Idle accelerators draw what you measured: {'; '.join(said)}."
    limits = dict(zip(points.rows.hardware.tolist(), points.numbers[POWER_LIMIT_W].tolist(), strict=True))
    for name, pair in standing.heaviest.watts.items():
        if name in limits:
            usual = f"{HEAVIEST_SHARE * limits[name]:.0f} W, give or take {100.0 * HEAVIEST_SHARE_SD:.0f} %"
            yield (
                f"Under its heaviest load {_watts(name, pair)} was measured, where {usual}, is usual: the power of "
                "instances near their largest load is moved towards it, as far as all instances on an accelerator "
                "have something in common, but for models whose power on it you measured."
            )
    others = [name for name in (*standing.idle_watts, *standing.heaviest.watts) if name not in asked]
    if others:
        yield f"Measured watts of {', '.join(dict.fromkeys(others))} are of no accelerator of this grid."


def _watts(name: str, pair: tuple[float, float]) -> str:
    return f"{name} {pair[0]:g} W, give or take {100.0 * pair[1]:g} %"


def _points(count: int) -> str:
    return f"{count:,} measured point{'' if count == 1 else 's'}"


def _span(numbers: NDArray[np.float64]) -> str:
    least, most = f"{numbers.min():,.0f}", f"{numbers.max():,.0f}"
    return least if least == most else f"{least} to {most}"


def _few(words: Iterable[str]) -> list[str]:
    every = list(words)
    more = len(every) - _MOST
    return every if more <= 0 else [*every[:_MOST], f"{more:,} more"]
