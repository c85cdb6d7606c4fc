"""What stands behind instances, in numbers and words."""

from __future__ import annotations

import numpy as np

import wattquery as wq
from load_deployments import CHAT, FIXED, cases
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments import LengthCase, load_table
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.deployments.measured import interval_classes, keys_of_lengths, support_of
from wattquery.throughput.load.model import rows_to_learn_from
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.support import instance_keys, length_keys


def a_measured_case():
    """Return the labels of the instance of most measured rows, its rows among all, and their lengths."""
    rows = rows_to_learn_from(shipped_observations())
    rows = rows.take((rows.speculation == "off") & (rows.serving == "vLLM") & np.isfinite(rows.input_tokens))
    at = Conditions.of(rows)
    rows = rows.take(
        (at.instance.attention_ranks == 1)
        & (at.instance.replicas == 1)
        & (at.instance.stages == 1)
        & (at.labels["stack"] == "vLLM")
    )
    keys = instance_keys(rows, Conditions.of(rows))
    names, counts = np.unique(keys.astype(str), return_counts=True)
    return rows.take(keys == names[np.argmax(counts)])


def test_rows_of_the_same_instance():
    mine = a_measured_case()
    row = mine.take(np.array([0]))
    fixed = LengthCase.of(
        output_tokens=wq.Fixed(float(row.output_tokens[0])), input_tokens=wq.Fixed(float(row.input_tokens[0]))
    )
    asked = cases(
        row.architecture[0],
        row.hardware[0],
        precision=(row.precision[0],),
        accelerators=(int(row.accelerators[0]),),
        lengths=(fixed, CHAT),
    )
    instances = InstanceRows.of(asked)
    found = support_of(instances, asked)
    assert found.support[0] == "measured"
    assert found.rows[0] >= len(mine)
    assert found.basis[0].startswith(f"{found.rows[0]} rows of ")
    assert f"on {row.accelerators[0]:g} x {row.hardware[0]}, vLLM, {row.precision[0]}: " in found.basis[0]
    classes = interval_classes(instances, asked)
    assert list(classes[0]) == ["measured", "supported"]  # at these lengths, and at others
    keys = keys_of_lengths(instances, asked)
    assert keys[0] == length_keys(row)[0]
    assert keys[1] == CHAT.batch_label


def test_words_of_what_was_not_measured():
    asked = cases("llama-3.1-70b llama-3.2-1b", "H100 SXM, L4", accelerators=(4,), serving=("vLLM", "Abacus"))
    found = support_of(InstanceRows.of(asked), asked)
    assert list(found.support) == ["supported", *["extrapolated"] * 7]
    assert found.basis[0].startswith("no row of this instance; ")
    assert "of this model" in found.basis[0]
    assert "no row of Abacus" in found.basis[1]
    assert "no row of L4" in found.basis[2]
    assert found.basis[4].startswith("no row of this model; ")
    assert "of H100 SXM with other models" in found.basis[4]
    assert (found.rows[[0, 1, 2, 3, 4]] > 0).all()
    assert found.rows[6] == 0  # neither the model nor the accelerator


def test_classes_of_what_was_not_seen():
    asked = cases("llama-3.1-70b", "H100 SXM, L4", accelerators=(8,), serving=("vLLM", "Abacus"), lengths=(FIXED,))
    classes = interval_classes(InstanceRows.of(asked), asked)[:, 0]
    assert list(classes) == [
        "supported",
        "extrapolated: stack",
        "extrapolated: accelerator",
        "extrapolated: stack",
    ]


def test_a_table_has_them_by_form():
    table = load_table(cases(loads=(0.1, 1.0), lengths=(CHAT, FIXED)))
    assert len(set(table.support)) == len(set(table.support_basis)) == 1
    assert table.support_rows.shape == (4,)
