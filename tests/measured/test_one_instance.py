"""Runs of several instances: which of them are copies, and which are one."""

from __future__ import annotations

import pytest

from wattquery.measured.one_instance import Division, instances_of


@pytest.mark.parametrize(
    ("run", "instances"),
    [
        (Division(8), 1),  # not stated
        (Division(8, tensors=8), 1),
        (Division(8, tensors=2), 4),
        (Division(8, tensors=2, stages=2), 2),
        (Division(8, tensors=4, data=2), 2),  # copies of a dense model are instances
        (Division(8, tensors=1, experts=8, is_mixture=True), 1),
        (Division(8, tensors=1, data=8, is_mixture=True), 1),
        (Division(16, tensors=1, data=8, is_mixture=True), 2),
        (Division(8, tensors=8, is_attention_copied=True, is_mixture=True), 1),
        (Division(8, tensors=1, is_attention_copied=True, is_mixture=True), 1),
        (Division(8, tensors=2, is_mixture=True), 4),  # nothing says that attention is copied
        (Division(8, tensors=2, experts=2, is_mixture=True), 4),
        (Division(8, tensors=2, experts=8, is_attention_copied=False, is_mixture=True), 4),
    ],
)
def test_instances_are_what_holds_the_weights_once(run, instances):
    found, note, why = instances_of(run)
    assert (found, why) == (instances, "")
    assert bool(note) == (instances > 1 or run.tensors is None)


@pytest.mark.parametrize("run", [Division(8, tensors=3), Division(4, tensors=8), Division(4, tensors=2, stages=4)])
def test_what_does_not_divide_is_no_division(run):
    assert "accelerators" in instances_of(run)[2]
