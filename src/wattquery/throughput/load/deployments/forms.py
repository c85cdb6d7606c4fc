"""All combinations of the labels of a table: which instance each has, how many sequences run, or why none does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.capacity import ENOUGH_SEQUENCES, doubt, sequences_that_fit, smallest_enough
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.idle_power import idle_relative_sd, idle_watts
from wattquery.throughput.load.deployments.instances import InstanceRows, sizes_of
from wattquery.throughput.load.deployments.means import MeansByReach
from wattquery.throughput.load.deployments.measured import interval_classes, keys_of_lengths
from wattquery.throughput.load.deployments.nodes import NodeDraws
from wattquery.throughput.load.deployments.points import Points, operating_points
from wattquery.throughput.load.deployments.reasons import facts_reasons, too_small

__all__ = ["Forms", "forms_of"]

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Forms:
    """Combinations of labels, in C order.

    Attributes
    ----------
    pair, load
        Which of `Points` each is, -1 for no pair.
    reason
        Why nothing can be computed, empty elsewhere.
    accelerators
        Of the instance; of the largest one that was tried where none is large enough [1].
    precision
        Label of the precision of the weights.
    most_sequences
        B_max, NaN where no instance is large enough [1].
    """

    pair: Integers
    load: Integers
    reason: Words
    accelerators: Integers
    precision: Words
    most_sequences: Numbers

    def spread(self, values: Numbers, known: NDArray[np.bool_]) -> Numbers:
        """Return values of operating points, (..., pairs, loads), as those of forms, (..., n); NaN where not known."""
        made = np.full((*values.shape[:-2], len(self.pair)), np.nan)
        made[..., known] = values[..., self.pair[known], self.load[known]]
        return made


def forms_of(cases: LoadCases) -> tuple[Forms, Points]:
    """Return the forms of some cases with the operating points that can be computed."""
    fitted = cases.standing.model.parameters
    every = InstanceRows.of(cases)
    numbers = every.numbers(fitted.layout, fitted.vector)
    missing = facts_reasons(every, numbers, cases)
    means = MeansByReach.of(numbers, cases.lengths, cases.settings.cached_weight)
    context = means.resident_context[means.kind]
    fitting = np.nan_to_num(sequences_that_fit(every, numbers, context), nan=0.0)
    candidate = _candidates(cases, fitting / doubt(every)[:, None])
    most = _by_pair(fitting, candidate)
    reason = _reasons(cases, every, missing, candidate, most)
    pairs = _points(cases, every, numbers, means, candidate, most, reason == "")
    return _forms(cases, every, candidate, reason, most, pairs), pairs


def _candidates(cases: LoadCases, fitting: Numbers) -> Integers:
    """Return which of all instances each deployment has, (bases, accelerators, lengths).

    Where no size is given and none is enough, it is the largest one. `fitting` is less where it is in doubt.
    """
    sizes = sizes_of(cases)
    by_size = fitting.reshape(-1, len(sizes), fitting.shape[1])
    enough = smallest_enough(by_size, min(ENOUGH_SEQUENCES, cases.settings.max_sequences))
    made = np.empty((len(by_size), len(cases.accelerators), fitting.shape[1]), dtype=np.int64)
    for place, count in enumerate(cases.accelerators):
        size = np.where(enough < 0, len(sizes) - 1, enough) if count is None else sizes.index(count)
        made[:, place] = size
    return made + np.arange(len(by_size))[:, None, None] * len(sizes)


def _by_pair(values: Numbers, candidate: Integers) -> Numbers:
    """Return values, (instances, lengths), for each deployment."""
    found: Numbers = values[candidate, np.arange(candidate.shape[2])]
    return found


def _reasons(cases: LoadCases, every: InstanceRows, missing: Words, candidate: Integers, most: Numbers) -> Words:
    """Return why nothing can be computed of each deployment at each of the lengths."""
    made = missing[candidate]
    enough = min(ENOUGH_SEQUENCES, cases.settings.max_sequences)
    needed = np.array([enough if count is None else 1.0 for count in cases.accelerators])[None, :, None]
    known: dict[tuple[int, float, float], str] = {}
    needed = np.broadcast_to(needed, made.shape)
    for place in zip(*np.nonzero((made == "") & (most < needed)), strict=True):
        key = (int(candidate[place]), float(most[place]), float(needed[place]))
        if key not in known:
            known[key] = too_small(every, *key)
        made[place] = known[key]
    return made


def _points(
    cases: LoadCases,
    every: InstanceRows,
    numbers: Numbers,
    means: MeansByReach,
    candidate: Integers,
    fitting: Numbers,
    able: NDArray[np.bool_],
) -> Points:
    """Return the operating points of all deployments of which something can be computed."""
    used, instance = np.unique(candidate[able], return_inverse=True)
    instances, length = every.take(used), np.nonzero(able)[2]
    most = np.minimum(fitting[able], cases.settings.max_sequences)
    loads = np.array(cases.loads)
    batch = np.broadcast_to(loads, (len(most), len(loads))) if cases.is_concurrency else most[:, None] * loads
    kind = means.kind[used][instance]
    drivers, own = means.batch[kind, length].T, means.own[kind, length].T
    yours = cases.standing.idle_watts
    idle = np.array([idle_watts(one, yours) for one in cases.hardware])[instances.hardware]
    units, seconds, rates = operating_points(numbers[:, used], idle, instance, drivers, own, batch)
    classes = interval_classes(instances, cases)
    return Points(
        instances=instances,
        numbers=numbers[:, used],
        idle_watts=idle,
        idle_relative_sd=np.array([idle_relative_sd(one, yours) for one in cases.hardware])[instances.hardware],
        nodes=NodeDraws.of(cases.hardware, instances.hardware, cases.settings.node_watts),
        instance=instance,
        length=length,
        reach=means.reach[kind].T,
        drivers=drivers,
        own_drivers=own,
        own_cached=np.array([case.query.mean_cached for case in cases.lengths])[length],
        input_tokens=np.array([case.batch_input for case in cases.lengths])[length],
        length_keys=keys_of_lengths(instances, cases)[length],
        interval_class=classes[instance, length],
        most_sequences=most,
        by_memory=(fitting[able] < cases.settings.max_sequences) & (not cases.is_concurrency),
        batch=batch,
        units=units,
        seconds=seconds,
        rates=rates,
    )


def _forms(
    cases: LoadCases, every: InstanceRows, candidate: Integers, reason: Words, fitting: Numbers, points: Points
) -> Forms:
    """Return the forms: deployments at each load."""
    count = len(cases.loads)
    shape = (*candidate.shape[:2], count, candidate.shape[2])
    able = reason == ""
    pair = np.full(candidate.shape, -1, dtype=np.int64)
    pair[able] = np.arange(len(points))
    most = np.where(able, np.minimum(fitting, cases.settings.max_sequences), np.nan)
    counted = every.rows.accelerators.astype(np.int64)
    accelerators = counted[candidate]

    def at_each_load(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.broadcast_to(values[:, :, None], shape)

    reasons = at_each_load(reason).copy()
    if cases.is_concurrency:
        _refuse_too_many(cases, reasons, most)
    return Forms(
        pair=np.asarray(at_each_load(pair).ravel(), dtype=np.int64),
        load=np.broadcast_to(np.arange(count)[:, None], shape).ravel(),
        reason=np.asarray(reasons.ravel(), dtype=object),
        accelerators=np.asarray(at_each_load(accelerators).ravel(), dtype=np.int64),
        precision=np.asarray(at_each_load(every.precision[candidate]).ravel(), dtype=object),
        most_sequences=np.asarray(at_each_load(most).ravel(), dtype=np.float64),
    )


def _refuse_too_many(cases: LoadCases, reasons: NDArray[np.generic], most: Numbers) -> None:
    """Give those at which more sequences are asked for than run at once a reason."""
    for place, asked in enumerate(cases.loads):
        for where in zip(*np.nonzero(most < asked), strict=True):
            base, size, length = where
            reasons[base, size, place, length] = f"{_told_apart(asked, most[where])} of these lengths run at once"


def _told_apart(asked: float, most: float) -> str:
    """Return two numbers of sequences with as many digits as tell them apart."""
    digits = next((one for one in range(3, 17) if f"{asked:.{one}g}" != f"{most:.{one}g}"), 17)
    return f"{asked:.{max(digits, 6)}g} sequences are asked for, and {most:.{digits}g}"
