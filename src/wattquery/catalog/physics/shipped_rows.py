"""Rows of the shipped tables of performance and energy to operating points, and to the flags that they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wattquery.catalog.physics.check import findings
from wattquery.catalog.physics.point import Finding, OperatingPoint
from wattquery.catalog.physics.sizes import Accelerator, Architecture, number_of

__all__ = ["flags_of", "point_of"]


def point_of(
    row: Mapping[str, Any], architecture: Architecture | None, accelerator: Accelerator | None
) -> OperatingPoint:
    """Return the operating point of a row in the schema of ``performance.csv`` or ``energy.csv``.

    Parameters
    ----------
    row
        Text or number by column; a column that is absent or empty is not known.
    architecture, accelerator
        What the row's model and hardware are; None where they are in no table.
    """
    number = {name: number_of(row.get(name)) for name in _NUMBERS}
    count, rate = number["accelerators"], number["output_tps"]
    if rate is None and number["output_tps_per_accelerator"] is not None and count:
        rate = number["output_tps_per_accelerator"] * count
    return OperatingPoint(
        architecture=architecture,
        accelerator=accelerator,
        accelerators=count,
        precision=str(row.get("precision") or ""),
        input_tokens=number["input_tokens"],
        output_tokens=number["output_tokens"],
        concurrency=number["concurrency"],
        running=number["batch"],
        output_rate=rate,
        first_token=number["ttft_s"],
        per_token=number["tpot_s"],
        power=number["power_w_per_accelerator"],
        total_power=number["power_w_total"],
        boundary=str(row.get("boundary") or "accelerator"),
        joules_per_token=number["joules_per_output_token"],
        joules_per_request=number["joules_per_request"],
        phase=str(row.get("phase") or ""),
        speculation=str(row.get("speculation") or "unknown"),
        tensor_parallel=number["tp"],
        expert_parallel=number["ep"],
        pipeline_parallel=number["pp"],
        nodes=number["nodes"],
    )


_NUMBERS = (
    "accelerators",
    "output_tps",
    "output_tps_per_accelerator",
    "input_tokens",
    "output_tokens",
    "concurrency",
    "batch",
    "ttft_s",
    "tpot_s",
    "power_w_per_accelerator",
    "power_w_total",
    "joules_per_output_token",
    "joules_per_request",
    "tp",
    "ep",
    "pp",
    "nodes",
)


def flags_of(
    row: Mapping[str, Any], architecture: Mapping[str, Any] | None, accelerator: Mapping[str, Any] | None
) -> tuple[tuple[str, ...], list[Finding]]:
    """Return the flags of a row of the shipped tables, and the findings behind them.

    A flag is the severity and the kind of a finding, such as ``"impossible:above-compute"``.

    Parameters
    ----------
    row
        In the schema of ``performance.csv`` or ``energy.csv``.
    architecture, accelerator
        The rows of ``architectures.csv`` and ``accelerators.csv`` that it names; None where there is none.

    Examples
    --------
    >>> row = {"accelerators": "1", "precision": "FP8", "output_tps": "90000", "input_tokens": "", "phase": "both"}
    >>> model = {"model": "Ours 70B", "total_params_b": "70", "active_params_b": "70"}
    >>> flags_of(row, model, {"hardware": "H100 SXM", "fp16_tflops": "989", "fp8_tflops": "1979"})[0]
    ('impossible:above-compute',)
    """
    found = findings(
        point_of(
            row,
            None if architecture is None else Architecture.of(architecture),
            None if accelerator is None else Accelerator.of(accelerator),
        )
    )
    return tuple(dict.fromkeys(f"{one.severity}:{one.kind}" for one in found)), found
