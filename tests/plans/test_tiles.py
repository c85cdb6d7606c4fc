"""The window of a cell: nothing that can be drawn lies outside, and where the equation is linear nothing is wasted."""

from __future__ import annotations

import dataclasses
import itertools
import math
import pickle

import numpy as np
import pytest

import naive
import wattquery as wq
from reciprocal_models import give_all
from wattquery.histograms import BIN_WIDTH
from wattquery.kernels.equation import log_length_part
from wattquery.plans.build import lower
from wattquery.plans.tiles import BYTES_PER_BIN, tile_cells, tiles, windows
from wattquery.sweeps.study import study

LENGTHS = (20.0, 9000.0)


def planned(**arguments):
    asked = study("DeepSeek-R1", **{"pue": 1.0, "power_utilization": 1.0, **arguments})
    return lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True).plan


def with_throughput(plan, **coefficients):
    (deployed,) = plan.deployments
    model = dataclasses.replace(deployed.throughput, **coefficients)
    return dataclasses.replace(plan, deployments=(dataclasses.replace(deployed, throughput=model),))


@pytest.mark.parametrize("case", range(40))
def test_all_lengths_lie_inside_and_linear_cells_waste_nothing(case: int) -> None:
    rng = np.random.default_rng(case)
    weight = [0.0, 1 / 30][case % 2]
    following = wq.ThroughputProportional(base=0.24, span=0.56) if case % 4 >= 2 else 1.0
    plan = planned(
        output_tokens=wq.Uniform(*LENGTHS),
        input_tokens=wq.Uniform(*LENGTHS),
        prefill_weight=weight,
        power_utilization=following,
        round_tokens=False,
    )
    b1, b2 = rng.normal(0.0, 0.6, 2) * (rng.random(2) < 0.9)
    middle = 0.5 * (math.log(LENGTHS[0]) + math.log(LENGTHS[1]))
    maximum = 2000.0
    b0 = math.log(maximum) - (b1 + b2) * middle + rng.normal(0.0, 1.0)
    plan = with_throughput(plan, intercept=b0, ln_input=b1, ln_output=b2, maximum=maximum)
    (window,) = windows(plan)
    first, bins = window[0].tolist()
    ends = np.log(LENGTHS)
    x, y = np.meshgrid(np.linspace(*ends, 301), np.linspace(*ends, 301))
    base, span = (0.24, 0.56) if case % 4 >= 2 else (1.0, 0.0)
    part = log_length_part(np.exp(y), y, np.exp(x), x, b0, b1, b2, math.log(maximum), weight, base, span)
    cell = plan.cell(0)
    low, high = (cell.log_factors + float(end) for end in (part.min(), part.max()))
    assert first * BIN_WIDTH <= low
    assert (first + bins) * BIN_WIDTH >= high
    if weight == 0.0 and span == 0.0:
        assert first * BIN_WIDTH == pytest.approx(low, abs=0.05)
        assert (first + bins) * BIN_WIDTH == pytest.approx(high, abs=0.05)


@pytest.mark.parametrize("case", range(40))
def test_all_lengths_of_a_reciprocal_throughput_lie_inside(case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a prefill weight and power that follows it nothing is wasted: energy grows with both lengths."""
    rng = np.random.default_rng(case)
    weight = [0.0, 1 / 30, 2.0][case % 3]
    base, span = (0.24, 0.56) if case % 4 >= 2 else (1.0, 0.0)
    a, b, c = 10.0 ** rng.uniform((-5.0, -9.0, -6.0), (-3.0, -6.0, -3.5)) * (rng.random(3) < 0.8)
    rate = naive.Reciprocal(a + (b == c == 0.0) * 1e-4, b, c, maximum=10.0 ** rng.uniform(2.5, 4.5))
    give_all(monkeypatch, rate)
    plan = planned(
        output_tokens=wq.Uniform(*LENGTHS),
        input_tokens=wq.Uniform(*LENGTHS),
        prefill_weight=weight,
        power_utilization=wq.ThroughputProportional(base=base, span=span) if span else 1.0,
        round_tokens=False,
    )
    (window,) = windows(plan)
    first, bins = window[0].tolist()
    x, y = np.meshgrid(np.geomspace(*LENGTHS, 301), np.geomspace(*LENGTHS, 301))
    power = naive.Proportional(base, span) if span else 1.0
    of = naive.Cell(rate, math.exp(plan.cell(0).log_factors) * 3.6, 1.0, power=power, prefill_weight=weight)
    part = np.log(of.typical(y, x))
    assert first * BIN_WIDTH <= part.min()
    assert (first + bins) * BIN_WIDTH >= part.max()
    if weight == 0.0 and span == 0.0:
        assert first * BIN_WIDTH == pytest.approx(part.min(), abs=0.05)
        assert (first + bins) * BIN_WIDTH == pytest.approx(part.max(), abs=0.05)


def test_tiles_hold_every_cell_once_within_their_memory() -> None:
    plan = planned(output_tokens=["traditional", "long"], input_tokens=[100, 500, 4000], levers=["none", "serving"])
    most = 200_000
    found = list(tiles(plan, most))
    assert np.concatenate([tile.cells for tile in found]).tolist() == list(range(12))
    assert len(found) > 1
    for tile in found:
        assert tile.bins * BYTES_PER_BIN <= most or tile.cells.size == 1
        assert tile.widest == tile.windows[:, 1].max()


def test_cells_that_differ_by_whole_bins_are_counted_once() -> None:
    shift = math.exp(5 * BIN_WIDTH)
    arguments = {
        "pue": [1.25, 1.25 * shift, 1.3],
        "power_utilization": [0.5, 0.5 * shift],
        "levers": ["none", "serving"],
    }
    (tile,) = tiles(planned(**arguments))
    # 0, 5 and 10 bins apart; those with a PUE of 1.3, of which two are alike to 5 bins; each with and without a lever.
    assert tile.distinct.size < tile.cells.size
    together = wq.sweep("DeepSeek-R1", draws=20_000, keep_histogram=True, **arguments)
    for place in np.ndindex(*(len(values) for values in arguments.values())):
        alone = {name: values[i] for i, (name, values) in zip(place, arguments.items(), strict=True)}
        single = wq.sweep("DeepSeek-R1", draws=20_000, keep_histogram=True, **alone)
        cell = together.isel(dict(zip(arguments, place, strict=True)))
        np.testing.assert_array_equal(single["energy"], cell["energy"])
        inside = cell["histogram"].sel(bin=single["bin"])
        np.testing.assert_array_equal(single["histogram"], inside)
        assert cell["histogram"].sum() == 20_000


@pytest.mark.parametrize("common", [True, False])
def test_a_tile_is_the_same_from_its_range_alone(common: bool) -> None:
    plan = planned(
        output_tokens=["traditional", "long"], pue=[wq.Uniform(1.1, 1.5), 1.2], levers=["none", "serving", "model"]
    )
    plan = dataclasses.replace(plan, common_random_numbers=common)
    found = list(tile_cells(plan, 100_000))
    assert next((one.start, one.stop) for one in found)[0] == 0
    assert all(before.stop == after.start for before, after in itertools.pairwise(found))
    assert sum(one.size for one in found) == plan.cells.size
    assert len(found) > 2
    for one in found:
        ours, theirs = one.tile(plan), pickle.loads(pickle.dumps(one)).tile(plan)
        assert ours is one.tile(plan)
        for name, value in vars(ours).items():
            np.testing.assert_array_equal(getattr(theirs, name), value, err_msg=name)
