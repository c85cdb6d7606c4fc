"""One run: from a study and settings to statistics, of its own plan and of others of the same grid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.plans.variants import changed
from wattquery.sweeps.run import Run, compute, prepare
from wattquery.sweeps.settings import analysis_settings, settings
from wattquery.sweeps.study import study

MODELS = ["DeepSeek-R1", "Mistral Large", "Llama 3.1 405B"]
ODD = wq.Triangular(1.05, 1.1, 1.6)


def prepared(arguments: dict[str, Any], **how: Any) -> Run:
    return prepare(study(MODELS, **arguments), analysis_settings(**how))


def test_its_statistics_are_those_of_a_sweep() -> None:
    run = prepared({"levers": ["none", "serving"]}, quantiles=(0.1, 0.5))
    ds = wq.sweep(MODELS, levers=["none", "serving"], quantiles=(0.1, 0.5), method="exact")
    assert (run.method, run.draws, run.dims, run.shape) == ("exact", 0, ("model", "levers"), (3, 2))
    energies = run.statistics().arrays["energy"].reshape(*run.shape, -1)
    np.testing.assert_array_equal(energies, ds["energy"])
    median = run.statistics(levels=(0.5,)).arrays["energy"].reshape(*run.shape, -1)
    np.testing.assert_allclose(median[..., 0], ds["energy"].sel(quantile=0.5), rtol=1e-14)
    attributes = run.provenance(title="mine")
    assert attributes.pop("title") == "mine"
    assert {**ds.attrs, **attributes} == ds.attrs


def test_the_method_is_decided_for_the_plan_that_runs() -> None:
    run = prepared({"pue": ODD}, draws=1_000)
    assert (run.method, run.draws) == ("monte_carlo", 1_000)
    without = run.with_plan(changed(run.plan, "pue", None))
    assert (without.method, without.draws) == ("exact", 0)
    assert prepared({"pue": ODD}, method="exact").method == "exact"
    assert prepared({}, method="monte_carlo").with_plan(without.plan).method == "monte_carlo"


def test_runs_of_one_seed_share_their_random_numbers() -> None:
    """A factor that multiplies by a known number moves each sampled quantile by just that."""
    run = prepared({"pue": 1.2, "power_utilization": wq.Uniform(0.4, 0.9)}, draws=1_000, quantiles=(0.05, 0.5, 0.95))
    first, second = run.statistics(), run.statistics(keep_histograms=True)
    np.testing.assert_array_equal(first.arrays["energy"], second.arrays["energy"])
    assert not first.histograms
    assert sorted(second.histograms) == run.plan.cells.tolist() == [0, 2]


def test_factors_of_cells_are_found_by_name() -> None:
    run = prepared({"levers": ["none", "serving"]})
    assert sorted(run.having("lever:serving")) == [1, 5]
    assert sorted(run.having("pue")) == [0, 1, 4, 5]
    assert run.having("node_power") == {}


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo", "exact"])
def test_a_result_says_how_many_draws_it_took(method: Any) -> None:
    result = compute(study("DeepSeek-R1"), settings(method=method, draws=2**13))
    assert result.attributes["draws"] == result.statistics.draws == (0 if method == "exact" else 2**13)
    assert ("randomizations" in result.attributes) == (method == "quasi_monte_carlo")
    to_target = compute(study("DeepSeek-R1"), settings(method="monte_carlo", relative_stderr=0.05))
    assert to_target.attributes["draws"] == to_target.statistics.draws > 0
    assert to_target.attributes["relative_stderr"] == 0.05


def test_nobody_else_lowers_a_study() -> None:
    package = Path(wq.__file__).parent
    calls = re.compile(r"(?<![.\w])lower\(")
    found = [path.relative_to(package).as_posix() for path in package.rglob("*.py") if calls.search(path.read_text())]
    assert sorted(found) == ["plans/build.py", "sweeps/run.py"]
