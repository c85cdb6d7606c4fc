"""Which rows a fit uses, with a reason for each that it does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.shipped_rows import NODE_BOUNDARY

__all__ = ["left_out"]

_FLAGS = (
    ("idle_accelerators", "its power counts idle accelerators"),
    ("not_a_serving", "it is no serving point"),
    ("kv_cache_exceeds", "its caches do not fit"),
    ("cached_input", "a part of its input was cached"),
    ("questionable", "its numbers are questionable"),
    (NODE_BOUNDARY, "its power is that of whole nodes"),
)
"""What a flag holds, and what it says of its row."""

_QUEUED_S, _CAPPED = 15.0, 256.0
"""Time to first token and concurrency above which a scheduler's own limit, which no source states, sets both [s, 1]."""

_UNCLEAR_STACKS = ("vLLM or SGLang", "not stated", "llm-d", "LLMBoost", "DeepSeek in-house")


def left_out(rows: Observations, at: Conditions) -> NDArray[np.object_]:
    """Return why each row plays no part in a fit, empty for those that do.

    Parameters
    ----------
    rows
        The measured rows.
    at
        Their conditions.
    """
    latencies = ~np.isnan(rows.tpot_s) & ~np.isnan(rows.ttft_s)
    power = ~np.isnan(rows.power_w_per_accelerator)
    rate = ~np.isnan(rows.output_tps_per_accelerator)
    reason = np.full(len(rows), "", dtype=object)
    for why, found in (
        (
            "neither power nor latencies nor a maximum rate are known",
            ~(power | latencies | at.at_maximum_load),
        ),
        ("its rate is not known", (power | at.at_maximum_load) & ~rate),
        ("its input length is not known", at.at_maximum_load & np.isnan(rows.input_tokens)),
        ("its number of accelerators is not stated", np.isnan(rows.accelerators) & ~rows.disaggregated),
        ("it queues for a place in the batch", (rows.ttft_s > _QUEUED_S) & (rows.concurrency > _CAPPED)),
        ("its serving stack is not clear", np.isin(rows.serving.astype(str), _UNCLEAR_STACKS)),
        *((why, np.array([flag in flags for flags in rows.flags], dtype=bool)) for flag, why in _FLAGS),
        ("its confidence is low", rows.confidence == "low"),
    ):
        reason[found] = why
    return np.where(at.reason == "", reason, at.reason).astype(object)
