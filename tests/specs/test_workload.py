"""A workload: what it holds, what it refuses, and that the same rows make the same workload."""

from __future__ import annotations

import dataclasses
import json
import pickle

import numpy as np
import pandas as pd
import pytest

import wattquery as wq
from wattquery.errors import InputError, InputTypeError
from wattquery.specs.workload import MOST_NODES

ROWS = ([300, 100, 20, 100], [50, 2000, 900, 10], [0, 1500, 900, 0], [1, 2, 3, 4])


def requests(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.ceil(rng.exponential(300, count)), np.ceil(rng.lognormal(6.0, 1.2, count))


def test_columns_are_kept_together():
    workload = wq.Workload(*ROWS, name="mine")
    rows = set(
        zip(workload.output_tokens, workload.input_tokens, workload.cached_tokens, workload.weights, strict=True)
    )
    assert rows == {(300, 50, 0, 0.1), (100, 2000, 1500, 0.2), (20, 900, 900, 0.3), (100, 10, 0, 0.4)}


def test_rows_in_any_order_make_the_same_workload_bit_for_bit():
    first = wq.Workload(*ROWS, name="first")
    again = wq.Workload(*(list(reversed(column)) for column in ROWS), name="again")
    assert first == again
    assert hash(first) == hash(again)
    assert first.digest == again.digest
    assert first.output_tokens == again.output_tokens
    assert first != wq.Workload(*ROWS[:3], [1, 2, 3, 5])
    assert first != "first"


def test_the_order_is_about_that_of_the_energy():
    workload = wq.Workload(*ROWS)
    key = np.asarray(workload.output_tokens) + 0.42 * np.asarray(workload.input_tokens)
    assert np.all(np.diff(key) >= 0)


def test_the_same_row_twice_is_one_node():
    workload = wq.Workload([5, 7, 5], [1, 1, 1])
    assert workload == wq.Workload([5, 7], [1, 1], weights=[2, 1])
    assert workload.size == 2


def test_it_cannot_be_changed():
    workload = wq.Workload(*ROWS)
    with pytest.raises(dataclasses.FrozenInstanceError):
        workload.name = "other"
    with pytest.raises(ValueError, match="read-only"):
        workload.rows.weights[0] = 1.0


def test_it_is_short_to_look_at():
    workload = wq.Workload.from_pairs(*requests(3000), name="mine")
    assert repr(workload) == "Workload('mine', 1024 nodes)"
    assert str(workload) == workload.label == "mine"
    unnamed = wq.Workload([5], [7])
    assert unnamed.label.startswith("Workload(n=1, sha=")
    assert "1 node)" in repr(unnamed)


def test_it_is_read_back_from_json():
    workload = wq.Workload.from_pairs(*requests(3000), name="mine", origin="a log", notes=["one day"])
    again = wq.Workload.from_dict(json.loads(json.dumps(workload.to_dict())))
    assert again == workload
    for field in dataclasses.fields(wq.Workload):
        assert getattr(again, field.name) == getattr(workload, field.name), field.name
    assert pickle.loads(pickle.dumps(workload)) == workload


def test_one_value_stands_for_all_rows():
    workload = wq.Workload([10, 20], 500)
    assert workload.input_tokens == (500.0, 500.0)
    assert wq.Workload(10, 500, 100).cached_tokens == (100.0,)


def test_means_and_quantiles():
    workload = wq.Workload([1, 2, 3, 4], [40, 30, 20, 10])
    assert workload.mean() == 2.5
    assert workload.mean("input_tokens") == 25.0
    assert workload.mean(lambda output, inputs, cached: output * inputs) == 50.0
    assert workload.quantile([0.0, 0.25, 0.26, 1.0]).tolist() == [1.0, 1.0, 2.0, 4.0]
    assert workload.quantile(0.5, lambda output, inputs, cached: output * inputs) == 40.0
    assert np.isnan(workload.quantile(1.5))
    with pytest.raises(InputError, match="Did you mean 'input_tokens'"):
        workload.mean("input")


def test_the_share_outside_a_range_is_that_of_pairs():
    workload = wq.Workload([1, 2, 3, 4], [40, 30, 20, 10])
    assert workload.share_outside((10, 40), (1, 4)) == 0.0
    assert workload.share_outside((15, 40), (2, 4)) == 0.5
    assert workload.share_outside(None, (1, 4)) == 1.0


def test_rows_without_output_are_left_out_and_counted():
    workload = wq.Workload([0, 5, 0, 6], [10, 10, 20, 10], notes=["ours"])
    assert workload == wq.Workload([5, 6], 10)
    assert workload.notes == ("ours", "2 rows without output tokens left out")
    assert wq.Workload.from_pairs([0, 5], [10, 10]).notes == ("1 row without output tokens left out",)


def test_columns_of_pandas_go_by_their_labels():
    frame = pd.DataFrame({"out": [1, 2, 3], "in": [10, 20, 30]}, index=["a", "b", "c"])
    shuffled = frame["in"].loc[["c", "a", "b"]]
    assert wq.Workload.from_pairs(frame["out"], shuffled) == wq.Workload([1, 2, 3], [10, 20, 30])
    some = frame[frame["out"] > 1]  # numbered otherwise than from 0
    assert wq.Workload.from_pairs(some["out"], some["in"]) == wq.Workload([2, 3], [20, 30])
    with pytest.raises(InputError, match="must have the same labels"):
        wq.Workload(frame["out"], pd.Series([10, 20, 30], index=["a", "b", "d"]))


def test_named_margins_are_those_that_were_given():
    table = wq.Empirical(probabilities=[0, 0.5, 1], values=[100, 200, 1000])
    workload = wq.Workload.from_margins(table, wq.Uniform(0, 1000), cached_share=0.25, name="mine")
    assert workload.independent
    assert workload.mean() == pytest.approx(table.mean(), rel=1e-9)
    assert workload.mean("input_tokens") == pytest.approx(500.0, rel=1e-9)
    assert workload.mean("cached_tokens") == pytest.approx(125.0, rel=1e-8)
    levels = np.arange(1, 20) / 20
    np.testing.assert_allclose(workload.quantile(levels), table.ppf(levels), rtol=2e-3)
    np.testing.assert_allclose(workload.quantile(levels, "input_tokens"), 1000 * levels, rtol=2e-3)
    assert 0.0 < workload.quantile_error < 0.08


def test_a_margin_that_is_a_number_is_one():
    workload = wq.Workload.from_margins(300, wq.Uniform(0, 1000))
    assert set(workload.output_tokens) == {300.0}
    assert not workload.independent
    assert wq.Workload.from_margins(300, 500).size == 1


REFUSED = [
    ({"output_tokens": [1, 2], "input_tokens": [1]}, "one length, got 2 output_tokens, 1 input_tokens"),
    ({"output_tokens": [], "input_tokens": []}, "at least one row"),
    ({"output_tokens": [5], "input_tokens": [10], "cached_tokens": [11]}, "11 cached of 10 input tokens in row 0"),
    ({"output_tokens": [5, -1], "input_tokens": [10, 10]}, "output_tokens must be 0 or more, got -1 in row 1"),
    ({"output_tokens": [5, 5], "input_tokens": [-3, 10]}, "input_tokens must be 0 or more, got -3 in row 0"),
    ({"output_tokens": np.array([5.0, np.nan]), "input_tokens": [1, 1]}, "finite numbers, got nan in row 1"),
    ({"output_tokens": [5, float("inf")], "input_tokens": [1, 1]}, "finite number, got inf"),
    ({"output_tokens": [5e9], "input_tokens": [1]}, "at most 1e+09 tokens per query, got 5000000000 in row 0"),
    ({"output_tokens": [0, 0], "input_tokens": [1, 2]}, "above 0 in at least one row"),
    ({"output_tokens": [1, 2], "input_tokens": [1, 2], "weights": [1, -1]}, "weights must be 0 or more, got -1"),
    ({"output_tokens": [1, 2], "input_tokens": [1, 2], "weights": [0, 0]}, "weights must be above 0"),
    ({"output_tokens": range(1, 2000), "input_tokens": 5}, "at most 1,024 different rows are allowed, got 1,999"),
    ({"output_tokens": [1], "input_tokens": [1], "quantile_error": -1}, "quantile_error must be 0 or more"),
]
WRONG_KIND = [
    ({"output_tokens": [1], "input_tokens": None}, "input_tokens must be a list of numbers or a number, got None"),
    ({"output_tokens": "300", "input_tokens": [1]}, "must be a list"),
    ({"output_tokens": [[1, 2]], "input_tokens": [1]}, "holds lists"),
    ({"output_tokens": [True], "input_tokens": [1]}, "finite number, got True"),
    ({"output_tokens": np.ma.array([1.0, 2.0], mask=[0, 1]), "input_tokens": [1, 2]}, "masked"),
    ({"output_tokens": {"a": 1}, "input_tokens": [1]}, "must be a list"),
    ({"output_tokens": [1], "input_tokens": [1], "name": 5}, "name must be text"),
    ({"output_tokens": [1], "input_tokens": [1], "notes": "a sentence"}, "notes must be a list"),
    ({"output_tokens": [1], "input_tokens": [1], "independent": "yes"}, "independent must be True or False"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refused(arguments, message):
    with pytest.raises(InputError, match=message.replace("+", r"\+")):
        wq.Workload(**arguments)


@pytest.mark.parametrize(("arguments", "message"), WRONG_KIND)
def test_refused_by_its_kind(arguments, message):
    with pytest.raises(InputTypeError, match=message):
        wq.Workload(**arguments)


@pytest.mark.parametrize("nodes", [0, MOST_NODES + 1, 2.5, True])
def test_a_number_of_nodes_that_is_none(nodes):
    with pytest.raises(InputError, match="nodes must be a whole number from 1 to 1,024"):
        wq.Workload.from_pairs([1, 2], [1, 2], nodes=nodes)


def test_a_cached_share_is_one():
    with pytest.raises(InputError, match=r"Write 95 % as 0\.95"):
        wq.Workload.from_margins(100, 1000, cached_share=95)


def test_margins_below_zero_are_refused():
    with pytest.raises(InputError, match="input_tokens must be 0 or more"):
        wq.Workload.from_margins(100, wq.Normal(10, 100))
