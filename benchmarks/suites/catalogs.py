"""Time of large catalogs: deployments by their labels, all fits, a sweep over them. It goes with rows plus cells."""

from __future__ import annotations

import dataclasses

from wattquery import catalog
from wattquery.catalog import BenchmarkRow, Catalog
from wattquery.cli.deployments import fitted_deployments
from wattquery.sweeps.sweep import sweep

__all__ = ["Lookups"]


def table(rows: int, models: int) -> tuple[BenchmarkRow, ...]:
    """Return rows of models in turn, each with lengths that determine its throughput."""
    shipped = catalog.load("oviedo2026").rows[4]
    return tuple(
        dataclasses.replace(
            shipped,
            model=f"model {i % models}",
            input_tokens=250.0 * 2 ** (i // models % 3),
            output_tokens=300.0 * 3 ** (i // models % 2),
            tokens_per_second=1000.0 + i % 11,
            line=i + 2,
        )
        for i in range(rows)
    )


class Lookups:
    """A catalog, made anew each time: what it indexes is part of the time."""

    params = ([(200, 5), (20_000, 500), (60_000, 3_500)],)
    param_names = ("rows_and_models",)
    timeout = 300

    def setup(self, size: tuple[int, int]) -> None:
        """Make the rows, and compile what a sweep runs."""
        self.rows = table(*size)
        sweep(["Llama 3.1 405B"], method="exact")

    def time_sweep_exact(self, size: tuple[int, int]) -> None:
        """Sweep over all models."""
        found = Catalog("table", self.rows)
        sweep(list(found.labels("model")), catalog=found, method="exact")

    def time_all_fits(self, size: tuple[int, int]) -> None:
        """Fit all deployments, as `catalog validate` does."""
        fitted_deployments(Catalog("table", self.rows))

    def time_content_hash(self, size: tuple[int, int]) -> None:
        """Hash all facts."""
        assert Catalog("table", self.rows).content_hash
