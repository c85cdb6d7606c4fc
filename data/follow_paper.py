"""Follow the authors' scripts of the supplement step by step, and write what they print of it.

    python data/follow_paper.py            writes src/wattquery/paper/supplement.toml
    python data/follow_paper.py --check    exits with 1 if the file says something else

The paper's sensitivities are pictures, and the public analysis code prints their numbers when it is run. Here its steps
are followed with NumPy's legacy generator from the same seed, in the same order of draws, for 10,000 queries of each
model. That the steps are theirs is checked first: without a sensitivity they give all 108 statistics of models and
blends that the published code prints, to the last digit. Nothing of the package is used but its data files.

Source: https://github.com/microsoft/aienergy_simulation, ``sensitivity_linput_standard_queries.py``,
``sensitivity_linput_long_queries.py``, ``sensitivity_PU_proportionality_traditional_queries.py`` and
``sensitivity_PU_proportionality_long_queries.py``.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SOURCE = Path(__file__).parents[1] / "src" / "wattquery"
ROWS = SOURCE / "catalog" / "data" / "oviedo2026.csv"
PUBLISHED = SOURCE / "paper" / "published.toml"
SUPPLEMENT = SOURCE / "paper" / "supplement.toml"

MODELS = ("DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B", "Mixtral 8x22B", "Llama 3.1 70B")
MEDIANS = {"traditional": 300, "long": 5000}
INPUT_LENGTHS = (500, 1000, 5000)
SEED, DRAWS = 42, 10_000
LEVELS = {"p5": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95}
PRINTED_OF_INPUTS = ("p25", "p50", "p75", "mean")
"""What the scripts of input lengths print of each blend; those of power print all levels."""

HEADER = """\
# What the authors' scripts of the supplement print: written by data/follow_paper.py, which follows their steps from
# their seed and says how that was checked. In Wh per query at the facility; 10,000 draws per model.
#
# Source: the public analysis code of Oviedo et al., https://github.com/microsoft/aienergy_simulation, sensitivity_*.py.
# blend: the three models with the highest median, which the scripts mix and call models of more than 200 billion
# parameters.
"""

Floats = NDArray[np.float64]
Statistics = dict[str, str]


class Throughputs:
    """Throughput of each model by lengths: least squares of logarithms, or the larger of two rows."""

    def __init__(self) -> None:
        lengths = ["Input Length", "Output Length", "Tokens per Second (TPS)"]
        rows = pd.read_csv(ROWS, encoding="utf-8-sig")
        rows = rows[rows["Quantization"] == "FP8"]
        numbers = rows[lengths].apply(pd.to_numeric, errors="coerce").assign(Model=rows["Model"]).dropna()
        tables = {str(name): table for name, table in numbers.groupby("Model", sort=False) if len(table) > 1}
        self.largest = {name: float(table[lengths[2]].max()) for name, table in tables.items()}
        self.fits: dict[str, Floats] = {}
        for name, table in tables.items():
            if len(table) > 2:
                logs = np.log(table[lengths].to_numpy(dtype=np.float64))
                design = np.column_stack([np.ones(len(logs)), logs[:, :2]])
                self.fits[name] = np.linalg.lstsq(design, logs[:, 2], rcond=None)[0]
        # Fitted models are drawn first, then those with one number.
        self.order = [*self.fits, *(name for name in tables if name not in self.fits)]

    def of(self, model: str, input_tokens: float, output_tokens: NDArray[np.int64]) -> Floats:
        """Return tokens per second for each of some answers."""
        if model not in self.fits:
            return np.full(output_tokens.size, self.largest[model])
        intercept, ln_input, ln_output = self.fits[model]
        outputs = np.log(np.maximum(output_tokens, 1e-6))
        return np.minimum(
            np.exp(intercept + ln_input * np.log(input_tokens) + ln_output * outputs), self.largest[model]
        )


def lognormal(p5: float, p95: float, size: int) -> Floats:
    """Return the next draws of a lognormal that is given by two percentiles."""
    sigma = (np.log(p95) - np.log(p5)) / (2.0 * 1.645)
    return np.random.lognormal(np.log(p5) + 1.645 * sigma, sigma, size)  # noqa: NPY002 - the legacy generator is theirs


def run(
    throughputs: Throughputs, workload: str, input_tokens: int = 500, weight: float = 0.0, follows: bool = False
) -> dict[str, Any]:
    """Return what a script prints of one setting: statistics of models, of blends by lever, and what was blended.

    Parameters
    ----------
    throughputs
        Of the models.
    workload, input_tokens, weight
        Length of answers, of prompts, and how much of an answer's token a prompt's token costs.
    follows
        Whether power follows throughput.
    """
    energies = {}
    for model in throughputs.order:
        lengths = np.random.exponential(MEDIANS[workload] / np.log(2.0), DRAWS)  # noqa: NPY002 - theirs
        output_tokens = np.round(lengths).astype(np.int64)
        rate = throughputs.of(model, input_tokens, output_tokens)
        share = None if follows else lognormal(0.4, 0.9, DRAWS)
        pue = lognormal(1.05, 1.6, DRAWS)
        if share is None:
            share = 0.24 + 0.56 * np.clip(rate / throughputs.largest[model], 0.0, 1.0)
        power = 12.8 if model == "DeepSeek-R1" else 10.2
        energies[model] = pue * power * share * (output_tokens + weight * input_tokens) / rate / 3.6
    blended = sorted(MODELS, key=lambda model: -float(np.median(energies[model])))[:3]
    blend = np.concatenate([within(within(energies[model], 5, 95), 10, 90) for model in blended])
    # Drawn in this order, and told in another.
    hardware, model, serving = (lognormal(1.5, p95, blend.size) for p95 in (2.5, 10.0, 5.0))
    levers = {"none": 1.0, "model": model, "serving": serving, "hardware": hardware}
    return {
        "blend": blended,
        "models": {name: statistics(energies[name]) for name in MODELS},
        "frontier": {lever: statistics(blend / factor) for lever, factor in levers.items()},
    }


def within(energies: Floats, low: float, high: float) -> Floats:
    """Return what lies between two percentiles."""
    ends = np.percentile(energies, [low, high])
    return energies[(energies >= ends[0]) & (energies <= ends[1])]


def statistics(energies: Floats) -> Statistics:
    """Return what is printed of a distribution, to three decimals."""
    values = dict(zip(LEVELS, np.percentile(energies, list(LEVELS.values())), strict=True)) | {"mean": energies.mean()}
    return {name: f"{value:.3f}" for name, value in values.items()}


def differences(throughputs: Throughputs) -> list[str]:
    """Return where the steps give something else than the published code prints, and how many numbers were compared."""
    published = tomllib.loads(PUBLISHED.read_text(encoding="utf-8"))["code"]["v2"]
    found, compared = [], 0
    for workload in MEDIANS:
        np.random.seed(SEED)  # noqa: NPY002 - theirs
        ours = run(throughputs, workload)
        for kind, theirs in (("models", published["per_model"]), ("frontier", published["frontier"])):
            for name, values in theirs[workload].items():
                for statistic, text in values.items():
                    compared += 1
                    if ours[kind][name][statistic] != text:
                        found.append(f"{workload}, {name}, {statistic}: {ours[kind][name][statistic]}, printed {text}")
    assert compared == 108
    return found


def supplement(throughputs: Throughputs) -> str:
    """Return the file."""
    lines = [HEADER]
    for workload in MEDIANS:
        np.random.seed(SEED)  # noqa: NPY002 - once a script, and then on from one input length to the next
        for input_tokens in INPUT_LENGTHS:
            found = run(throughputs, workload, input_tokens, weight=1.0 / 30.0)
            lines += table(f"input_length.{workload}.{input_tokens}", found, PRINTED_OF_INPUTS)
    for workload in MEDIANS:
        np.random.seed(SEED)  # noqa: NPY002 - theirs
        found = run(throughputs, workload, follows=True)
        lines += table(f"power_follows_throughput.{workload}", found, (*LEVELS, "mean"), with_models=True)
    return "\n".join(lines)


def table(name: str, found: Mapping[str, Any], statistics: tuple[str, ...], with_models: bool = False) -> list[str]:
    """Return the lines of one setting."""
    lines = [f"[{name}]", f"blend = [{', '.join(map(quoted, found['blend']))}]", ""]
    for kind in ("frontier", "models") if with_models else ("frontier",):
        lines.append(f"[{name}.{kind}]")
        for label, values in found[kind].items():
            cells = ", ".join(f"{statistic} = {quoted(values[statistic])}" for statistic in statistics)
            lines.append(f"{label if label.isalpha() else quoted(label)} = {{ {cells} }}")
        lines.append("")
    return lines


def quoted(text: str) -> str:
    """Return a text as TOML has it."""
    return f'"{text}"'


def main() -> int:
    """Write or check the file; return the exit code."""
    parser = argparse.ArgumentParser(description="Follow the published code to the steps of its supplement.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if the file says something else"
    )
    arguments = parser.parse_args()
    throughputs = Throughputs()
    wrong = differences(throughputs)
    if wrong:
        print("The steps are not those of the published code:", *wrong, sep="\n")
        return 1
    text = supplement(throughputs)
    if arguments.check:
        return int(SUPPLEMENT.read_text(encoding="utf-8") != text)
    SUPPLEMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
