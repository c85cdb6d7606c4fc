"""What rows are told apart by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import fake_load_model as fake
from wattquery import catalog
from wattquery.errors import InputError
from wattquery.throughput.load import shipped_observations
from wattquery.validation import scores
from wattquery.validation.groups import (
    _FAMILIES,
    CLUSTERS,
    GROUPS,
    is_trusted,
    kinds,
    load_bands,
    regimes,
    siblings,
    with_groups,
)


def rows_with(**columns):
    count = len(next(iter(columns.values())))
    made = {name: np.array(values, dtype=getattr(fake.fake_rows(1), name).dtype) for name, values in columns.items()}
    return replace(fake.fake_rows(count, architectures=2), **made)


def test_experts_are_those_of_the_catalog_or_of_the_sizes_of_the_row():
    rows = rows_with(
        architecture=["llama-3.1-70b", "deepseek-v3", "mixtral-8x7b", "mine", "mine", "mine"],
        total_params_b=[np.nan, np.nan, 47.0, 100.0, 8.0, np.nan],
        active_params_b=[np.nan, np.nan, 47.0, 10.0, 8.0, 8.0],
    )
    assert list(kinds(rows)) == ["dense", "MoE", "MoE", "MoE", "dense", "unknown"]


def test_load_is_the_mean_batch_or_else_the_concurrency_of_a_replica():
    rows = rows_with(
        batch=[4.0, 4.01, np.nan, np.nan, np.nan, np.nan, 300.0, np.nan],
        concurrency=[64.0, 64.0, 16.0, 256.0, 512.0, np.nan, 1.0, 512.0],
        dp=[1.0, np.nan, 1.0, 1.0, 1.0, 1.0, 1.0, 8.0],
        at_maximum_load=[False, False, False, False, False, False, True, False],
    )
    assert list(load_bands(rows)) == [
        "up to 4",
        "4 to 16",
        "4 to 16",
        "64 to 256",
        "above 256",
        "unknown",
        "maximum load",
        "16 to 64",
    ]


def test_regimes():
    nothing = np.nan
    rows = rows_with(
        power_w_per_accelerator=[500.0, nothing, nothing, 500.0],
        joules_per_output_token=[nothing, 1.0, nothing, 1.0],
        at_maximum_load=[False, False, False, True],
    )
    assert list(regimes(rows)) == ["energy run", "energy run", "serving point", "maximum load"]


def test_a_sibling_is_another_accelerator_of_the_generation_in_the_same_rows():
    assert list(siblings(rows_with(hardware=["H100 SXM", "H200", "L40S", "B200"]))) == [
        "sibling known",
        "sibling known",
        "none",
        "none",
    ]
    names = [name for family in _FAMILIES for name in family]
    assert len(names) == len(set(names))
    assert set(names) <= set(catalog.accelerators()["hardware"])


def test_every_shipped_row_has_a_label_of_each_kind():
    rows = shipped_observations()
    assert set(kinds(rows)) == {"dense", "MoE"}
    for labels in (load_bands(rows), regimes(rows), siblings(rows)):
        assert set(map(type, labels)) == {str}


def test_labels_go_by_row_id_and_clusters_by_what_was_left_out(labelled, rows):
    place = {name: number for number, name in enumerate(rows.row_id)}
    sample = labelled.sample(50, random_state=1)
    for one in sample.to_dict("records"):
        number = place[one["row_id"]]
        assert one["hardware"] == rows.hardware[number]
        assert one["confidence"] == rows.confidence[number]
        wanted = one["by"] if one["by"] in ("hardware", "serving") else "architecture"
        assert one["left_out"] == getattr(rows, wanted)[number]


def test_groups_are_scored_apart_and_together_they_are_all(labelled, found):
    trusted = labelled[is_trusted(labelled)]
    found = found.scores
    keys = ["by", "points", "quantity"]
    for group in GROUPS:
        sums = found[found["group"] == group].groupby(keys)["rows"].sum()
        pd.testing.assert_series_equal(sums, trusted.groupby(keys).size(), check_names=False, check_dtype=False)
    one = found.set_index([*keys, "group", "label"]).loc[("hardware", 0, "tpot_s", "kind", "MoE")]
    part = trusted[(trusted["by"] == "hardware") & (trusted["quantity"] == "tpot_s") & (trusted["kind"] == "MoE")]
    alone = scores(part, clusters=CLUSTERS).iloc[0]
    assert one["coverage_90"] == alone["coverage_90"]
    assert one["bias_stderr"] == alone["bias_stderr"] or np.isnan(one["bias_stderr"])


def test_rows_of_low_confidence_are_told_apart(labelled, rows):
    assert set(labelled.loc[~is_trusted(labelled), "row_id"]) == set(rows.row_id[rows.confidence == "low"])


def test_rows_that_are_not_there_or_twice_are_refused(predictions, rows):
    with pytest.raises(InputError, match="belong to no row that was passed"):
        with_groups(predictions, rows.take(np.arange(10, len(rows))))
    with pytest.raises(InputError, match="Several rows are called 'R0000'"):
        with_groups(predictions, rows.take(np.r_[0, np.arange(len(rows))]))
