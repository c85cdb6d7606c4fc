"""What is known of operating points: less knowledge is never a narrower interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import wattquery as wq
from load_deployments import CHAT, cases
from wattquery.catalog.facts import OWN_KEY
from wattquery.throughput.load.deployments import LengthCase, load_table
from wattquery.throughput.load.deployments.cases import LoadSettings
from wattquery.throughput.load.deployments.uncertainty import uncertainty_of
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.residuals import Calibration
from wattquery.throughput.load.shipped_model import shipped_calibration
from wattquery.throughput.load.support import INTERVAL_CLASSES

MODELS = "llama-3.1-8b llama-3.1-70b deepseek-v3 gpt-oss-120b"
HARDWARE = "A100 SXM 80GB, H100 SXM, H200, B200, MI300X, MI355X, L40S"
FIXED = LengthCase.of(output_tokens=wq.Fixed(1024), input_tokens=wq.Fixed(1024))
RATES = ("throughput", "power", "time_per_output_token", "time_to_first_token")


@pytest.fixture(scope="module")
def tables():
    """Return what is known of architectures, and of copies of their shapes of which nothing was measured."""
    axes = {"accelerators": (8,), "loads": (0.1, 1.0, 8.0), "is_concurrency": True, "lengths": (FIXED, CHAT)}
    asked = cases(MODELS, HARDWARE, serving=("vLLM", "SGLang", "TensorRT-LLM"), **axes)
    copies = tuple(replace(one, architecture=f"{OWN_KEY}{one.architecture}") for one in asked.models)
    return load_table(asked), load_table(replace(asked, models=copies))


def test_a_copy_of_a_shape_without_rows_is_never_known_better(tables):
    known, copy = tables
    some = known.reason == ""
    assert some.sum() > 400
    assert set(known.support[some]) == {"measured", "supported", "extrapolated"}
    assert set(copy.support[some]) == {"extrapolated"}
    assert (copy.sigma[:, some] >= known.sigma[:, some]).all()
    for name in RATES:
        assert (copy.log_sds[name][some] >= known.log_sds[name][some]).all(), name


def test_an_accelerator_of_ones_own_is_never_known_better(tables):
    """Of the same numbers and of a measured generation, though nothing was measured of it."""
    asked = cases("llama-3.1-8b llama-3.1-70b", "H100 SXM", accelerators=(8,), loads=(0.02, 0.5))
    own = tuple(replace(one, hardware="Mine", family="Hopper") for one in asked.hardware)
    known, mine = load_table(asked), load_table(replace(asked, hardware=own))
    assert set(mine.support) == {"extrapolated"}
    assert (mine.sigma >= known.sigma).all()


def test_factors_rise_with_what_is_not_known():
    """In the order of the classes, each as it was calibrated or as one of which more is known."""
    points, own = load_table(cases(hardware="H100 SXM, H200, B200, MI300X, MI355X")).points, shipped_calibration()
    every = replace(points, interval_class=np.array(INTERVAL_CLASSES, dtype=object))
    knowledge = uncertainty_of(every, LoadSettings()).knowledge
    for name in QUANTITIES:
        calibrated = [own.outer(one, name) for one in INTERVAL_CLASSES]
        least = [max(calibrated[: number + 1]) for number in range(len(calibrated))]
        assert knowledge.factors[name].tolist() == least, name


def test_classes_are_all_that_were_calibrated():
    assert isinstance(shipped_calibration(), Calibration)
    assert {support for support, _ in shipped_calibration().factors} - {""} == set(INTERVAL_CLASSES)
