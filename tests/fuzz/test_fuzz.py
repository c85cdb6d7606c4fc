"""A small run of the fuzzer, in a process of its own: its address space is bounded, and a hang ends it alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
CASES = ("--lines", "40", "--calls", "80", "--files", "40", "--benchmarks", "100", "--measured", "250", "--logs", "100")


@pytest.mark.skipif(sys.platform == "win32", reason="bounds on memory and time are those of POSIX")
def test_changed_calls_end_in_an_answer_or_in_a_sentence():
    paths = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH")]))
    result = subprocess.run(
        [sys.executable, "-m", "fuzz", *CASES, "--no-shrink", "--quick"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
