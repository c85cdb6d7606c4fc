"""Columns of tables of measurements: what each field is called in the tables that are read, in which unit, which range.

The headers are those of ``measured_energy.csv``, ``measured_energy_2.csv`` and ``serving_points.csv``, and those of
the tables that ship. Where several stand for one field, the first that is not empty counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["KEYS", "MEANINGS", "OTHERS", "VALUES", "WORDS", "NumberColumn", "folded"]


@dataclass(frozen=True)
class NumberColumn:
    """A field that is a number.

    Attributes
    ----------
    headers
        What it is called, with what its cells are multiplied with to have the unit of the field.
    least, most
        The range that it can lie in, in the unit of the field; see `unit`.
    unit
        For messages.
    is_whole
        Whether it counts something.
    zero_is_unknown
        Whether a source writes 0 for what it does not state.
    """

    headers: Mapping[str, float]
    least: float
    most: float
    unit: str
    is_whole: bool = False
    zero_is_unknown: bool = False


WORDS: Mapping[str, tuple[str, ...]] = {
    "row_id": ("row_id",),
    "canonical_id": ("canonical_id",),
    "model": ("model",),
    "model_as_published": ("model_as_published",),
    "architecture": ("architecture",),  # dense or moe in the raw tables, the shape's name in those that ship
    "hardware": ("hardware",),
    "serving": ("serving_stack", "serving"),
    "version": ("stack_version", "version"),
    "precision": ("precision",),
    "disaggregated": ("disaggregated",),
    "speculation": ("speculative", "speculation"),
    "phase": ("phase",),
    "task": ("task",),
    "scenario": ("scenario",),
    "scope": ("measurement_scope", "scope"),
    "boundary": ("boundary",),
    "lengths_basis": ("lengths_basis",),
    "source": ("source_id", "source", "source_family"),
    "origin": ("source",),
    "date": ("source_date", "date"),
    "confidence": ("confidence",),
    "flags": ("flags",),
    "notes": ("notes",),
}
"""Fields that are words, and what they are called."""


def _count(*headers: str, zero_is_unknown: bool = False, is_whole: bool = True) -> NumberColumn:
    return NumberColumn(dict.fromkeys(headers, 1.0), 1.0, 1e5, "", is_whole, zero_is_unknown)


def _split(name: str, short: str) -> tuple[str, ...]:
    """Return what serving systems call a division of the instance."""
    return f"{short}_size", f"{name}_parallel", f"{name}_parallel_size", f"{name}_parallelism"


KEYS: Mapping[str, NumberColumn] = {
    "accelerators": _count("n_gpus", "n_accelerators", "accelerators", "num_gpus", "gpus"),
    "nodes": NumberColumn(dict.fromkeys(("n_nodes", "nodes"), 1.0), 0.01, 1e5, ""),
    "tp": _count("tp", *_split("tensor", "tp")),
    "ep": _count("ep", *_split("expert", "ep"), zero_is_unknown=True),
    "dp": _count("dp", *_split("data", "dp"), zero_is_unknown=True),
    "pp": _count("pp", *_split("pipeline", "pp"), zero_is_unknown=True),
    "prefill_accelerators": _count("n_prefill_gpus", "n_prefill_accelerators", "prefill_accelerators"),
    "decode_accelerators": _count("n_decode_gpus", "n_decode_accelerators", "decode_accelerators"),
    "batch": NumberColumn(dict.fromkeys(("batch_size_avg", "batch"), 1.0), 1e-3, 1e6, "sequences"),
    "batch_maximum": NumberColumn(dict.fromkeys(("batch_size_max", "batch_maximum"), 1.0), 1.0, 1e6, "sequences"),
    "concurrency": NumberColumn(
        dict.fromkeys(("batch_or_concurrency", "concurrency", "max_concurrency"), 1.0), 1e-3, 1e6, "requests"
    ),
    "input_tokens": NumberColumn(dict.fromkeys(("avg_input_tokens", "input_tokens"), 1.0), 1.0, 1e7, "tokens"),
    "output_tokens": NumberColumn(dict.fromkeys(("avg_output_tokens", "output_tokens"), 1.0), 1.0, 1e7, "tokens"),
    "total_params_b": NumberColumn({"total_params_b": 1.0}, 1e-3, 1e5, "billion parameters"),
    "active_params_b": NumberColumn({"active_params_b": 1.0}, 1e-3, 1e5, "billion parameters"),
}
"""Numbers that say what was measured: a row with one that cannot be is not used."""


def _each(*names: str) -> tuple[str, ...]:
    """Return what a rate of one accelerator is called."""
    return tuple(f"{name}_per_{one}" for name in names for one in ("accel", "accelerator", "gpu"))


VALUES: Mapping[str, NumberColumn] = {
    "output_tps": NumberColumn(
        dict.fromkeys(("output_tokens_per_s", "output_tps_total_derived", "output_tps_total", "output_tps"), 1.0),
        1e-4,
        1e9,
        "tokens/s",
    ),
    "output_tps_per_accelerator": NumberColumn(
        dict.fromkeys(("output_tps_per_accel_derived", *_each("output_tps", "output_tokens_per_s")), 1.0),
        1e-4,
        1e6,
        "tokens/s",
    ),
    "tpot_s": NumberColumn({"tpot_mean_s": 1.0, "tpot_s": 1.0, "tpot_mean_ms": 1e-3, "tpot_ms": 1e-3}, 1e-6, 1e3, "s"),
    "median_itl_s": NumberColumn({"median_itl_ms": 1e-3, "median_itl_s": 1.0}, 1e-6, 1e3, "s"),
    "ttft_s": NumberColumn({"ttft_mean_s": 1.0, "ttft_s": 1.0, "ttft_mean_ms": 1e-3, "ttft_ms": 1e-3}, 1e-5, 1e5, "s"),
    "power_w_per_accelerator": NumberColumn(
        {"avg_power_w_per_gpu": 1.0, "power_w_per_accelerator": 1.0, "avg_power_kw_per_gpu": 1e3}, 1.0, 1e4, "W"
    ),
    "power_w_total": NumberColumn(
        {"avg_power_w_total": 1.0, "power_w_total": 1.0, "avg_power_kw_total": 1e3}, 1.0, 1e8, "W"
    ),
    "joules_per_output_token": NumberColumn(
        {"joules_per_output_token": 1.0, "mj_per_output_token": 1e-3, "wh_per_output_token": 3600.0}, 1e-6, 1e5, "J"
    ),
    "joules_per_request": NumberColumn({"joules_per_request": 1.0, "wh_per_request": 3600.0}, 1e-4, 1e10, "J"),
}
"""Numbers that were measured: one that cannot be is left out, and the rest of its row counts."""

MEANINGS: Mapping[str, str] = {
    "row_id": "what the row is called; without one it is `row N`",
    "canonical_id": "the model's shape in the catalog `default`, looked for first",
    "model": "the model",
    "model_as_published": "what its source calls it, looked for last",
    "architecture": "`dense`, `moe` or another kind",
    "hardware": "the accelerator",
    "serving": "the serving stack",
    "version": "its version, or its container image",
    "precision": "of the weights; without one that in the model's name, or in which it was published",
    "disaggregated": "whether prefill and decoding have accelerators of their own",
    "speculation": "whether decoding is speculative: `True`, `False`, the name of a method, or not known",
    "phase": "`both`; rates of one phase alone are not compared",
    "task": "what was asked; `random 8k/1k` gives lengths that no column has, `... Offline` is maximum load",
    "scenario": "`offline ...` is maximum load",
    "scope": "what power was measured of: boards, or a node at the wall",
    "boundary": "the same in one word: `accelerator`, `node`, `facility`",
    "lengths_basis": "where it ends in `0.9x`, lengths are nominal and 0.9 of them is taken",
    "source": "who measured",
    "origin": "",
    "date": "when: a year, with month and day where they are known",
    "confidence": "`high`, `medium` or `low`; rows of low confidence are scored apart",
    "flags": "warnings of the source",
    "notes": "remarks of the source",
    "accelerators": "accelerators of the instance, of both pools where there are two",
    "nodes": "nodes of the instance",
    "tp": "tensor parallelism; where tp x pp is below the accelerators, a model is copied, of a mixture its attention",
    "ep": "expert parallelism, 0 for not known",
    "dp": "data parallelism, 0 for not known",
    "pp": "pipeline parallelism, 0 for not known",
    "prefill_accelerators": "accelerators that prefill",
    "decode_accelerators": "accelerators that decode",
    "batch": "mean number of running sequences",
    "batch_maximum": "the largest batch: the load where neither the mean nor a concurrency is known",
    "concurrency": "requests under way, waiting ones included",
    "input_tokens": "mean input length; without one, that of the task is estimated",
    "output_tokens": "mean output length",
    "total_params_b": "size of a model that the catalog does not know",
    "active_params_b": "its parameters that one token uses",
    "output_tps": "output tokens per second of the instance",
    "output_tps_per_accelerator": "the same per accelerator",
    "tpot_s": "mean time per output token",
    "median_itl_s": "a median between tokens, not compared; a mean time per output token in rows of 2024",
    "ttft_s": "mean time to first token",
    "power_w_per_accelerator": "mean power of one accelerator",
    "power_w_total": "mean power of all accelerators of the run",
    "joules_per_output_token": "energy per output token, prefill included",
    "joules_per_request": "energy per request: over the output length it is that per output token",
}
"""What each field is, for the documentation."""

_OTHERS = """
    n_accelerators_basis precision_basis gemm_precision moe_precision moe_tp prefill_workers prefill_tp prefill_dp
    prefill_ep decode_workers decode_tp decode_dp decode_ep concurrency_basis total_tps_per_accel_derived
    total_tps_total total_tps_per_accel tokens_per_second_raw raw_unit licence n_copies throughput_row_id
    measurement_kind p90_power_w_per_gpu prefill_avg_w_per_gpu decode_avg_w_per_gpu prefill_energy_j decode_energy_j
    reference derived at_maximum_load power_p90_w_per_accelerator prefill_power_w_per_accelerator
    decode_power_w_per_accelerator
"""
OTHERS = frozenset(_OTHERS.split())
"""Headers of those tables that say nothing about what is compared."""

_SEPARATORS = re.compile(r"[\s-]+")


def folded(header: str) -> str:
    """Return a header in the one form in which headers are compared.

    Examples
    --------
    >>> folded(" Serving Stack ")
    'serving_stack'
    """
    return _SEPARATORS.sub("_", header.strip()).casefold()
