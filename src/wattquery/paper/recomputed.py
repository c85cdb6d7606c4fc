"""Each quantity that a claim states, with the sampling error of the paper's estimate of it and of ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import xarray as xr

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.histograms import UNIT, Histogram, mixed
from wattquery.quantities import GWH_PER_WH
from wattquery.specs import Lever
from wattquery.specs.converters import LeverSet, lever_set
from wattquery.specs.ranges import ranged, ranged_number
from wattquery.sweeps.dataset import histogram_of
from wattquery.sweeps.mixed_cell import divided, errors_of
from wattquery.sweeps.study import preset_levers
from wattquery.sweeps.trimmed_errors import Sampling
from wattquery.throughput import fit_throughput

__all__ = ["Estimated", "Quantities"]

UNTRIMMED = (0.0, 1.0)
NO_LEVERS = LeverSet()


@dataclass(frozen=True)
class Estimated:
    """A number, and the standard errors of the paper's estimate of it and of ours; 0 for one without sampling."""

    value: float
    theirs: float = 0.0
    ours: float = 0.0

    def __truediv__(self, other: Estimated) -> Estimated:
        """Return the ratio; errors are added as if independent, which is more than they are if they go together."""
        value = self.value / other.value
        theirs = math.hypot(self.theirs / self.value, other.theirs / other.value)
        ours = math.hypot(self.ours / self.value, other.ours / other.value)
        return Estimated(value, abs(value) * theirs, abs(value) * ours)

    def __add__(self, other: Estimated) -> Estimated:
        """Return the sum of independent estimates."""
        return Estimated(
            self.value + other.value, math.hypot(self.theirs, other.theirs), math.hypot(self.ours, other.ours)
        )

    def scaled(self, factor: float) -> Estimated:
        """Return a multiple."""
        return Estimated(self.value * factor, self.theirs * factor, self.ours * factor)


