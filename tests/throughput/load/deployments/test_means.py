"""Means for every attention that occurs."""

from __future__ import annotations

import numpy as np

from load_deployments import CHAT, FIXED, cases
from wattquery.catalog.facts import architectures
from wattquery.throughput.load.attention_reach import CACHED_WEIGHT, AttentionReach
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.deployments.means import MeansByReach
from wattquery.throughput.load.shipped_model import shipped

EVERY = " ".join(architectures())


def test_attentions_are_shared_and_right():
    instances = InstanceRows.of(cases(EVERY, "H100 SXM, B200, MI355X", accelerators=(1, 8)))
    fitted = shipped().parameters
    numbers = instances.numbers(fitted.layout, fitted.vector)
    found = MeansByReach.of(numbers, (CHAT, FIXED), CACHED_WEIGHT)
    assert len(found.reach) < len(architectures()) / 2, "round-off must not tell attentions apart"
    for row in range(0, len(instances), 17):
        cell = AttentionReach.of_cell(numbers[:, row])
        kind = found.kind[row]
        for place, case in enumerate((CHAT, FIXED)):
            np.testing.assert_allclose(found.batch[kind, place], case.batch(cell).drivers, rtol=1e-10)
            np.testing.assert_allclose(found.own[kind, place], case.own(cell).drivers, rtol=1e-10)
            np.testing.assert_allclose(
                found.resident_context[kind, place], case.batch(cell).resident_context, rtol=1e-10
            )


def test_what_is_not_known_has_plain_attention():
    numbers = np.full((45, 2), np.nan)
    found = MeansByReach.of(numbers, (CHAT,), 0.1)
    assert len(found.reach) == 1
    assert found.reach[0, 8] == 0.1
    assert np.isfinite(found.batch).all()
