"""The one table of factors: its rows agree with the quantities, with the equation, and with all that read it."""

from __future__ import annotations

import dataclasses
import inspect
import math
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.catalog import preset
from wattquery.cli.fleet_arguments import AXES as FLEET_OPTIONS
from wattquery.kernels.random.points import GENERATOR
from wattquery.kernels.scalars import energy, log_factors
from wattquery.plans.build import lower
from wattquery.plans.variants import changed
from wattquery.quantities import AXES, CATALOG_AXES, FACTOR_AXES, FLEET_AXES, LOAD_AXES, QUANTITIES
from wattquery.scenarios import QueryClass
from wattquery.specs import factors
from wattquery.specs.distributions import Distribution
from wattquery.specs.factors import (
    FACTORS,
    LENGTH_FACTORS,
    LENGTHS,
    LOAD_MODEL,
    MERGED_NORMAL,
    SCOPES,
    SUMMED_AXES,
    WORKLOAD,
    factors_of,
    kind_of,
    lattice_dimensions,
)
from wattquery.specs.grid import Grid, factor_names
from wattquery.sweeps.outside_range import outside_range
from wattquery.sweeps.study import study
from wattquery.uncertainty.scopes import checked_scopes
from wattquery.uncertainty.shared_draws import FIRST_FIT, FIT_DIMENSIONS, SECOND_FIT, dimensions

MODEL = "Llama 3.1 405B"
TOGETHER = [kind for kind in FACTORS if kind.name not in (WORKLOAD, LOAD_MODEL)]
"""The factors that a cell can have together: a workload takes the place of both lengths, and what the load model leaves
open is of cells under load, where no power is."""

SINGLE = [kind for kind in TOGETHER if not kind.dimension.stride]

RANDOM: dict[str, Any] = {
    "output_tokens": wq.Exponential(300),
    "input_tokens": wq.Uniform(100, 900),
    "power_utilization": wq.Uniform(0.4, 0.8),
    "pue": wq.Uniform(1.1, 1.5),
    "node_power": wq.Triangular(8, 10, 12),
    "levers": [[wq.Lever("mine", wq.Uniform(1.5, 2.5)), "serving"]],
    "boundary": [
        wq.Boundary("accelerator", wq.Uniform(0.5, 0.7)),
        wq.Boundary("facility", steps=[wq.Step("idle", wq.Uniform(1.05, 1.3))]),
    ],
}


def within_range(kind: Any) -> tuple[float, float]:
    """Return a number that the quantity of a factor can have, and its double."""
    quantity = QUANTITIES[kind.quantity]
    low = max(quantity.lowest, min(quantity.highest / 4.0, 8.0))
    return low, 2.0 * low


RANDOM |= {kind.axis: wq.Uniform(*within_range(kind)) for kind in TOGETHER if kind.axis not in RANDOM}
"""Every axis of factors with a distribution on it, that of a new row too."""

SEVERAL = {"lever:": ("lever:mine", "lever:serving"), "step:": ("step:idle",)}
NAMES = tuple(name for kind in TOGETHER for name in SEVERAL.get(kind.name, (kind.name,)))

PUBLISHED = (*LENGTHS, "power_utilization", "pue", "node_power", "lever:", "accelerator_share", "step:")
"""Factors on whose dimensions published results depend: later ones stand beside them and move none."""


def lowered(**arguments: Any) -> Any:
    asked = study(MODEL, **arguments)
    return asked.grid, lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True)


