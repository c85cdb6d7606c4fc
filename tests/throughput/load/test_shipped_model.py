"""The tables that ship: all are read, belong together, and are those of this code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wattquery.throughput import load
from wattquery.throughput.load import shipped_model
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.fit import fit_parameters
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.parameter_table import parameter_table
from wattquery.throughput.load.residuals import LEVELS
from wattquery.throughput.load.support import EXTRAPOLATED, FEW_POINTS, SUPPORTS

FOLDER = Path(load.__file__).parent / "data" / "fitted"


def test_every_file_is_read(monkeypatch):
    """Without the caches, as they would hide what is read."""
    opened, text = set(), shipped_model._text

    def watched(name):
        opened.add(name)
        return text(name)

    monkeypatch.setattr(shipped_model, "_text", watched)
    for made in ("shipped_parameters", "parameter_draws", "shipped_process", "shipped_calibration"):
        getattr(shipped_model, made).__wrapped__()
    shipped_model.parameter_draws.cache_clear()
    shipped_model.shipped_parameters.__wrapped__()
    assert opened == {path.name for path in FOLDER.iterdir()}


def test_it_is_made_once():
    assert load.shipped() is load.shipped()


def test_parameters_are_those_of_the_table(model):
    fitted = {name for name, one in parameter_table().items() if one.sd > 0}
    own = {name for name in model.parameters.layout.names if " | " not in name}
    assert own == fitted


def test_effects_are_those_of_the_rows(model, used):
    at = Conditions.of(used)
    for grouping, labels in model.parameters.layout.labels.items():
        assert set(labels) == set(at.labels[grouping]) - {""}, grouping


def test_draws_have_the_names_of_the_parameters_and_cannot_be_changed(model):
    names, draws = load.parameter_draws()
    assert sorted(names) == sorted(model.parameters.layout.names)
    assert draws.shape[1] == len(names)
    assert np.isfinite(draws).all()
    with pytest.raises(ValueError, match="read-only"):
        draws[0, 0] = 0.0


def test_draws_lie_about_the_fit_as_far_as_its_errors_say(model):
    names, draws = load.parameter_draws()
    errors = {row["name"]: float(row["standard_error"]) for row in shipped_model._rows("parameters.csv")}
    numbers = model.parameters.numbers()
    sd = np.array([errors[name] for name in names])
    apart = (draws - np.array([numbers[name] for name in names])) / sd
    means = apart.mean(axis=0)
    # Both spread of the same size, by two ways: the curvature of the fit, and fits to other weights of architectures.
    assert np.sqrt(np.mean(means**2)) < 1.0
    assert 0.3 < np.sqrt(np.mean((apart - means) ** 2)) < 2.0
    assert (np.abs(apart) < 12.0).all()


def test_the_covariance_is_that_of_the_draws(model):
    names, draws = load.parameter_draws()
    place = names.index("layer_s")
    mine = model.parameters.layout.names.index("layer_s")
    apart = draws[:, place] - model.parameters.vector[mine]
    variance = np.mean(apart**2) + 1e-4 * parameter_table()["layer_s"].sd ** 2
    assert model.parameters.covariance[mine, mine] == pytest.approx(variance)
    assert np.linalg.eigvalsh(model.parameters.covariance).min() > 0


def test_levels_are_those_of_the_process_whatever_their_order_in_the_file(model, monkeypatch):
    assert len(model.process.theta) == len(LEVELS) + 1
    assert (model.process.errors > 0).all()
    rows = shipped_model._rows("residual_levels.csv")
    stored = {row["level"]: float(row["theta_1"]) for row in rows}
    assert {name: np.log(sds[1]) for name, sds in model.process.standard_deviations.items()} == pytest.approx(stored)
    monkeypatch.setattr(shipped_model, "_rows", lambda name: rows[::-1])
    np.testing.assert_array_equal(shipped_model.shipped_process.__wrapped__().theta, model.process.theta)


def test_every_support_and_quantity_has_its_factors(model):
    classes = ("", *SUPPORTS[:2], *FEW_POINTS.values(), *EXTRAPOLATED.values())
    expected = {(one, name) for one in classes for name in QUANTITIES}
    assert set(model.calibration.factors) == expected
    assert all(0.2 < inner < 2 * outer for inner, outer in model.calibration.factors.values())


def test_one_more_step_of_the_fit_moves_no_median_far(model, used):
    """Else the parameters are those of other rows, another table of priors or other equations."""
    numbers = model.parameters.numbers()
    moved = fit_parameters(used, start=numbers, steps=1)
    at = Conditions.of(used)
    before, after = model.parameters.rates(at), moved.rates(at)
    for name in QUANTITIES:
        change = np.abs(after.of(name) - before.of(name))
        assert np.nanmedian(change) < 0.002, name
        assert np.nanmax(change) < 0.05, name
