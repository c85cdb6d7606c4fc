"""Writes what a capacity planner has at hand: benchmarks of two kinds of nodes, and a log of requests.

All of it is made up, and none of it is a measurement. Llama 3.3 70B in FP8 is served by vLLM on four H100, and on two
B200; each was benchmarked at six concurrencies with `vllm bench serve`, and `measured.csv` has the same as a table of
measurements. The log has a row for each request of a week, many of which belong to sessions of agents, whose next
request has most of the last one in the cache.

Files are the same on every machine: nothing is drawn but from a seed.

Run it: python examples/planner_inputs.py planner
"""

from __future__ import annotations

import argparse
import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

MODEL = "meta-llama/Llama-3.3-70B-Instruct"
INPUT, OUTPUT = 1200, 350  # tokens of each request of the benchmarks
ROUNDS = 20  # requests that each of the simultaneous users sends
TIMES = {  # concurrency: time to the first token and to each further one [ms]
    "h100": {4: (152, 12.4), 8: (176, 13.5), 16: (231, 16.1), 32: (297, 20.2), 64: (452, 29.3), 128: (728, 46.5)},
    "b200": {4: (98, 8.6), 8: (117, 9.1), 16: (135, 10.1), 32: (181, 12.5), 64: (249, 16.7), 128: (401, 26.9)},
}
NODES = {"h100": ("H100 SXM", 4), "b200": ("B200", 2)}
MEASURED = ("row_id", "model", "hardware", "n_gpus", "precision", "serving", "batch_size_avg", "avg_input_tokens")
MEASURED += ("avg_output_tokens", "output_tokens_per_s", "tpot_mean_s", "ttft_mean_s")
REQUESTS, DAYS, SEED = 50_000, 7, 42


def benchmark(concurrency: int, first_ms: float, next_ms: float) -> dict[str, object]:
    """Return what `vllm bench serve` writes for one concurrency that is kept up."""
    count = ROUNDS * concurrency
    seconds = ROUNDS * (first_ms + (OUTPUT - 1) * next_ms) / 1e3
    return {
        "date": "20261102-101500",
        "backend": "vllm",
        "model_id": MODEL,
        "num_prompts": count,
        "completed": count,
        "request_rate": "inf",
        "max_concurrency": concurrency,
        "duration": seconds,
        "total_input_tokens": count * INPUT,
        "total_output_tokens": count * OUTPUT,
        "request_throughput": count / seconds,
        "output_throughput": count * OUTPUT / seconds,
        "total_token_throughput": count * (INPUT + OUTPUT) / seconds,
        "mean_ttft_ms": first_ms,
        "mean_tpot_ms": next_ms,
    }


def measurements() -> list[list[object]]:
    """Return the benchmarks as rows of a table of measurements, under `MEASURED`."""
    rows: list[list[object]] = []
    for node, (hardware, accelerators) in NODES.items():
        for concurrency, (first_ms, next_ms) in TIMES[node].items():
            rate = benchmark(concurrency, first_ms, next_ms)["output_throughput"]
            setting = [
                f"{node}-{concurrency}",
                MODEL,
                hardware,
                accelerators,
                "FP8",
                "vLLM",
                concurrency,
                INPUT,
                OUTPUT,
            ]
            rows.append([*setting, rate, next_ms / 1e3, first_ms / 1e3])
    return rows


def requests() -> list[list[object]]:
    """Return the rows of the log: a week, more of them by day than by night, in sessions of 1 to 12 requests."""
    random = np.random.default_rng(SEED)
    busy = 1.0 + 0.8 * np.sin((np.arange(24) - 9.0) / 24.0 * 2.0 * np.pi)
    start = datetime(2026, 11, 9, tzinfo=UTC)
    rows: list[list[object]] = []
    session = 0
    while len(rows) < REQUESTS:
        hour = random.choice(24, p=busy / busy.sum())
        time = start + timedelta(
            days=int(random.integers(DAYS)), hours=int(hour), seconds=float(random.uniform(0, 3600))
        )
        context = 0
        for _ in range(min(random.geometric(0.3), 12, REQUESTS - len(rows))):
            new, answer = int(random.lognormal(6.2, 0.9)) + 1, int(random.lognormal(5.3, 0.8)) + 1
            failed = random.random() < 0.004
            spent = 0 if failed else answer
            rows.append([time.isoformat(), f"s{session}", context + new, spent, context, 500 if failed else 200])
            time += timedelta(seconds=float(random.exponential(40.0)))
            context += new + answer
        session += 1
    return sorted(rows, key=lambda row: str(row[0]))


def write(folder: Path) -> None:
    """Write all files into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for node, points in TIMES.items():
        for concurrency, times in points.items():
            path = folder / f"{node}-{concurrency}.json"
            path.write_text(json.dumps(benchmark(concurrency, *times), indent=2) + "\n", encoding="utf-8")
    with (folder / "measured.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([MEASURED, *measurements()])
    with (folder / "requests.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["timestamp", "session_id", "prompt_tokens", "completion_tokens", "cached_tokens", "status"])
        table.writerows(requests())


def main(arguments: list[str] | None = None) -> None:
    """Write the files into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Write benchmarks and a log of requests, all made up, to try with.")
    parser.add_argument("folder", nargs="?", default="planner", help="made if it is not there; planner by default")
    write(Path(parser.parse_args(arguments).folder))


if __name__ == "__main__":
    main()
