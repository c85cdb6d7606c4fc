"""What is written as Python makes the same value again."""

import pytest

import wattquery as wq
from wattquery.specs.python_text import python_text

VALUES = (
    wq.Truncated(wq.LogNormal(p5=0.4, p95=0.9), high=1),
    wq.Truncated(wq.Truncated(wq.Normal(mu=1.2, sigma=0.1), low=1), high=2),
    wq.Empirical(samples=[3, 1, 2]),
    wq.Empirical(probabilities=[0, 0.5, 1], values=[1, 2, 4]),
    wq.Exponential(median=300),
    wq.Triangular(1, 2, 3),
    wq.ThroughputProportional(base=0.24, span=0.56),
    wq.Lever('it\'s "mine"', wq.Uniform(low=1, high=3), source="(a, LogNormal(1)"),
    wq.Lever("draft", by_concurrency={4: 1.5, 64: wq.LogNormal(1.2, 2)}, time_factor={4: 1.8, 64: 1.3}),
    wq.Boundary("accelerator", accelerator_share=wq.Uniform(0.5, 0.7), steps=[wq.Step("idle reserve", 1.1)]),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_it_is_made_again(value):
    assert eval(python_text(value), {"wq": wq}) == value  # what a page tells its reader to do


def test_what_no_line_is_has_none():
    assert python_text(wq.Empirical(samples=range(1000))) is None
    assert python_text(wq.unchecked(wq.LogNormal(p5=0.1, p95=9))) is None
    assert python_text(wq.Truncated(wq.Empirical(samples=range(1000)), low=1)) is None
    assert python_text(object()) is None
