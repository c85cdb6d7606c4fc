"""What is known of each row for the equations: architecture, accelerator, instance, stack, precision, load, lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.hardware import Hardware, families, hardware_of
from wattquery.throughput.load.instance import Instances
from wattquery.throughput.load.kernel_classes import WEIGHT_BYTES, KernelClasses
from wattquery.throughput.load.known import TABLES, Known
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.shapes import Shape, shapes_of
from wattquery.throughput.load.stack_classes import builds, stack_classes

__all__ = ["Conditions", "weight_bytes"]

Numbers = NDArray[np.float64]

_USUAL_OUTPUT = 300.0
_LEAST_BATCH = 0.5
"""Below, an instance is idle most of the time, which the equations of a running one do not see [1]."""

_MOST_NUMBER = 1e9
"""Of a load or a length: beyond it nothing is served [1]."""
_USUAL_DATE = 2025.8
_NO_TASK = "not stated"
_OF_SET_LENGTHS = ("random", "fixed", "MLPerf")
"""Words in the names of tasks whose lengths do not vary, or are stated elsewhere."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """Columns of what the equations need, one row for each operating point.

    Attributes
    ----------
    shape, hardware, instance, kernels
        Numbers of the architecture, the accelerator, the division of the instance and the precision.
    labels
        What fitted effects go by: ``hardware_family``, ``hardware``, ``stack``, ``source`` and ``task``, the latter
        empty where the input length is known.
    engine
        1 where a serving system is, or has inside, ``vllm``, ``tensorrt`` or ``sglang``, else 0.
    build
        1 for builds of ``vllm_0_11`` and ``vllm_0_12``, whose kernels for experts in block-wise FP8 were slow, else 0.
    speculation
        1 where speculative decoding is on, else 0; unknown counts as off.
    date
        Of the build or the measurement [decimal years].
    input_tokens, output_tokens
        Mean lengths [tokens]; the input is NaN where its task has a fitted length.
    lengths_vary
        1 where the lengths of requests are those of real use, else 0.
    concurrency, batch
        Of one instance [1]; NaN where the load is given otherwise.
    at_maximum_load
        Whether all requests were queued at once.
    reason
        Why nothing can be predicted, empty elsewhere.
    """

    shape: Shape
    hardware: Hardware
    instance: Instances
    kernels: KernelClasses
    labels: Mapping[str, NDArray[np.object_]]
    engine: Mapping[str, Numbers]
    build: Mapping[str, Numbers]
    speculation: Numbers
    date: Numbers
    input_tokens: Numbers
    output_tokens: Numbers
    lengths_vary: Numbers
    concurrency: Numbers
    batch: Numbers
    at_maximum_load: NDArray[np.bool_]
    reason: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.reason)

    @classmethod
    def of(cls, rows: Observations, *, known: Known = TABLES) -> Self:
        """Return the conditions of operating points; what is measured there plays no part.

        Parameters
        ----------
        rows
            The operating points. Where an output length is not known it is 300 tokens, where a date is not, 2025.8.
        known
            The architectures and accelerators that are known, by which the rows name theirs.
        """
        shape = shapes_of(list(rows.architecture), rows.total_params_b, rows.active_params_b, known=known)
        hardware = hardware_of(list(rows.hardware), known=known)
        instance = Instances.of(rows, shape.mixture)
        kernels = KernelClasses.of(rows.precision, rows.architecture, shape.sixteen_bits, known=known)
        at_maximum_load = rows.at_maximum_load & np.isnan(rows.batch)
        return cls(
            shape=shape,
            hardware=hardware,
            instance=instance,
            kernels=kernels,
            labels=_labels(rows, known),
            engine=_engines(rows.serving),
            build={
                "vllm_0_11": builds("vLLM", "0.11", list(rows.serving), list(rows.version)),
                "vllm_0_12": builds("vLLM", "0.12", list(rows.serving), list(rows.version)),
            },
            speculation=(rows.speculation == "on").astype(float),
            date=np.where(np.isnan(rows.date), _USUAL_DATE, rows.date),
            input_tokens=rows.input_tokens,
            output_tokens=np.where(np.isnan(rows.output_tokens), _USUAL_OUTPUT, rows.output_tokens),
            lengths_vary=_vary(rows),
            concurrency=np.where(at_maximum_load, np.nan, rows.concurrency / instance.replicas),
            batch=rows.batch / instance.replicas,
            at_maximum_load=at_maximum_load,
            reason=_reasons(rows, shape, kernels, hardware, instance),
        )


def _labels(rows: Observations, known: Known) -> dict[str, NDArray[np.object_]]:
    return {
        "hardware_family": families(list(rows.hardware), known=known),
        "hardware": rows.hardware,
        "stack": stack_classes(
            list(rows.serving), list(rows.version), list(rows.source_id), list(rows.date), list(rows.disaggregated)
        ),
        "source": rows.source_id,
        "task": np.where(np.isnan(rows.input_tokens), np.where(rows.task == "", _NO_TASK, rows.task), "").astype(
            object
        ),
    }


def _engines(serving: NDArray[np.object_]) -> dict[str, Numbers]:
    return {
        "vllm": np.array([name.startswith("vLLM") for name in serving], dtype=float),
        "tensorrt": np.array(["TensorRT" in name for name in serving], dtype=float),
        "sglang": np.array(["SGLang" in name for name in serving], dtype=float),
    }


def _vary(rows: Observations) -> Numbers:
    """Return 1 where lengths are those of real use: only where a task is named instead of a length."""
    real = [not any(word in task for word in _OF_SET_LENGTHS) for task in rows.task]
    return np.where(np.isnan(rows.input_tokens), np.array(real, dtype=float), 0.0)


def _reasons(
    rows: Observations, shape: Shape, kernels: KernelClasses, hardware: Hardware, instance: Instances
) -> NDArray[np.object_]:
    """Return the first reason of each row why nothing can be predicted of it, empty where there is none."""
    reason = np.full(len(rows), "", dtype=object)
    numbers = hardware.bandwidth * hardware.flops_16 * hardware.power_w * hardware.memory_bytes
    load = ~np.isnan(rows.concurrency) | ~np.isnan(rows.batch) | rows.at_maximum_load
    for why, found in (
        ("neither a batch nor a concurrency is stated", ~load),
        ("a load or a length is not a finite number", ~_all_finite(rows)),
        ("its weights take more than the memory of its accelerators", _too_large(shape, kernels, instance, hardware)),
        ("its mean batch is below one sequence, most of the time of an idle instance", rows.batch < _LEAST_BATCH),
        ("the load is not positive", (rows.concurrency <= 0.0) | (rows.batch <= 0.0)),
        ("a length is not positive", (rows.input_tokens <= 0.0) | (rows.output_tokens <= 0.0)),
        ("the number of accelerators is not stated", ~(instance.accelerators > 0.0)),
        ("the precision is not known", np.array([one not in WEIGHT_BYTES for one in rows.precision], dtype=bool)),
        ("the accelerator is not known", ~(numbers > 0.0)),
        ("the architecture is not known, nor its number of parameters", np.isnan(shape.layers)),
    ):
        reason[found] = why
    return reason


def _all_finite(rows: Observations) -> NDArray[np.bool_]:
    """Return whether the loads and lengths that are stated are numbers that may be."""
    stated = np.stack([rows.concurrency, rows.batch, rows.input_tokens, rows.output_tokens])
    return np.asarray((np.isnan(stated) | (np.abs(stated) <= _MOST_NUMBER)).all(axis=0), dtype=np.bool_)


def _too_large(shape: Shape, kernels: KernelClasses, instance: Instances, hardware: Hardware) -> NDArray[np.bool_]:
    """Return whether the weights alone do not fit the memory."""
    weights = weight_bytes(shape, kernels, instance)
    return np.asarray(weights > hardware.memory_bytes * instance.accelerators, dtype=np.bool_)


def weight_bytes(shape: Shape, kernels: KernelClasses, instance: Instances) -> Any:
    """Return what the weights of an instance take of its memory, shared ones once for each attention rank [bytes]."""
    shared = shape.shared_params * kernels.shared_bytes * instance.attention_ranks
    return shared + shape.routed_params * kernels.expert_bytes
