"""Measurements at random: files of benchmarks, catalogs with columns of a user's own, and tables of measurements."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from fuzz.benchmark_files import STATED, benchmark_files
from fuzz.tables import MEASURED_HEADERS, csv_text
from fuzz.world import MEASURED

__all__ = ["measurements"]

CATALOG = """Model,Hardware,Quantization,TP Size,Tokens per Second (TPS),Input Length,Output Length,\
Power for Node (kW),Accelerators,Concurrency,TPOT (ms),GPU Power (W),EP Size,DP Attention
Llama 3.1 70B,H200,FP8,2,2000,1024,256,10.2,4,64,,500,,
Qwen3-32B,8xH100,FP8,,2000,1024,256,10.2,,64,31,,,
DeepSeek-R1,B200,FP4,1,8000,1024,256,14.3,8,256,,,8,yes
"""
HEADERS = ("", "Mean Batch", "Power", "System Power (W)", "Accelerators", "PP Size", "Median TTFT (s)", "Prefill Apart")


@st.composite
def measurements(draw: st.DrawFn) -> tuple[bytes, dict[str, Any]]:
    """Draw the content of a file, and what is said beside it."""
    kind = draw(st.sampled_from(["benchmark", "catalog", "table"]))
    if kind == "benchmark":
        return draw(benchmark_files())
    text = draw(csv_text(CATALOG, HEADERS) if kind == "catalog" else csv_text(MEASURED, MEASURED_HEADERS))
    return text.encode("utf-8", "replace"), dict(draw(st.sampled_from([{}, {}, STATED])))