class TestRows:
    def test_every_axis_of_factors_has_a_row_and_every_row_an_axis(self) -> None:
        assert tuple(dict.fromkeys(kind.axis for kind in FACTORS if kind.name != LOAD_MODEL)) == FACTOR_AXES
        assert sorted(CATALOG_AXES + LOAD_AXES + FACTOR_AXES) == sorted(AXES)
        assert AXES[: len(CATALOG_AXES)] == CATALOG_AXES
        assert len({kind.name for kind in FACTORS}) == len(FACTORS)

    def test_a_workload_is_a_length_in_the_place_of_both(self) -> None:
        kind = kind_of(WORKLOAD)
        assert (kind.is_length, kind.is_axis, kind.scope, kind.summed) == (True, True, "query", None)
        # Where the output length stands in both lattices, which is never beside it.
        output = kind_of("output_tokens")
        assert (kind.dimension, kind.shared_dimension) == (output.dimension, output.shared_dimension)
        assert (WORKLOAD, *LENGTHS) == LENGTH_FACTORS

    @pytest.mark.parametrize("kind", TOGETHER, ids=lambda kind: kind.name)
    def test_a_row_agrees_with_the_quantities_and_the_preset(self, kind: Any) -> None:
        quantity = QUANTITIES[kind.quantity]
        assert quantity.has_range
        assert quantity.symbol
        assert kind.sign in (-1.0, 0.0, 1.0)
        assert kind.scope in SCOPES
        assert kind.is_length == (kind.scope == "query") == (kind.summed is None)
        assert (kind.convert is None) == (kind.axis in ("levers", "boundary"))
        for field in (kind.preset, kind.names):
            assert not field or hasattr(preset("v2-code"), field)
        if kind.is_axis:
            assert kind.quantity == kind.name == kind.axis

    def test_a_converter_checks_the_quantity_of_its_row(self) -> None:
        for kind in FACTORS:
            if kind.convert is not None:
                with pytest.raises(wq.InputError, match=kind.quantity):
                    kind.convert(1e12)

    def test_lengths_and_the_order_of_the_sum(self) -> None:
        assert LENGTHS == ("output_tokens", "input_tokens")
        # Sums of floating-point numbers depend on their order, and published digits on these sums.
        assert SUMMED_AXES[:5] == ("node_power", "pue", "power_utilization", "levers", "boundary")
        assert set(SUMMED_AXES) == set(FACTOR_AXES) - set(LENGTH_FACTORS)
        places = {(kind.axis, kind.summed) for kind in TOGETHER if kind.sign}
        assert len(places) == len(SUMMED_AXES) == len({summed for _, summed in places})

    def test_a_name_finds_its_row(self) -> None:
        for name in NAMES:
            kind = kind_of(name)
            assert kind is not None
            assert name.startswith(kind.name)
        for nothing in ("model", "levers", "lever", "power_utilization:base", "", 3, None):
            assert kind_of(nothing) is None


