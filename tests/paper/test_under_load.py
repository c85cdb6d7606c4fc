"""The headline under load: its blend against a sweep of each model, and the load at which a published number lies."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.paper.under_load import MODELS, under_load

CASE = {"hardware": ["H100 SXM"], "load": [0.5], "workload": ["servegen_m_small"], "quantiles": (0.25, 0.5, 0.75)}


@pytest.fixture(scope="module")
def found():
    return under_load(**CASE)


def test_the_mean_is_that_of_the_models_in_equal_parts(found) -> None:
    alone = wq.sweep(
        list(MODELS), hardware="H100 SXM", precision="FP8", load=0.5, output_tokens="traditional", method="exact"
    )
    mean = found["energy_mean"].sel(query="traditional", hardware="H100 SXM", load=0.5)
    assert float(mean) == pytest.approx(float(alone["energy_mean"].mean("model")), rel=1e-3)


def test_published_numbers_lie_where_the_median_is_theirs(found) -> None:
    assert found["published"].values.tolist() == [0.31, 3.91]
    place = float(found["matching_load"].sel(hardware="H100 SXM", paper_query="traditional"))
    again = under_load(**{**CASE, "load": [place]})
    median = again["energy"].sel(query="traditional", hardware="H100 SXM", quantile=0.5).item()
    assert median == pytest.approx(0.31, rel=0.01)


def test_queries_and_quantiles_are_in_order(found) -> None:
    assert found["query"].values.tolist() == ["traditional", "long", "servegen_m_small"]
    assert bool((found["energy"].diff("quantile") > 0.0).all())
    assert bool((np.diff(found["median_by_load"].values, axis=-1) < 0.0).all())


def test_quantiles_without_a_median_are_refused() -> None:
    with pytest.raises(wq.InputError, match=r"must have 0\.5 among them"):
        under_load(quantiles=(0.1, 0.9))


@pytest.mark.parametrize("given", [{"load": 1e300}, {"load": "x"}, {"quantiles": 0.5}])
def test_what_is_no_list_of_numbers_is_refused(given) -> None:
    with pytest.raises((wq.InputError, wq.InputTypeError), match=f"^{next(iter(given))}"):
        under_load(**{**CASE, **given})
