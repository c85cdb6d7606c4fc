"""Which builds labels stand for."""

from __future__ import annotations

import numpy as np

from wattquery.catalog.shipped import load
from wattquery.throughput.load.deployments.builds import build_of
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.stack_classes import stack_class


def test_a_label_is_the_newest_release_of_its_system():
    rows = shipped_observations()
    for label in ("vLLM", "SGLang", "TensorRT-LLM", "ATOM"):
        found = build_of(label)
        mine = (rows.serving == label) & (rows.version == found.version) & ~rows.disaggregated
        assert mine.any()
        assert found.date == np.nanmax(rows.date[mine])
        assert stack_class(found.serving, found.version, "", found.date) == label


def test_every_label_of_the_catalog_stands_for_something():
    for label in load("default").labels("serving"):
        assert build_of(label).serving == label


def test_a_version_may_be_named():
    old = build_of("vLLM 0.5")
    assert (old.serving, old.version) == ("vLLM", "0.5.4")
    assert stack_class(old.serving, old.version, "", old.date) == "vLLM 0.6 and before"
    assert build_of("vLLM 0.1").serving == "vLLM 0.1"  # not the beginning of 0.11


def test_words():
    assert build_of("Abacus").words == "Abacus, which nobody measured"
    assert build_of("vLLM 0.11").words == "vLLM 0.11.1, measured in 2026"