class Quantities:
    """All that the paper's claims state, from one sweep.

    Parameters
    ----------
    ds
        Sweep over ``model`` and ``output_tokens``, the workloads of the preset, with histograms and independent
        random numbers.
    preset
        What the frontier, its trim, the levers and the fleet are.
    published
        Draws of the paper's own estimate (0 to leave out its error), its fleet's size and the share of long queries.
    ranked_by
        Workload by whose medians the frontier is chosen.
    """

    def __init__(
        self, ds: xr.Dataset, preset: Preset, published: Mapping[str, float], ranked_by: str = "traditional"
    ) -> None:
        self.ds = ds
        self.preset = preset
        self.their_draws = float(published["draws"])
        self.queries = float(published["queries_per_day"])
        self.long_share = float(published["long_share"])
        self.ranked_by = ranked_by
        self._combination = lever_set(preset_levers(preset))
        self._part = cache(self._read_part)
        self._mixture = cache(self._mix)
        self.estimated = cache(self._estimate)

    def _estimate(self, kind: str, *arguments: str) -> Estimated:
        """Return what a claim states, by the name of the method that gives it."""
        estimated: Estimated = getattr(self, kind)(*arguments)
        return estimated

    def fit(self, model: str, coefficient: str) -> Estimated:
        """Return a coefficient of a throughput model: ``intercept``, ``ln_input`` or ``ln_output``."""
        deployment = catalogs.load(self.preset.catalog).deployment(model)
        if deployment is None:
            raise LookupError(f"{model} has no rows in {self.preset.catalog}")
        return Estimated(float(getattr(fit_throughput(deployment.rows, model), coefficient)))

    def model(self, workload: str, model: str, statistic: str) -> Estimated:
        """Return a statistic of one model [Wh]."""
        return self._statistic(workload, (model,), UNTRIMMED, NO_LEVERS, statistic)

    def frontier(self, workload: str, levers: str, statistic: str) -> Estimated:
        """Return a statistic of the frontier blend [Wh], trimmed as the preset says, levers applied after the trim."""
        trim = self.preset.blend_trim or UNTRIMMED
        return self._statistic(workload, self.frontier_models, trim, self._combination(levers), statistic)

    def long_over_traditional(self) -> Estimated:
        """Return the ratio of the medians of long and traditional queries."""
        return self.frontier("long", "none", "p50") / self.frontier("traditional", "none", "p50")

    def reduction(self, levers: str) -> Estimated:
        """Return by how much a combination of levers divides the median of a traditional query."""
        return self.frontier("traditional", "none", "p50") / self.frontier("traditional", levers, "p50")

    def individual_reduction(self, end: str) -> Estimated:
        """Return the lowest or highest median reduction of a single lever."""
        reductions = [self.reduction(lever) for lever in ("model", "serving", "hardware")]
        choose = {"lowest": min, "highest": max}[end]
        return choose(reductions, key=lambda reduction: reduction.value)

    def fleet(self, part: str) -> Estimated:
        """Return the energy of a fleet [GWh/day]: ``traditional``, ``long`` or ``mixed``, or with ``_improved``.

        Mean of the untrimmed frontier blend times queries per day times overhead; a mixed fleet is linear in its
        shares. An improved fleet has one serving lever, narrower than that of a query.
        """
        workload, _, improved = part.partition("_")
        if workload == "mixed":
            traditional = self.fleet("_".join(filter(None, ("traditional", improved))))
            long = self.fleet("_".join(filter(None, ("long", improved))))
            return traditional.scaled(1.0 - self.long_share) + long.scaled(self.long_share)
        lever = ranged("lever_factor", self.preset.fleet_serving_lever[workload], "fleet_serving_lever")
        levers = LeverSet((Lever("serving", lever),)) if improved else NO_LEVERS
        mean = self._statistic(workload, self.frontier_models, UNTRIMMED, levers, "mean")
        overhead = math.prod(ranged_number("step", factor, name) for name, factor in self.preset.fleet_overhead.items())
        return mean.scaled(self.queries * overhead * GWH_PER_WH)

    def combined_in_words(self) -> str:
        """Return quantiles of the combined reduction of all three levers of a query, for a reason."""
        reduction = divided(UNIT, self._combination("model+serving+hardware"))
        levels = (0.95, 0.9, 0.75, 0.5)
        values = zip(levels, 1.0 / reduction.quantiles(levels), strict=True)
        return ", ".join(f"P{round(100 * (1 - level))} is {value:.1f}" for level, value in values)

    @cached_property
    def frontier_models(self) -> tuple[str, ...]:
        """The deployments of the frontier: those with the highest median, of a traditional query by default."""
        return self.ranked_models[: self.preset.blend_top]

    @cached_property
    def ranked_models(self) -> tuple[str, ...]:
        """The deployments that have rows, by their medians, the highest first."""
        supported = self.ds["supported"].all("output_tokens").values
        models = [str(model) for model in self.ds["model"].values[supported]]
        medians = {model: float(self._part(self.ranked_by, model).quantiles(0.5)) for model in models}
        return tuple(sorted(models, key=lambda model: -medians[model]))

    def model_histogram(self, workload: str, model: str) -> Histogram:
        """Return the distribution of one model [Wh]."""
        return self._part(workload, model)

    def frontier_histogram(self, workload: str, levers: str) -> Histogram:
        """Return the distribution of the frontier blend [Wh], of which `frontier` gives the statistics."""
        trim = self.preset.blend_trim or UNTRIMMED
        return self._mixture(workload, self.frontier_models, trim, self._combination(levers))

    def _cell(self, workload: str, model: str) -> xr.Dataset:
        return self.ds.sel(output_tokens=workload, model=model)

    def _read_part(self, workload: str, model: str) -> Histogram:
        return histogram_of(self._cell(workload, model))

    def _mix(self, workload: str, models: tuple[str, ...], trim: tuple[float, float], levers: LeverSet) -> Histogram:
        parts = [self._part(workload, model).trimmed(*trim) for model in models]
        return divided(mixed(parts), levers)

    def _statistic(
        self, workload: str, models: tuple[str, ...], trim: tuple[float, float], levers: LeverSet, statistic: str
    ) -> Estimated:
        """Return a statistic of a trimmed mixture of models in equal parts, with both errors."""
        mixture = self._mixture(workload, models, trim, levers)
        parts = [self._part(workload, model) for model in models]
        weights = [1.0 / len(parts)] * len(parts)
        divisor = divided(UNIT, levers) if levers.levers else None
        ours = errors_of([self._cell(workload, model) for model in models], parts, weights, trim, divisor)
        level = [] if statistic == "mean" else [int(statistic.removeprefix("p")) / 100.0]
        value = float(mixture.quantiles(level)[0]) if level else mixture.mean()
        own = float(ours.quantile_stderr(mixture, level)[0]) if level else ours.mean_stderr(mixture)
        if not self.their_draws:
            return Estimated(value, ours=own)
        # The paper draws a lever's factor with each query; here its whole distribution is applied.
        theirs = Sampling(parts, weights, trim, self.their_draws, divisor, divisor_sampled=True, planned=True)
        their = float(theirs.quantile_stderr(mixture, level)[0]) if level else theirs.mean_stderr()
        return Estimated(value, their, own)
