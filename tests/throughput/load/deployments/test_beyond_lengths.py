"""Lengths beyond all measured rows, and beyond the context of a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import wattquery as wq
from load_deployments import CHAT, FIXED, cases
from wattquery.throughput.load.deployments import LengthCase, load_table
from wattquery.throughput.load.deployments.beyond_lengths import beyond_lengths
from wattquery.throughput.load.deployments.evidence import evidence

LONGEST = evidence().longest_context
AT = {"precision": ("FP8",), "accelerators": (8,)}
AGENT = LengthCase.of(wq.workloads.load("agent"))


def fixed(inputs, outputs=300.0, **batch):
    return LengthCase.of(output_tokens=wq.Fixed(outputs), input_tokens=wq.Fixed(inputs), **batch)


def with_context(tokens, **axes):
    asked = cases(**axes)
    return replace(asked, models=tuple(replace(one, context_tokens=tokens) for one in asked.models))


def test_lengths_beyond_all_measured_ones_are_extrapolated_whatever_else_was_measured():
    lengths = (FIXED, CHAT, fixed(LONGEST - 300.0), fixed(LONGEST), fixed(1e6), AGENT)
    table = load_table(cases(lengths=lengths, **AT))
    near, far = table.support[:3], table.support[3:]
    assert "extrapolated" not in near
    assert set(far) == {"extrapolated"}
    assert table.support_basis[4].endswith("queries have 1,000,300 tokens in the mean, and the longest measured 33,792")
    assert "longest measured" not in "".join(table.support_basis[:3])
    assert (table.support_rows[3:] == table.support_rows[:3]).all()
    assert set(table.points.interval_class[3:]) == {"extrapolated: stack"}
    (note,) = (one for one in table.notes if "longest measured" in one)
    assert "33,792 tokens, input and output together; those of some cells have 1,000,300" in note


def test_what_fills_the_batch_counts_as_much_as_the_query():
    batch = [(0.5, wq.Workload([300], [1e6])), (0.5, wq.Workload([300], [300]))]
    asked = cases(lengths=(fixed(300.0, batch=batch),), **AT)
    assert list(load_table(asked).support) == ["extrapolated"]


def test_nothing_is_said_of_usual_lengths():
    assert not any("longest measured" in one or "context that its model" in one for one in load_table(cases()).notes)


def test_a_query_longer_than_the_context_of_its_model():
    asked = with_context(4096, lengths=(fixed(3796.0), fixed(3797.0)))
    table = load_table(asked)
    assert list(table.support == "extrapolated") == [False, True]
    assert table.support_basis[1].endswith("4,097 tokens in the mean, and the context of this model ends at 4,096")
    (note,) = (one for one in table.notes if "context that its model" in one)
    assert f"{asked.models[0].model} (4,096) tokens" in note


def test_both_are_said_and_a_context_that_is_not_known_is_none():
    words = beyond_lengths(np.array([0, 0]), with_context(4096, lengths=(fixed(1e5), fixed(10.0))))
    assert words.shape == (2, 2)
    assert words[0, 0].count("; ") == 1
    assert not words[:, 1].any()
    assert not beyond_lengths(np.array([0]), with_context(None, lengths=(fixed(3e4),))).any()
