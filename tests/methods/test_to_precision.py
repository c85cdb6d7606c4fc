"""A precision instead of a number of draws: reached, with draws that continue, or refused with the reason."""

import math

import numpy as np
import pytest

import wattquery as wq
from wattquery.methods import to_precision as precision
from wattquery.methods.continued import Continued

CELLS = {"model": ["DeepSeek-R1", "Mistral Large", "Llama 3.1 405B"], "levers": ["none", "serving"]}
FIXED = {"model": ["DeepSeek-R1"], "output_tokens": [200, 300], "pue": 1.1, "power_utilization": 0.5}


def relative(ds):
    return (ds["energy_stderr"] / ds["energy"]).max().item()


@pytest.mark.parametrize(("method", "wanted"), [("monte_carlo", 1e-2), ("quasi_monte_carlo", 5e-4)])
def test_reached_with_the_result_of_one_run(method, wanted):
    found = wq.sweep(**CELLS, method=method, relative_stderr=wanted, keep_histogram=True, seed=2)
    assert relative(found) <= wanted
    draws = found.attrs["draws"]
    once = wq.sweep(**CELLS, method=method, draws=draws, keep_histogram=True, seed=2, threads=1)
    assert found.attrs["relative_stderr"] == wanted
    assert found.drop_attrs().identical(once.drop_attrs())
    assert draws > (precision.FIRST_DRAWS if method == "monte_carlo" else 1024)
    if method == "quasi_monte_carlo":
        assert relative(wq.sweep(**CELLS, method=method, draws=draws // 2, seed=2)) > wanted


@pytest.mark.parametrize("common", [True, False])
def test_ranges_continue_where_the_last_one_ended(monkeypatch, common):
    ranges = []
    begin = Continued.begin

    def watched(merge, draws):
        sampler = begin(merge, draws)
        ranges.append((sampler.first_draw, sampler.draws))
        return sampler

    monkeypatch.setattr(Continued, "begin", watched)
    monkeypatch.setattr(precision, "FIRST_DRAWS", 1000)
    arguments = {**CELLS, "common_random_numbers": common, "threads": 2}
    found = wq.sweep(**arguments, relative_stderr=0.02)
    assert len(ranges) > 1
    assert ranges[0][0] == 0
    assert [start for start, _ in ranges[1:]] == [stop for _, stop in ranges[:-1]]
    assert ranges[-1][1] == found.attrs["draws"]
    assert found.drop_attrs().identical(wq.sweep(**arguments, draws=found.attrs["draws"]).drop_attrs())
    ranges.clear()
    monkeypatch.setattr(precision, "KEPT_BYTES", 0)
    assert wq.sweep(**arguments, relative_stderr=0.02).identical(found)
    assert {start for start, _ in ranges} == {0}


def test_easy_ones_stop_at_once():
    ds = wq.sweep("DeepSeek-R1", relative_stderr=0.5)
    assert ds.attrs["draws"] == precision.FIRST_DRAWS


def test_no_cell_with_data_needs_nothing():
    ds = wq.sweep("Mistral Large", relative_stderr=1e-6)
    assert not ds["supported"].item()


def test_the_precision_of_weights_goes_with_the_error_to_reach():
    meant = wq.sweep("DeepSeek-R1", relative_stderr=0.02)
    both = wq.sweep("DeepSeek-R1", precision="FP8", relative_stderr=0.02)
    assert both["precision"].item() == "FP8"
    assert both["energy"].equals(meant["energy"].drop_vars("precision").assign_coords(precision=both["precision"]))


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_a_single_value_is_known_to_the_lattice_only(method):
    assert relative(wq.sweep(**FIXED, method=method, relative_stderr=3e-4)) == pytest.approx(
        1 / 1024 / math.sqrt(12), rel=1e-6
    )
    with pytest.raises(wq.InputError, match="output_tokens=200 lies on a single value") as caught:
        wq.sweep(**FIXED, method=method, relative_stderr=1e-4)
    assert "relative_stderr=0.00029 or more, or use method='exact'" in str(caught.value)


def test_more_draws_than_allowed_are_told_and_not_made():
    with pytest.raises(wq.InputError, match=r"it would take about \d\.\de\+1\d of them") as caught:
        wq.sweep("DeepSeek-R1", relative_stderr=1e-6)
    assert "method='monte_carlo' makes at most 100,000,000,000" in str(caught.value)


def test_the_end_of_the_lattice(monkeypatch):
    monkeypatch.setattr(precision, "MOST_DRAWS", 2**12)
    with pytest.raises(wq.InputError, match="after 4,096 draws") as caught:
        wq.sweep("DeepSeek-R1", method="quasi_monte_carlo", relative_stderr=1e-8)
    assert "use method='exact'" in str(caught.value)


@pytest.mark.parametrize("value", [0, -0.1, 1, math.nan, math.inf, 8])
def test_a_precision_that_is_none(value):
    with pytest.raises(wq.InputError, match="between 0 and 1"):
        wq.sweep("DeepSeek-R1", relative_stderr=value)
    with pytest.raises(wq.InputError, match="numeric precision of the weights"):
        wq.sweep("DeepSeek-R1", precision=value)


@pytest.mark.parametrize("value", ["0.1", True, [0.1]])
def test_a_precision_of_another_kind(value):
    with pytest.raises(wq.InputError, match="relative_stderr must be a number"):
        wq.sweep("DeepSeek-R1", relative_stderr=value)


def test_one_of_draws_and_precision():
    with pytest.raises(wq.InputError, match="Leave one out"):
        wq.sweep("DeepSeek-R1", draws=1000, relative_stderr=0.01)


def test_exact_has_no_sampling_error():
    with pytest.raises(wq.InputError, match="no sampling error"):
        wq.sweep("DeepSeek-R1", method="exact", relative_stderr=0.01)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_progress_never_falls(method):
    seen = []
    wq.sweep("DeepSeek-R1", method=method, relative_stderr=2e-3, progress=seen.append, threads=1)
    assert np.all(np.diff(seen) >= 0.0)
    assert seen[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("level", [1e-4, 1 - 1e-4])
def test_a_tail_without_draws_is_no_tail_that_is_known(method, level):
    """It goes on until draws lie beyond the quantile; the truth is then within the interval."""
    exact = wq.sweep("Llama 3.1 405B", method="exact", quantiles=[level])["energy"].item()
    found = wq.sweep("Llama 3.1 405B", method=method, relative_stderr=0.05, quantiles=[level], seed=3)
    assert relative(found) <= 0.05
    assert abs(found["energy"].item() - exact) <= 3.3 * found["energy_stderr"].item()
    first = precision.FIRST_DRAWS if method == "monte_carlo" else 1024
    assert np.isinf(
        wq.sweep("Llama 3.1 405B", method=method, draws=first, quantiles=[0.1 * min(level, 1e-4)])["energy_stderr"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("level", [1e-6, 1 - 1e-6])
def test_a_far_tail_is_reached(level):
    exact = wq.sweep("Llama 3.1 405B", method="exact", quantiles=[level])["energy"].item()
    found = wq.sweep("Llama 3.1 405B", relative_stderr=0.01, quantiles=[level], seed=3)
    assert abs(found["energy"].item() / exact - 1.0) < 0.03


@pytest.mark.parametrize("level", [1e-9, 1 - 1e-9, 1e-12])
def test_a_tail_out_of_reach_is_refused_before_it_is_drawn(level):
    with pytest.raises(
        wq.InputError, match=r"of them or more, where method='monte_carlo' makes at most 10,000,000,000"
    ) as caught:
        wq.sweep("Llama 3.1 405B", relative_stderr=0.01, quantiles=[level])
    assert "'exact'" in str(caught.value)
