"""Whole nodes: what shares a node, what takes several, and what is left over of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from wattquery.capacity.sizing import sized


@dataclass(frozen=True)
class Sizes:
    """What of candidates is asked for."""

    size: np.ndarray
    per_node: np.ndarray


@pytest.mark.parametrize(
    ("size", "per_node", "needed", "serving", "instances", "left_over"),
    [
        (1, 8, 17.0, 3, 24, 0),
        (2, 8, 4.0, 1, 4, 0),
        (3, 8, 3.0, 2, 4, 2),
        (8, 8, 2.5, 3, 3, 0),
        (16, 8, 2.5, 6, 3, 0),
        (12, 8, 1.0, 2, 1, 2),
        (8, 72, 0.001, 1, 9, 0),
    ],
)
def test_nodes_are_whole(size, per_node, needed, serving, instances, left_over) -> None:
    found = sized(Sizes(np.array([size]), np.array([per_node])), 100.0 * needed, np.array([100.0]))
    assert found.serving.tolist() == [serving]
    assert found.instances.tolist() == [instances]
    assert found.left_over.tolist() == [left_over]
