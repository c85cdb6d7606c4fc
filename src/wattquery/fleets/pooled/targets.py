"""Targets: how many sequences run on an instance in the hour of highest demand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.fleets.pooled.curves import Curve
from wattquery.fleets.pooled.deployments import Deployment
from wattquery.fleets.pooled.states import Placed
from wattquery.scenarios.pool import SERVICE
from wattquery.sweeps.targets import in_words

__all__ = ["target_batches"]

Array = NDArray[np.float64]

HALVINGS = 36
"""Of a bracket of a sixth: what is found meets its target, and the next that would not is 1e-11 away."""


def target_batches(
    deployment: Deployment, placed: Mapping[str, Placed], curve: Curve, shape: Array, *, has_axis: bool
) -> Array | None:
    """Return the batch of each state in the hour of highest demand; None where nodes and share say it.

    Parameters
    ----------
    deployment, placed
        The instances, and their grid for each class.
    curve
        Their rates.
    shape
        Demand by hour, relative to the highest [1].
    has_axis
        Whether loads are an axis of the scenario, which takes the place of what the pool says.

    Raises
    ------
    InputError
        If no load meets a target.
    """
    first, spec = next(iter(placed.values())), deployment.spec
    if has_axis:
        return np.asarray(first.asked_loads * first.most)
    if spec.load is not None:
        return np.asarray(spec.load * first.most)
    if spec.mean_load is not None:
        return _of_mean(deployment, first, curve, shape, spec.mean_load)
    targets = {name: value for name, value in spec.targets.items() if name in SERVICE}
    return _of_service(deployment, placed, curve, targets) if targets else None


def _of_mean(deployment: Deployment, placed: Placed, curve: Curve, shape: Array, mean: float) -> Array:
    """Return the batches in the highest hour with which the mean over all hours is a share of the most."""
    rising = np.maximum.accumulate(curve.rate, axis=1)
    found = np.empty(len(placed.most))
    for state, most in enumerate(placed.most.tolist()):
        rates, batches = rising[state], curve.batch[state]
        highest = rates[-1]
        if not _mean_batch(highest, shape, rates, batches) >= mean * most:
            reached = _mean_batch(highest, shape, rates, batches) / most
            raise InputError(
                f"pool {deployment.pool!r} cannot have mean_load = {mean:g} with {deployment.model}, for in this load "
                f"profile the highest hour is full at {reached:.3g} already: ask for no more than that, or pass a "
                "flatter load_profile."
            )
        low, high = 0.0, float(highest)
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if _mean_batch(middle, shape, rates, batches) >= mean * most else (middle, high)
        found[state] = _batches(np.array([high]), rates, batches)[0]
    return found


def _mean_batch(peak: float, shape: Array, rates: Array, batches: Array) -> float:
    return float(_batches(peak * shape, rates, batches).mean())


def _batches(rate: Array, rates: Array, batches: Array) -> Array:
    """Return batches at rates, on straight lines in logarithms: exact enough for how many whole nodes there are."""
    with np.errstate(divide="ignore"):
        above = np.exp(np.interp(np.log(rate), np.log(rates), np.log(batches)))
    return np.where(rate <= rates[0], rate / rates[0], above)


def _of_service(
    deployment: Deployment, placed: Mapping[str, Placed], curve: Curve, targets: Mapping[str, float]
) -> Array:
    """Return the highest batches at which the medians of latencies meet targets."""
    limits = {"time_per_output_token": 1.0 / targets["interactivity"]} if "interactivity" in targets else {}
    if "time_to_first_token" in targets:
        limits["time_to_first_token"] = targets["time_to_first_token"]
    # The first token of a class comes after its own prompt; all else is the same for all of them.
    latencies = {name: np.max([one.curve.latencies[name] for one in placed.values()], axis=0) for name in limits}
    met = np.all([latencies[name] <= most for name, most in limits.items()], axis=0)
    if not met[:, 0].all():
        raise InputError(_out_of_reach(deployment, targets, limits, latencies, int(np.argmin(met[:, 0]))))
    last = met.sum(axis=1) - 1
    after = np.minimum(last + 1, curve.batch.shape[1] - 1)
    state = np.arange(len(last))
    low, high = np.log(curve.batch[state, last]), np.log(curve.batch[state, after])
    for _ in range(HALVINGS if (after > last).any() else 0):
        middle = 0.5 * (low + high)
        holds = _meets(placed, np.exp(middle), limits)
        low, high = np.where(holds, middle, low), np.where(holds, high, middle)
    return np.asarray(np.exp(low))


def _meets(placed: Mapping[str, Placed], batch: Array, limits: Mapping[str, float]) -> NDArray[np.bool_]:
    """Return at which states the medians of all classes meet all limits."""
    met = np.ones(len(batch), dtype=np.bool_)
    for one in placed.values():
        rates = one.rates(batch[:, None])
        for name, most in limits.items():
            met &= rates[name][:, 0] <= most
    return met


def _out_of_reach(
    deployment: Deployment,
    targets: Mapping[str, float],
    limits: Mapping[str, float],
    latencies: Mapping[str, Array],
    state: int,
) -> str:
    """Return the message where no load meets a target: the nearest that one does."""
    limit = next(name for name, most in limits.items() if latencies[name][state, 0] > most)
    reached = float(latencies[limit][state, 0])
    asked = "interactivity" if limit == "time_per_output_token" else limit
    nearest = 1.0 / reached if asked == "interactivity" else reached
    return (
        f"pool {deployment.pool!r}: no load gives {in_words(asked, targets[asked])} with {deployment.model} in the "
        f"median, the nearest is {in_words(asked, nearest)} at one running sequence: ask for no more than that, or "
        "pass other hardware, another precision or more accelerators."
    )
