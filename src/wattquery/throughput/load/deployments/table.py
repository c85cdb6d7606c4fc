"""Labels of a grid to what queries take at each of its loads: one door, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.beyond_lengths import beyond_lengths
from wattquery.throughput.load.deployments.calibration_notes import calibration_notes
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.effects import Effect
from wattquery.throughput.load.deployments.forms import Forms, forms_of
from wattquery.throughput.load.deployments.measured import Support, support_of
from wattquery.throughput.load.deployments.notes import falling_notes, notes_of
from wattquery.throughput.load.deployments.points import RATES, Points
from wattquery.throughput.load.deployments.uncertainty import Uncertainty, uncertainty_of

__all__ = ["MEDIANS", "LoadTable", "load_table"]

Numbers = NDArray[np.float64]
Words = NDArray[np.object_]

MEDIANS = ("throughput", "power", "time_per_output_token", "time_to_first_token")
"""What is told of each form beside its energy."""

_KILO = 1e3

Fields = dict[str, Any]
"""Values of fields of a table, by name."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LoadTable:
    """What the load model says of all forms of some cases, in C order: n of them.

    ln E of a query is ln(units . drivers) + shift + sigma z, with z normal: the sum of named effects, some of which
    other forms share. Where nothing is known numbers are NaN, and ``reason`` says why.

    Attributes
    ----------
    reason
        Why nothing is known of a form, empty elsewhere.
    accelerators
        Of one instance; of the largest one that was tried where none is large enough [1].
    precision
        Label of the precision of the weights.
    batch, most_sequences
        Mean number of running sequences B, and B_max [1].
    units
        Expected values of what one unit of each of `wattquery.kernels.load.query.DRIVERS` takes, of the accelerators
        and of the node, (2, 5, n) [kJ].
    shift, sigma
        Of ln E, of the accelerators and of the node, (2, n) [1].
    throughput
        Of the instance [output tokens/s].
    power
        Of one accelerator, idle time included [W].
    time_per_output_token, time_to_first_token
        Means of a closed loop, not percentiles [s]; the latter of the queries that are attributed.
    instance_seconds
        For how long a query that is attributed holds an instance, idle time included, at the median throughput [s].
    log_sds
        Standard deviations of the logarithms of `MEDIANS`, by name.
    prefill_share
        Share of prefill, reuse of cached input included, in the mean energy of the queries that are attributed, of the
        accelerators and of the node, (2, n) [1].
    support
        One of `wattquery.throughput.load.SUPPORTS`.
    support_rows, support_basis
        How many measured rows stand behind that, and which, in words.
    notes
        What was assumed, in sentences.
    """

    reason: Words
    accelerators: NDArray[np.int64]
    precision: Words
    batch: Numbers
    most_sequences: Numbers
    units: Numbers
    shift: Numbers
    sigma: Numbers
    throughput: Numbers
    power: Numbers
    time_per_output_token: Numbers
    time_to_first_token: Numbers
    instance_seconds: Numbers
    log_sds: Mapping[str, Numbers]
    prefill_share: Numbers
    support: Words
    support_rows: NDArray[np.int64]
    support_basis: Words
    notes: tuple[str, ...]
    forms: Forms
    points: Points
    uncertainty: Uncertainty

    def __len__(self) -> int:
        return len(self.reason)

    def reach_of(self, numbers: NDArray[np.int64] | int) -> Numbers:
        """Return the numbers of the attention of some forms, (..., `REACH_NUMBERS`); NaN where nothing is known."""
        pair = self.forms.pair[numbers]
        found = self.points.reach.T[pair] if len(self.points) else np.full((*np.shape(pair), 9), np.nan)
        return np.where(np.expand_dims(pair < 0, -1), np.nan, found)

    def effects(self, number: int, boundary: int) -> tuple[Effect, ...]:
        """Return the effects on ln E of a form, of the accelerators (0) or the node (1); none where nothing is known.

        Squares of their sigmas sum to that of ``sigma``.
        """
        if self.reason[number]:
            return ()
        pair, load = int(self.forms.pair[number]), int(self.forms.load[number])
        return self.uncertainty.effects(pair, load, boundary)


def load_table(cases: LoadCases) -> LoadTable:
    """Return what the load model says of all forms of some cases.

    Time and memory grow with the number of forms: 12 us and 1.1 kB for each on one core, where there are 725,760
    (84 models, 24 accelerators, 4 precisions, 10 loads and 9 workloads), and two seconds to load the model once.

    Parameters
    ----------
    cases
        The axes, as facts and labels.
    """
    forms, points = forms_of(cases)
    standing = cases.standing
    found = uncertainty_of(points, cases.settings, model=standing.model, heaviest=standing.heaviest)
    support = support_of(points.instances, cases)
    known = forms.reason == ""
    own = points.own_drivers[:, :, None]
    parts = found.units * own
    with np.errstate(invalid="ignore"):
        prefill = (parts[:, 3] + parts[:, 4]) / parts.sum(axis=1)

    def spread(values: Numbers) -> Numbers:
        return forms.spread(values, known)

    medians: Fields = {name: spread(found.rates[name]) for name in MEDIANS}
    return LoadTable(
        reason=forms.reason,
        accelerators=forms.accelerators,
        precision=forms.precision,
        batch=spread(points.batch),
        most_sequences=forms.most_sequences,
        units=spread(found.units / _KILO),
        shift=spread(found.shift),
        sigma=spread(found.sigma),
        **medians,
        instance_seconds=spread(_instance_seconds(points, found)),
        log_sds={name: spread(found.log_sds[name]) for name in MEDIANS},
        prefill_share=spread(prefill),
        **_of_support(support, cases, forms, points, known),
        notes=(*calibration_notes(cases, points), *notes_of(cases, points), *falling_notes(points, found.rates)),
        forms=forms,
        points=points,
        uncertainty=found,
    )


def _instance_seconds(points: Points, found: Uncertainty) -> Numbers:
    """Return for how long a query that is attributed holds an instance [s]: over the batch, 1 / requests per second."""
    accelerators = points.rows.accelerators[points.instance]
    fitted = (points.seconds * points.own_drivers[:, :, None]).sum(axis=0) / accelerators[:, None]
    # Residuals move the median throughput, and time with it.
    return np.asarray(fitted * points.rates[RATES.index("throughput")] / found.rates["throughput"])


def _of_support(support: Support, cases: LoadCases, forms: Forms, points: Points, known: NDArray[np.bool_]) -> Fields:
    """Return the support of each form; none, with the reason, where nothing is known."""
    count = len(forms.reason)
    kinds, basis = np.full(count, "none", dtype=object), forms.reason.copy()
    rows = np.zeros(count, dtype=np.int64)
    instance, length = points.instance, points.length
    beyond = beyond_lengths(points.instances.model, cases)[instance, length]
    far = beyond != ""
    pair = forms.pair[known] if known.any() else np.empty(0, np.int64)
    kinds[known] = np.where(far, "extrapolated", support.support[instance])[pair]
    basis[known] = np.where(far, support.basis[instance] + "; " + beyond, support.basis[instance])[pair]
    rows[known] = support.rows[instance][pair]
    return {"support": kinds, "support_rows": rows, "support_basis": basis}
