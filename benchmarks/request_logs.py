"""Request logs read, each in a fresh process: ``python -m benchmarks.request_logs --help``.

Prints rows per second, by the clock and by processor time, and peak resident memory: it must not grow with the log. On
a machine that others use too, processor time tells more.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.memory import run_python

ONE = """
import json, sys, time
import pandas
import wattquery as wq
wq.read_requests
def peak():  # of this process alone, where getrusage has that of the one it was forked from
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
wall, processor = time.perf_counter(), time.process_time()
log = wq.read_requests({path!r})
wall, processor = time.perf_counter() - wall, time.process_time() - processor
json.dump([log.requests, wall, processor, before, peak(), log.quantile_error], sys.stdout)
"""

PIECE = 500_000
FORMATS = ("csv", "jsonl", "parquet")


def pieces(rows: int) -> Iterator[pd.DataFrame]:
    """Yield a log in parts: two million different pairs of lengths in ten million rows, a third as many sessions."""
    rng = np.random.default_rng(1)
    for start in range(0, rows, PIECE):
        count = min(PIECE, rows - start)
        columns = {
            "Timestamp": np.round((start + np.arange(count)) / rows * 30 * 86_400, 3),
            "Session ID": rng.integers(0, max(rows // 3, 1), count),
            "Model": "GPT-4",
            "Request tokens": np.ceil(rng.lognormal(6.5, 1.2, count)).astype(int),
            "Response tokens": np.ceil(rng.exponential(400, count)).astype(int),
        }
        yield pd.DataFrame(columns)


def write(path: Path, rows: int) -> None:
    """Write a log."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        from pyarrow import parquet

        writer = None
        for piece in pieces(rows):
            table = pa.Table.from_pandas(piece, preserve_index=False)
            writer = writer or parquet.ParquetWriter(path, table.schema)
            writer.write_table(table)
        if writer:
            writer.close()
        return
    with path.open("w") as file:
        for number, piece in enumerate(pieces(rows)):
            if path.suffix == ".csv":
                piece.to_csv(file, index=False, header=number == 0)
            else:
                piece.to_json(file, orient="records", lines=True)


def taken(kind: str, rows: int) -> str:
    """Return a line on what reading a log takes."""
    with tempfile.TemporaryDirectory(prefix="wattquery-log-") as folder:
        path = Path(folder, f"log.{kind}")
        write(path, rows)
        size = path.stat().st_size
        found = json.loads(run_python("-c", ONE.format(path=str(path))))
    requests, wall, processor, before, peak, error = found
    return (
        f"{kind:8} {requests:>12,} rows  {size / 1e6:8.0f} MB  {wall:7.1f} s  {processor:7.1f} s of processors  "
        f"{requests / processor:10,.0f} rows/s  peak {peak / 2**20:5.0f} MiB ({before / 2**20:.0f} before)  "
        f"quantile error {error:.3f}"
    )


def main() -> None:
    """Print a line for each format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=1e6, help="of each log")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    arguments = parser.parse_args()
    for kind in arguments.formats:
        if kind == "parquet" and importlib.util.find_spec("pyarrow") is None:
            print("parquet  needs pyarrow")
            continue
        print(taken(kind, int(arguments.rows)), flush=True)


if __name__ == "__main__":
    main()