class TestDimensions:
    def test_those_of_a_sweep_are_unique_and_the_same_in_every_cell(self) -> None:
        names = [*NAMES, MERGED_NORMAL]
        found = lattice_dimensions(names, GENERATOR.size)
        assert len(set(found)) == len(found)
        own = {kind.name: kind.dimension.first for kind in SINGLE}
        assert {name: found[names.index(name)] for name in own} == own

    def test_those_of_the_published_results_stay(self) -> None:
        names = [*(name for name in NAMES if kind_of(name).name in PUBLISHED), MERGED_NORMAL]
        last = GENERATOR.size - 1
        assert lattice_dimensions(names, GENERATOR.size) == [0, 1, 3, 4, 5, 6, 7, last, last - 1, 2]

    def test_those_of_shared_draws_are_unique_and_leave_room_for_fits(self) -> None:
        found = dimensions(NAMES, 2)
        assert len(set(found.values())) == len(NAMES) + 2 * FIT_DIMENSIONS
        fits = {*range(FIRST_FIT, FIRST_FIT + FIT_DIMENSIONS), *range(SECOND_FIT, SECOND_FIT + FIT_DIMENSIONS)}
        assert {place for name, place in found.items() if name.startswith("throughput_fit")} == fits

    def test_a_run_passes_over_a_dimension_that_another_factor_has(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A factor with a dimension of its own among those of the levers moves these, where a cell has it."""
        pue = kind_of("pue")
        moved = dataclasses.replace(pue, dimension=dataclasses.replace(pue.dimension, first=7))
        monkeypatch.setitem(factors._KINDS, "pue", moved)
        assert lattice_dimensions(["lever:a", "pue", "lever:b"], 40) == [6, 7, 8]
        assert lattice_dimensions(["lever:a", "lever:b"], 40) == [6, 7]


class TestEveryRoomReadsIt:
    """What each room calls a factor is what the table says, for a grid in which everything is random."""

    def test_grids(self) -> None:
        grid, _ = lowered(**RANDOM)
        assert factor_names(grid) == NAMES
        fields = [field.name for field in dataclasses.fields(Grid)]
        assert tuple(fields[: len(AXES)]) == AXES

    def test_cells(self) -> None:
        _, found = lowered(**RANDOM)
        for number, absent in ((0, ("pue", "step:idle")), (1, ("accelerator_share",))):
            own = tuple(name for name in NAMES if name not in absent)
            cell = found.plan.cell(number)
            assert tuple(factor.name for factor in cell.factors) == own
            assert all(factor.sign == kind_of(factor.name).sign for factor in cell.factors)
            drawn = {column.purpose: sign for column, sign in cell.extras}
            assert drawn == {
                f.name: f.sign for f in cell.factors if f.sign and not isinstance(f.distribution, wq.LogNormal)
            }

    @pytest.mark.parametrize("name", NAMES)
    def test_plans_change_one_factor_and_no_other(self, name: str) -> None:
        _, found = lowered(**RANDOM)
        new = changed(found.plan, name, lambda _: wq.Fixed(2.0))
        for number in range(2):
            before, after = found.plan.cell(number).factors, new.cell(number).factors
            assert [factor for factor in before if factor.name != name] == list(after)

    def test_what_is_no_factor_cannot_be_changed(self) -> None:
        with pytest.raises(LookupError, match="'throughput_fit' is no factor"):
            changed(lowered()[1].plan, "throughput_fit", None)

    def test_scopes(self) -> None:
        grid, _ = lowered(**RANDOM)
        scopes = checked_scopes(None, NAMES, grid, throughput_fit=False)
        assert scopes == {name: kind_of(name).scope for name in NAMES}

    def test_what_lies_outside_its_range(self) -> None:
        arguments = {
            axis: wq.unchecked(1e7) for axis in FACTOR_AXES if axis not in ("levers", "boundary", *LENGTH_FACTORS)
        }
        said = outside_range(*lowered(**arguments))["outside_range"]
        assert all(f"of {axis}" in said or axis in said for axis in arguments)

    def test_each_range_is_that_of_the_quantity(self) -> None:
        """A step may be ten and a lever a hundred, which no PUE is."""
        wide = wq.Boundary("node", steps=[wq.Step("a", wq.Uniform(1, 10))])
        found = outside_range(*lowered(boundary=wide, levers=[[wq.Lever("b", wq.Uniform(1, 100))]]))["outside_range"]
        assert found == outside_range(*lowered(boundary="node"))["outside_range"]
        below = wq.Boundary("node", steps=[wq.Step("a", wq.Uniform(0.9, 1.9))])
        assert "10 % of step:a below 1" in outside_range(*lowered(boundary=below))["outside_range"]

    def test_indices_elasticities_and_scenarios(self) -> None:
        found = wq.sensitivity.sobol(MODEL, **RANDOM, draws=2**10)
        assert tuple(found["factor"].values) == NAMES
        signs = wq.sensitivity.elasticity(MODEL, **RANDOM, draws=1000)["elasticity"]
        assert set(NAMES) <= set(signs["parameter"].values.tolist())
        for name in NAMES[2:]:
            assert set(np.unique(signs.sel(parameter=name))) <= {0.0, kind_of(name).sign}
        stated = [field.name for field in dataclasses.fields(QueryClass)]
        assert set(AXES) - {"boundary"} <= set(stated)

    @pytest.mark.parametrize("function", [wq.sweep, wq.fleet, wq.trajectory])
    def test_signatures(self, function: Any) -> None:
        axes = AXES if function is wq.sweep else FLEET_AXES
        assert set(axes) <= set(inspect.signature(function).parameters)

    def test_options_of_the_command_line(self) -> None:
        from wattquery.cli.estimate import estimate_command
        from wattquery.cli.fleet import fleet_command

        assert set(AXES) <= {parameter.name for parameter in estimate_command.params}
        assert set(FLEET_AXES) == {*FLEET_OPTIONS, "preset"} <= {parameter.name for parameter in fleet_command.params}


class TestTheEquation:
    """Signs and units against the kernel of the equation, which knows no table."""

    @pytest.mark.parametrize("kind", [kind for kind in TOGETHER if kind.sign], ids=lambda kind: kind.name)
    def test_a_doubled_factor_moves_the_energy_as_its_sign_says(self, kind: Any) -> None:
        written = {
            "lever:": lambda value: [[wq.Lever("a", value)]],
            "step:": lambda value: wq.Boundary("facility", steps=[wq.Step("a", value)]),
            "accelerator_share": lambda value: wq.Boundary("accelerator", value),
        }
        low, high = within_range(kind)
        value = written.get(kind.name, lambda value: value)
        arguments = {"output_tokens": 300, "power_utilization": 0.5}
        logs = []
        for each in (low, high):
            _, found = lowered(
                **({"pue": 1.2} if kind.axis != "boundary" else {}) | arguments | {kind.axis: value(each)}
            )
            cell = found.plan.cell(0)
            assert cell.sigma == 0.0 or kind.axis == "boundary"  # whose facility has the preset's PUE
            logs.append(cell.log_factors)
            logs_of_random = sum(one.sign * math.log(one.distribution.ppf(0.5)) for one in cell.factors)
            assert cell.constant + logs_of_random == pytest.approx(cell.log_factors, abs=1e-12)
        assert logs[1] - logs[0] == pytest.approx(kind.sign * math.log(2.0))

    def test_a_cell_is_the_kernels_energy(self) -> None:
        numbers: dict[str, float] = {"power_utilization": 0.5, "pue": 1.2, "node_power": 9.0}
        _, found = lowered(output_tokens=300, input_tokens=500, levers=[[wq.Lever("a", 2.0)]], **numbers)
        cell = found.plan.cell(0)
        assert set(numbers) | {"levers"} == set(inspect.signature(log_factors).parameters)
        assert cell.log_factors == pytest.approx(float(log_factors(**numbers, levers=2.0)), abs=1e-14)
        rate = float(cell.throughput.predict(500.0, 300.0))
        by_kernel = float(energy(300, 500, throughput=rate, **numbers, levers=2.0))
        assert math.exp(cell.centre()) == pytest.approx(by_kernel, rel=1e-12)

    @pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo", "exact"])
    def test_draws_of_a_factor_move_the_energy_as_its_sign_says(self, method: str) -> None:
        """The log-mean of a lognormal factor is in ln E with its sign, whatever computes it."""
        fixed: dict[str, Any] = {"output_tokens": 300, "power_utilization": 0.5, "pue": 1.2, "node_power": 9.0}
        factor = wq.LogNormal(1.2, 3.0)
        median = factor.ppf(0.5)
        base = wq.sweep(MODEL, **fixed, method="exact", quantiles=[0.5])["energy"].item()
        for arguments, sign in (
            ({"levers": [[wq.Lever("a", factor)]]}, kind_of("lever:a").sign),
            ({"boundary": wq.Boundary("facility", steps=[wq.Step("a", factor)])}, kind_of("step:a").sign),
        ):
            draws = {"monte_carlo": {"draws": 100_000}, "quasi_monte_carlo": {"draws": 4096}, "exact": {}}[method]
            ds = wq.sweep(MODEL, **fixed | arguments, method=method, quantiles=[0.5], **draws)
            found, stderr = ds["energy"].item(), ds["energy_stderr"].item()
            assert abs(found - base * median**sign) <= 5.0 * stderr + 2e-3 * found


def test_what_a_value_brings() -> None:
    assert factors_of("pue", wq.Fixed(1.2))[0].sign == 1.0
    assert factors_of("node_power", None) == ()
    assert factors_of("power_utilization", wq.ThroughputProportional(0.2, 0.5)) == ()
    assert factors_of("model", "any") == ()
    (lever,) = factors_of("levers", study(MODEL, levers="serving").grid.levers.values[0])
    assert (lever.name, lever.sign) == ("lever:serving", -1.0)
    assert isinstance(lever.distribution, Distribution)
