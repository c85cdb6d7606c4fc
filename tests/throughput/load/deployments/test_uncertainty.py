"""Energy and rates with what is not known of them, against the load model's predictions and simulations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, qmc

from load_rows import rows
from load_tables import HARDWARE, MODELS, cases, usual_table
from wattquery.throughput.load.deployments import LoadSettings, load_table
from wattquery.throughput.load.deployments.knowledge import ENERGY, THROUGHPUT
from wattquery.throughput.load.shipped_model import shipped, shipped_calibration

TABLE = usual_table()
FOUND, KNOWLEDGE, POINTS = TABLE.uncertainty, TABLE.uncertainty.knowledge, TABLE.points
KNOWN = KNOWLEDGE.of(np.arange(len(POINTS)))


def predicted(points, pair, batch, inputs, outputs):
    """What the model says of one running batch, by the way that it was validated."""
    own, instance = points.rows, points.instance[pair]
    return shipped().predict(
        rows(
            architecture=own.architecture[instance],
            hardware=own.hardware[instance],
            serving=own.serving[instance],
            version=own.version[instance],
            date=float(own.date[instance]),
            accelerators=8.0,
            input_tokens=inputs,
            output_tokens=outputs,
            batch=batch,
        )
    )


FIXED = load_table(cases(loads=(1.0, 16.0, 100.0), is_concurrency=True, lengths=cases().lengths[1:]))


def widened(one, pair, quantity):
    """How much more a factor is than that of the class: a better known class has more, or something lies beyond."""
    own = shipped_calibration().outer(one.interval_class[0], quantity)
    factor = FIXED.uncertainty.knowledge.factors[quantity][pair] / own
    assert factor >= 1.0
    return factor


@pytest.mark.parametrize("load", range(3))
def test_medians_and_intervals_are_those_that_were_validated(load):
    """At a given batch and set lengths, of one query: 5 and 95 % quantiles of energy, and medians of rates.

    But for factors that are larger than those of the class; see `widened`.
    """
    points, known = FIXED.points, FIXED.uncertainty.knowledge.of(np.arange(len(FIXED.points)))
    for pair in range(len(points)):
        one = predicted(points, pair, float(points.batch[pair, load]), 8000.0, 1000.0)
        median = known.errors.energy[pair, load] + np.log(points.units[:, pair, load] @ points.own_drivers[:, pair])
        assert median - np.log(1000.0) == pytest.approx(one.log_median(ENERGY)[0], abs=2e-3)
        low, high = (one.quantile(ENERGY, level)[0] for level in (0.05, 0.95))
        width = 2 * norm.ppf(0.95) * np.sqrt(known.errors.energy_variance[pair, load]) / widened(one, pair, ENERGY)
        assert width == pytest.approx(np.log(high / low), rel=0.03)
        rate = FIXED.uncertainty.rates["throughput"][pair, load] / 8.0
        assert rate == pytest.approx(one.quantile(THROUGHPUT, 0.5)[0], rel=2e-3)
        low, high = (one.quantile(THROUGHPUT, level)[0] for level in (0.05, 0.95))
        width = (
            2 * norm.ppf(0.95) * FIXED.uncertainty.log_sds["throughput"][pair, load] / widened(one, pair, THROUGHPUT)
        )
        assert width == pytest.approx(np.log(high / low), rel=0.03)
        watts = FIXED.uncertainty.rates["power"][pair, load]
        assert watts == pytest.approx(one.quantile("power_w_per_accelerator", 0.5)[0], rel=2e-3)


def simulated(pair, load, boundary, normals):
    """Energies of the mean query: the two errors, and the sum of what goes by energy and what goes by time."""
    errors, own = KNOWN.errors, POINTS.own_drivers[:, pair]
    watts = float(POINTS.nodes.watts[POINTS.instance[pair]])
    factor, watts = (1.0, 0.0) if boundary == 0 else (LoadSettings().node_factor, watts)
    a, s, both = (
        float(getattr(errors, name)[pair, load]) for name in ("energy_variance", "time_variance", "covariance")
    )
    root = np.linalg.cholesky([[a, both], [both, s]])
    energy, time = root @ normals
    parts = POINTS.units[:, pair, load] * own
    busy = factor * parts[1:].sum() * np.exp(errors.energy[pair, load] + energy)
    timed = factor * parts[0] + watts * (POINTS.seconds[:, pair, load] * own).sum()
    return busy + timed * np.exp(errors.time[pair, load] + time)


NORMALS = norm.ppf(qmc.Sobol(2, seed=3).random(2**16)).T
WATTS = ("load_model:node", "load_model:idle")
"""Effects that the simulation is without."""

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@pytest.mark.parametrize("boundary", [0, 1])
@pytest.mark.parametrize("load", range(4))
def test_the_fold_is_within_half_a_percent_of_a_simulation(load, boundary):
    """From P5 to P95, with the means, at the accelerators with their idle time and at the node; see `NODE_WATTS_SD`
    for what is not in it."""
    for pair in range(len(POINTS)):
        energies = simulated(pair, load, boundary, NORMALS)
        mean = FOUND.units[boundary, :, pair, load] @ POINTS.own_drivers[:, pair]
        assert mean == pytest.approx(energies.mean(), rel=2e-3)
        watts = [one.sigma for one in FOUND.effects(pair, load, boundary) if one.name in WATTS]
        sigma = np.sqrt(FOUND.sigma[boundary, pair, load] ** 2 - np.sum(np.square(watts)))
        quantiles = mean * np.exp(sigma * norm.ppf(LEVELS) - 0.5 * sigma**2)
        np.testing.assert_allclose(quantiles, np.quantile(energies, LEVELS), rtol=0.005)


def test_means_of_each_driver_are_expected_values():
    """Where nothing is idle and the node is not counted, all units have the error of energy."""
    busy = POINTS.batch >= 1.0
    ratio = FOUND.units[0, 1:] / POINTS.units[1:]
    np.testing.assert_allclose(ratio[:, busy], np.tile(KNOWN.errors.expected_energy[busy], (4, 1)), rtol=1e-12)
    assert (FOUND.units[0, 0][~busy] > 0.0).all()


def test_shift_makes_units_the_mean():
    np.testing.assert_array_equal(FOUND.shift, -0.5 * FOUND.sigma**2)


def test_idle_time_is_no_error_of_power():
    """The less an instance is busy, the less its power is in doubt."""
    assert (POINTS.batch[:, 0] < 1.0).any()
    light = POINTS.batch[:, 0] < 1.0
    assert (FOUND.log_sds["power"][light, 0] < FOUND.log_sds["power"][light, 1]).all()


def test_less_is_known_of_what_was_not_measured():
    one = {"loads": (0.5,), "lengths": cases().lengths[:1]}
    known, new = (load_table(cases(models=MODELS[:1], hardware=(name,), **one)) for name in HARDWARE[::3])
    assert new.sigma[0, 0] > known.sigma[0, 0]
    stack = load_table(cases(models=MODELS[:1], hardware=HARDWARE[:1], serving=("Acme",), **one))
    assert stack.sigma[0, 0] > known.sigma[0, 0]


def test_a_stated_cache_leaves_less_open():
    one = {"models": MODELS[:1], "hardware": HARDWARE[:1], "accelerators": (1,)}
    fitted, stated = (load_table(cases(**one, settings=LoadSettings(kv_precision=word))) for word in (None, "FP8"))
    assert stated.sigma[0, 2] < fitted.sigma[0, 2]
