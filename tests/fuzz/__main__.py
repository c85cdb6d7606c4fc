"""`python -m fuzz`: all doors, so many cases each; exit code 1 and a case to paste for each kind of failure."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from fuzz.benchmark_files import benchmark_files
from fuzz.calls import calls
from fuzz.command_lines import command_lines
from fuzz.doors import ANSWERED, benchmark_case, call_case, file_case, line_case, measured_case
from fuzz.guards import ADDRESS_SPACE, Folder, limit_memory
from fuzz.logs import log_lines
from fuzz.measurements import measurements
from fuzz.running import run
from fuzz.seeds import check_seeds
from fuzz.tables import file_lines
from fuzz.world import write_files


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000, help="cases of the command line")
    parser.add_argument("--calls", type=int, default=2_000, help="cases of Python calls")
    parser.add_argument("--files", type=int, default=2_000, help="cases of tables, specs, scenarios and results")
    parser.add_argument("--benchmarks", type=int, default=5_000, help="cases of files that benchmarks wrote")
    parser.add_argument("--measured", type=int, default=5_000, help="cases of measurements that calibrate")
    parser.add_argument("--logs", type=int, default=2_000, help="cases of request logs")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same cases")
    parser.add_argument("--no-shrink", action="store_true", help="print the first case of a kind, not the smallest")
    parser.add_argument("--quick", action="store_true", help="begin with few valid cases")
    arguments = parser.parse_args()
    limit_memory()
    print(f"seed {arguments.seed}, address space {ADDRESS_SPACE / 2**30:g} GiB", flush=True)
    failures = []
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        write_files(Path(place))
        folder = Folder(Path(place))
        folder.remember()
        check_seeds(folder, arguments.quick)
        folder.remember()
        doors = (
            ("command line", command_lines, line_case, arguments.lines),
            ("Python calls", calls, call_case, arguments.calls),
            ("files", file_lines, file_case, arguments.files),
            ("request logs", log_lines, file_case, arguments.logs),
            ("benchmark files", benchmark_files(), benchmark_case, arguments.benchmarks),
            ("measurements", measurements(), measured_case, arguments.measured),
        )
        for name, strategy, check, cases in doors:
            if cases == 0:
                continue
            started = time.monotonic()
            ANSWERED.update(answered=0, refused=0)
            found = run(
                strategy,
                lambda case, check=check: check(folder, case),
                cases,
                arguments.seed,
                shrink=not arguments.no_shrink,
                told=lambda failure: print(
                    f"FAILED {failure.kind}\n    {failure.case!r}\n    {failure.message}", flush=True
                ),
            )
            failures += found
            print(
                f"{name}: {cases:,} cases in {time.monotonic() - started:.0f} s, {ANSWERED['answered']:,} answered, "
                f"{ANSWERED['refused']:,} refused, {len(found)} kinds of failure",
                flush=True,
            )
        os.chdir("/")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
