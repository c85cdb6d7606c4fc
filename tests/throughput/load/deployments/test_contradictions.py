"""Which measured points contradict each other."""

from __future__ import annotations

from own_points import POINT, measured
from wattquery.throughput.load.deployments.contradictions import contradictions
from wattquery.throughput.load.deployments.standing import standing_of


def said(*rates):
    points = [{**POINT, "row_id": f"run {i}", "output_tps_per_accelerator": rate} for i, rate in enumerate(rates)]
    return contradictions(standing_of(measured(*points)))


def test_runs_that_differ_by_a_factor_of_two_contradict_each_other():
    (found,) = said(1400.0, 700.0)
    assert "that all others let expect" in found
    assert "contradict each other" in found


def test_one_run_of_many_is_named():
    (found,) = said(1400.0, 1410.0, 1390.0, 700.0)
    assert found.startswith("Measured point 'run 3' has 0.5")


def test_repeated_runs_do_not():
    assert said(1400.0) == said(1400.0, 1250.0) == ()
