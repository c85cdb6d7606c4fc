"""A statistic is named once: results, blends, estimates and their text follow from its row in the table."""

import math
from dataclasses import replace

import pytest

import wattquery as wq
from wattquery.histograms import Histogram
from wattquery.quantities import METHODS, QUANTITIES, STATISTICS, Statistic
from wattquery.sweeps import run

MODELS = ["DeepSeek-R1", "Llama 3.1 405B"]
HALF = Statistic("energy_half", "E/2", "Wh", "half of each energy quantile", "facility", by_quantile=True)
SKEW = Statistic("energy_skew", "", "1", "mean over median")


def more(arrays, median):
    return {**arrays, "energy_half": arrays["energy"] / 2, "energy_skew": arrays["energy_mean"] / median}


@pytest.fixture
def with_more(monkeypatch):
    """Add two statistics where they are computed, and to the table; nowhere else."""
    for row in (HALF, SKEW):
        monkeypatch.setitem(QUANTITIES, row.name, row)
        monkeypatch.setitem(STATISTICS, row.name, row)

    def compute_more(study, settings):
        with monkeypatch.context() as without:
            for row in (SKEW, HALF):  # what is deleted last is back first
                without.delitem(STATISTICS, row.name)
            computed = run.compute(study, settings)
        known = computed.statistics
        arrays = more(known.arrays, known.arrays["energy"][:, 1])
        return replace(computed, statistics=replace(known, arrays=arrays))

    of_histogram = Histogram.statistics
    for room in ("sweep", "estimate"):
        monkeypatch.setattr(f"wattquery.sweeps.{room}.compute", compute_more)
    monkeypatch.setattr(
        Histogram, "statistics", lambda self, levels: more(of_histogram(self, levels), self.quantiles(0.5))
    )


@pytest.fixture
def swept(with_more):
    return wq.sweep(MODELS, draws=5000, quantiles=(0.25, 0.5, 0.75), keep_histogram=True)


def test_a_dataset_holds_it(swept):
    assert swept["energy_half"].dims == ("model", "quantile")
    assert swept["energy_half"].attrs == {"long_name": HALF.long_name, "units": "Wh", "boundary": "facility"}
    assert swept["energy_half"].values.tolist() == (swept["energy"] / 2).values.tolist()
    assert swept["energy_skew"].dims == ("model",)


def test_a_blend_holds_it(swept):
    plain, halved = wq.blend(swept), wq.blend(swept, levers=wq.Lever("half", wq.Fixed(2)))
    assert plain["energy_half"].values.tolist() == (plain["energy"] / 2).values.tolist()
    assert (halved["energy_half"] / plain["energy_half"]).values.tolist() == [0.5] * 3
    assert halved["energy_skew"].item() == plain["energy_skew"].item()


def test_an_estimate_holds_it(with_more):
    result = wq.estimate(MODELS[0], draws=5000, quantiles=(0.25, 0.5))
    assert result.statistics["energy_half"][0.25] == result.quantiles[0.25] / 2
    plain = result.to_dict()
    assert plain["energy_half_wh"]["0.5"] == result.quantiles[0.5] / 2
    assert plain["energy_skew"] == result.mean / result.quantiles[0.5]
    heading = str(result).splitlines()[2]
    assert heading.split() == ["P25", "P50", "mean", "std", "half", "P25", "half", "P50", "skew", "[1]"]


def test_the_statistics_of_an_estimate_are_those_of_the_sweep():
    result = wq.estimate(MODELS[0], draws=1000, seed=3)
    ds = wq.sweep(MODELS[0], draws=1000, seed=3)
    assert list(result.statistics) == list(STATISTICS)
    for name, value in result.statistics.items():
        values = list(value.values()) if isinstance(value, dict) else value
        assert values == ds[name].values.tolist()
    assert result.stderrs == result.statistics["energy_stderr"]
    assert result.mean_stderr == result.statistics["energy_mean_stderr"]
    assert math.isfinite(result.mean_stderr)


@pytest.mark.parametrize("method", METHODS)
def test_a_statistic_that_a_method_does_not_compute_is_an_error(monkeypatch, method):
    monkeypatch.setitem(QUANTITIES, SKEW.name, SKEW)
    monkeypatch.setitem(STATISTICS, SKEW.name, SKEW)
    with pytest.raises((KeyError, TypeError), match=f"{SKEW.name}|too many arguments"):
        wq.sweep(MODELS[0], method=method, draws=1024)
