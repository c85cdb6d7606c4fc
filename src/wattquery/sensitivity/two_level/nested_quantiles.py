"""Quantiles over queries of the cells of a grid once all that was asked for is settled: of the whole, or of any box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.executor import ShareDone
from wattquery.plans.pick_freeze_tables import Choice
from wattquery.plans.variants import changed, without
from wattquery.sensitivity.one_factor.conditioning import check_bins
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.sensitivity.two_level.inner_distributions import InnerDistributions
from wattquery.specs import Distribution, Fixed
from wattquery.specs.factors import LENGTH_FACTORS
from wattquery.sweeps.blockwise.template import fewest_draws
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.run import Run
from wattquery.uncertainty.scopes import THROUGHPUT_FIT, Scope
from wattquery.uncertainty.shared_draws import FEWEST, SharedDraws, Summary, has_closed_form, summary
from wattquery.uncertainty.throughput_draws import fit_in_words

__all__ = ["NestedQuantiles", "without_shared"]

PARTS = ("query", "shared", "total")


@dataclass(frozen=True, eq=False)
class NestedQuantiles:
    """Quantiles over queries of every cell, with credible intervals for what all queries share.

    Attributes
    ----------
    scopes
        Of every factor that is random somewhere in the whole grid.
    choices
        The axes along which a query may go here or there.
    shared_draws
        Number of draws of the shared factors.
    credible
        Probability levels over the shared factors.
    default_sigma
        Of ln TPS where a fit has no degrees of freedom; ``None`` where fits are taken as known.
    """

    scopes: Mapping[str, Scope]
    choices: tuple[Choice, ...]
    shared_draws: int
    credible: tuple[float, ...]
    default_sigma: float | None

    def inner_run(self, whole: Run) -> Run:
        """Return a run of what is left once the shared factors are known."""
        return without_shared(whole, self.scopes)

    def of(self, whole: Run) -> xr.Dataset:
        """Return the quantiles of all cells of a run."""
        settings = whole.settings
        grid = RemainingGrid(self.inner_run(whole), self.choices)
        mixing = bool(self.choices)
        if mixing:
            check_bins(grid.run, 1)
        points = SharedDraws(settings.seed, self.shared_draws)
        inner = InnerDistributions(whole, grid.run, self.scopes, points, self.default_sigma, keep_histograms=mixing)
        rows = list(_rows(grid, inner, self.credible))
        variables = _variables(grid, [row.summary for row in rows], (len(settings.levels), len(self.credible)))
        if self.default_sigma is not None:
            variables["throughput_fit"] = _fits(grid, rows)
        is_sampled = any(row.sampled for row in rows)
        return self._dataset(grid, variables, is_sampled=is_sampled, inner_solutions=inner.solutions)

    def told(self, whole: Run) -> xr.Dataset:
        """Return what is known of the result before anything is computed: coordinates and attributes."""
        known = self._dataset(RemainingGrid(self.inner_run(whole), self.choices), {}, is_sampled=True)
        return known.drop_vars(list(known.data_vars))

    def look(self, whole: Run) -> xr.Dataset:
        """Return quantiles from the fewest draws, to see what comes out."""
        return replace(self, shared_draws=FEWEST).of(replace(whole, settings=fewest_draws(whole.settings)))

    @property
    def options(self) -> dict[str, Any]:
        """What was asked for beside a study, as JSON."""
        return {
            "scopes": dict(self.scopes),
            "over": [[one.name, list(one.labels), list(one.weights)] for one in self.choices],
            "shared_draws": self.shared_draws,
            "credible": list(self.credible),
            "throughput_fit": self.default_sigma,
        }

    def _dataset(
        self, grid: RemainingGrid, variables: Mapping[str, xr.Variable], *, is_sampled: bool, **made_by: int
    ) -> xr.Dataset:
        sigma, levels = self.default_sigma, grid.run.settings.levels
        return grid.dataset(
            variables,
            {
                "quantile": labelled("quantile", ("quantile",), np.array(levels)),
                "credible": labelled("credible", ("credible",), np.array(self.credible)),
            },
            title="Energy per LLM query, with what is shared by all queries apart",
            scopes="; ".join(f"{name} = {scope}" for name, scope in self.scopes.items()),
            shared_draws=self.shared_draws if is_sampled else 0,
            shared_draws_method="lattice, or closed form where all are lognormal" if is_sampled else "closed form",
            **made_by,
            throughput_fit=fit_in_words(sigma, under_load=grid.run.plan.is_load),
            throughput_fit_default_log_sigma=0.0 if sigma is None else sigma,
        )


def without_shared(whole: Run, scopes: Mapping[str, Scope]) -> Run:
    """Return a run in which shared factors are fixed: at 1 if they multiply or divide, else at the median."""
    shared = [name for name, scope in scopes.items() if scope == "shared" and name != THROUGHPUT_FIT]
    plan = without(whole.plan, [name for name in shared if name not in LENGTH_FACTORS])
    for name in shared:
        if name in LENGTH_FACTORS:
            plan = changed(plan, name, _median)
    return whole.with_plan(plan)


def _median(distribution: Distribution) -> Distribution:
    return Fixed(float(distribution.ppf(0.5)))


@dataclass(frozen=True, eq=False)
class _Row:
    """A cell that has data: what is said of it, what was drawn for its throughput fit, and if anything was sampled."""

    summary: Summary
    fit: str
    sampled: bool


def _rows(grid: RemainingGrid, inner: InnerDistributions, beliefs: Sequence[float]) -> Iterator[_Row]:
    """Yield each cell that has data."""
    done = ShareDone(grid.run.settings.progress)
    cells = grid.members[grid.supported].tolist()
    for numbers in cells:
        of_queries = inner.mixture(numbers, grid.weights) if grid.choices else inner.alone(numbers[0])
        fit = "; ".join(dict.fromkeys(inner.fit_of(number) for number in numbers))
        yield _Row(summary(of_queries, inner.draws, beliefs), fit, not has_closed_form(of_queries))
        done.add(1.0 / len(cells))
    done.finish()


def _variables(grid: RemainingGrid, rows: Sequence[Summary], levels: tuple[int, int]) -> dict[str, xr.Variable]:
    """Return the summaries of all cells as variables, and which cells have data."""

    def spread(field: str, own: tuple[int, ...]) -> NDArray[np.float64]:
        return grid.spread(np.array([getattr(row, field) for row in rows]).reshape((len(rows), *own)))

    variables = {}
    for suffix in ("", "_stderr"):
        name, mean = f"energy{suffix}", f"energy_mean{suffix}"
        variables[name] = labelled(name, (*grid.dims, "quantile", "credible"), spread(name, levels))
        variables[mean] = labelled(mean, (*grid.dims, "credible"), spread(f"mean{suffix}", levels[1:]))
    for field, suffix in (("variances", ""), ("variance_stderrs", "_stderr")):
        values = spread(field, (len(PARTS),))
        for i, part in enumerate(PARTS):
            name = f"variance_{part}{suffix}"
            variables[name] = labelled(name, grid.dims, values[..., i])
    variables["supported"] = grid.labelled("supported", grid.supported)
    return variables


def _fits(grid: RemainingGrid, rows: Sequence[_Row]) -> xr.Variable:
    """Return what was drawn for the throughput fit of each cell, empty where it has no data."""
    fits = iter(row.fit for row in rows)
    return grid.labelled("throughput_fit", np.array([next(fits) if has_data else "" for has_data in grid.supported]))
