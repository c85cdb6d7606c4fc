"""The script that fits the load model: its tables from a few rows, and whether those that ship are its own."""

from __future__ import annotations

import numpy as np
import pytest

import fit_load_model as script
from wattquery.throughput import load
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.fit import fit_parameters
from wattquery.throughput.load.residual_places import residuals_of
from wattquery.throughput.load.residuals import LEVELS
from wattquery.throughput.load.support import EXTRAPOLATED, FEW_POINTS

NAMES = ("qwen3-14b", "llama-2-7b")
TABLES = {"parameters.csv", "residual_levels.csv", "interval_factors.csv", "draws.csv"}


@pytest.fixture(scope="module")
def few():
    rows = load.shipped_observations()
    rows = rows.take(np.isin(rows.architecture.astype(str), NAMES) & ~rows.disaggregated)
    rows = script.used(rows)
    places = [np.flatnonzero(rows.architecture == name)[:12] for name in NAMES]
    return rows.take(np.concatenate(places))


@pytest.fixture(scope="module")
def folder(few, tmp_path_factory):
    """Return what the script makes of a few rows, with folds by architecture alone and two draws."""
    made = tmp_path_factory.mktemp("fitted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script, "KINDS", ("architecture",))
        assert script.main(["--intervals", "--draws", "2", "--processes", "1"], few, made) == 0
    return made


def test_all_tables_are_written(folder):
    assert {path.name for path in folder.iterdir()} == TABLES


def test_parameters_are_those_of_a_fit(folder, few):
    fitted = fit_parameters(few)
    stored = {name: (float(x), float(sd)) for name, x, sd in script.read(folder / "parameters.csv")}
    assert list(stored) == list(fitted.layout.names)
    found = np.array(list(stored.values()))
    np.testing.assert_allclose(found[:, 0], fitted.vector, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(found[:, 1], np.sqrt(np.diag(fitted.covariance)), rtol=0.01)


def test_draws_are_two_and_differ(folder):
    rows = script.read(folder / "draws.csv")
    assert [row[0] for row in rows] == [row[0] for row in script.read(folder / "parameters.csv")]
    numbers = np.array([row[1:] for row in rows], dtype=float)
    assert numbers.shape[1] == 2
    assert (numbers[:, 0] != numbers[:, 1]).mean() > 0.9


def test_levels_and_factors_are_complete(folder):
    assert [row[0] for row in script.read(folder / "residual_levels.csv")] == [*(one.name for one in LEVELS), "row"]
    rows = script.read(folder / "interval_factors.csv")
    assert {row[0] for row in rows} == {"", EXTRAPOLATED["architecture"], "supported", "measured", *FEW_POINTS.values()}
    assert {row[1] for row in rows} >= {"power_w_per_accelerator", "joules_per_output_token"}


def test_a_fold_has_not_seen_what_it_leaves_out(few):
    start = fit_parameters(few).numbers()
    fold = script.without(few, start, ("architecture", NAMES[0]))
    mine = few.architecture == NAMES[0]
    np.testing.assert_array_equal(fold.left, np.flatnonzero(mine))
    fitted = fit_parameters(few.take(~mine), start=start)
    np.testing.assert_allclose(fold.residuals, residuals_of(few, fitted.rates(Conditions.of(few))))
    assert fold.extra.shape == (mine.sum(), 3, 3)
    other = script.without(few, start, ("architecture", NAMES[1]))
    found = script.of_left_architectures([fold, other], len(few))
    np.testing.assert_array_equal(found[mine], fold.residuals[mine])
    np.testing.assert_array_equal(found[~mine], other.residuals[~mine])


def test_labels_with_few_rows_or_all_are_not_left_out(few):
    assert sorted(script.labels(few, "architecture")) == sorted(NAMES)
    three = few.take(np.concatenate([np.arange(12), [12, 13, 14]]))
    assert script.labels(three, "architecture") == [few.architecture[0]]
    assert script.labels(few.take(np.arange(12)), "architecture") == []


def test_the_check_finds_what_differs(folder, few, tmp_path, capsys):
    assert script.main(["--check"], few, folder) == 0
    for name in ("parameters.csv", "draws.csv"):
        (tmp_path / name).write_text((folder / name).read_text())
    text = (tmp_path / "parameters.csv").read_text().splitlines()
    name, number, deviation = text[1].split(",")
    changed = float(number) + 0.2 * float(deviation)
    (tmp_path / "parameters.csv").write_text("\n".join([text[0], f"{name},{changed},{deviation}", *text[2:]]))
    assert script.main(["--check"], few, tmp_path) == 1
    assert f"{name}: {changed} ships" in capsys.readouterr().out
    (tmp_path / "parameters.csv").write_text("\n".join(text[:-1]))
    assert script.main(["--check"], few, tmp_path) == 1
    assert "not in every table" in capsys.readouterr().out


def test_tasks_are_shared_in_their_order():
    assert script.shared(abs, [-3, 2, -1], 1) == script.shared(abs, [-3, 2, -1], 2) == [3, 2, 1]


@pytest.mark.slow
def test_the_parameters_that_ship_are_those_that_the_script_writes():
    assert script.main(["--check"]) == 0
