"""The timed half of `benchmarks.compare`: a process that knows one tree's package and does what it is told.

Requests come as one line of JSON each and are answered by one; nothing else may be printed here.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CALIBRATION = 3


def processor_seconds() -> float:
    """Return the time that the processors spent on this process and on those it started and waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


CLOCKS = {"processor": processor_seconds, "wall": time.perf_counter}


def main() -> None:
    """Answer requests until the input ends."""
    parser = argparse.ArgumentParser(prog="benchmarks.worker", description="Answers requests of benchmarks.compare.")
    parser.parse_args()
    # What a subject prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    import wattquery

    works: dict[str, Any] = {}
    answers.write(json.dumps({"source": str(Path(wattquery.__file__).resolve().parent)}) + "\n")
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            answer = _prepare(request["prepare"], works)
        else:
            clock, work = works[request["time"]]
            answer = {"seconds": _seconds(clock, work, request["number"])}
        answers.write(json.dumps(answer) + "\n")


def _prepare(name: str, works: dict[str, Any]) -> dict[str, Any]:
    """Compile a subject; answer what one call takes, or why this tree cannot run it."""
    from benchmarks.subjects import SUBJECTS

    subject = next(one for one in SUBJECTS if one.name == name)
    try:
        work = subject.prepare()
        clock = CLOCKS[subject.clock]
        seconds = min(_seconds(clock, work, 1) for _ in range(CALIBRATION))
    # Whatever a tree of another time raises means the same here: it has no such subject.
    except Exception as error:
        # A failed import names the file too, which lies in a directory that is about to go.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].split(" (/")[0]
        return {"lacks": reason, "skipped": isinstance(error, NotImplementedError)}
    works[name] = clock, work
    return {"seconds": seconds}


def _seconds(clock: Callable[[], float], work: Callable[[], object], number: int) -> float:
    """Return the seconds of ``number`` calls."""
    begin = clock()
    for _ in range(number):
        work()
    return clock() - begin


if __name__ == "__main__":
    main()
