"""Which source of the catalog ``default`` a row is from: the load model knows how those measure."""

from __future__ import annotations

import re

__all__ = ["WITHOUT_SPECULATION", "source_of"]

_BEGINNINGS = {
    "ml-energy/leaderboard-v2:": "ml-energy-v2",
    "ml-energy/leaderboard:": "ml-energy-v3",
    "SemiAnalysisAI/InferenceX:": "inferencex",
    "SemiAnalysisAI/InferenceX-app:": "inferencex-app-power",
    "vngcloud/InferenceX-app:": "inferencex-app-runs",
    "InferenceX-app packages/": "inferencex-app-recovery",
    "InferenceX issue ": "inferencex-threads",
    "InferenceX PR ": "inferencex-threads",
    "InferenceX dump ": "inferencex-dumps",
    "InferenceX database dump ": "inferencex-dumps",
    "InferenceMAX/InferenceX GitHub Actions ": "inferencex-artifacts",
    "NVIDIA validation runs, via aiconfigurator-core": "nvidia-validation",
    "mlcommons/inference_results_v4.1:": "mlperf-4.1",
    "mlcommons/inference_results_v5.1:": "mlperf-5.1",
    "gbeezybez/inference_results_v6.0": "mlperf-6.0",
    "mlcommons/inference_results_v6.1:": "mlperf-6.1",
    "argonne-lcf/LLM-Inference-Bench:": "llm-inference-bench",
    "hongping-zh/ecocompute-dynamic-eval:": "ecocompute",
    "chenxuniu/TokenPowerBench:": "tokenpowerbench",
}
"""What the column ``source`` of the raw tables begins with, and what it is called there."""

WITHOUT_SPECULATION = frozenset(["ml-energy-v2", "ml-energy-v3"])
"""Sources whose tables of energy say nothing of speculative decoding, and those of the same runs' rates: none."""

_END = re.compile(r"[:@]")


def source_of(written: str) -> str:
    """Return the source of a row, one of those in ``sources.csv`` where it is known, and else its own words.

    Examples
    --------
    >>> source_of("ml-energy/leaderboard:public/data/tasks/gpqa.json@0cd52dab"), source_of("our cluster: run 7")
    ('ml-energy-v3', 'our cluster')
    """
    found = next((name for beginning, name in _BEGINNINGS.items() if written.startswith(beginning)), "")
    return found or _END.split(written)[0].strip()
