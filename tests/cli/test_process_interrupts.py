"""Ctrl-C as a signal to real processes: while it imports, compiles and runs, on the command line and in Python.

Two seconds are what is promised on a machine of one's own. Tests share theirs, where a step of the compiler may take
several: what they hold is a bound that a whole kernel, or a whole task, would break by far.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")

PATIENCE = 8.0
"""Seconds: compiling what these children do takes 20 and more, and their runs take hours."""

SAY = (
    "import os, signal, sys; said = []\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # shells have background jobs ignore it
    "def say(word):\n"
    "    said.append(word)\n"
    "    if len(said) == 1:\n        os.write(1, word.encode() + b'\\n')\n"
)
"""Once, and in one piece: several threads say it."""


COMPILING = (
    "from wattquery.kernels.compiling.cache import KernelCache\n"
    "real = KernelCache.load_overload\n"
    "def load(*arguments):\n    say('begun'); return real(*arguments)\n"
    "KernelCache.load_overload = load\n"
)
RUNNING = (
    "from wattquery.methods import monte_carlo, pick_freeze\n"
    "def told(real):\n    def kernel(*arguments):\n        real(*arguments); say('begun')\n    return kernel\n"
    "monte_carlo.count_tile = told(monte_carlo.count_tile)\n"
    "pick_freeze.pick_freeze = told(pick_freeze.pick_freeze)\n"
)
CLI = "from wattquery.__main__ import run; sys.argv[1:] = {words}; run()"


def interrupted(code: str, after: float = 0.0, env: dict[str, str] | None = None) -> tuple[int, str, str, float]:
    """Return how a child ends, what it said, and after how many seconds, if it is interrupted once it says "begun"."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": env}
    with subprocess.Popen([sys.executable, "-c", SAY + code], **pipes) as process:
        try:
            assert process.stdout.readline() == "begun\n"
            time.sleep(after)
            assert process.poll() is None
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60.0)
            return process.returncode, out, err, time.monotonic() - start
        finally:
            process.kill()


SAID_BY_AN_IMPORT = "sys.meta_path.insert(0, type('Said', (), {'find_spec': lambda *name: say('begun')}))"
"""So that the interrupt cannot come before the first line of `run`."""


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATTQUERY_CACHE_DIR", str(tmp_path))


@pytest.mark.parametrize("after", [0.0, 0.02, 0.1, 0.3])
def test_while_it_imports(after: float) -> None:
    words = ["estimate", "DeepSeek-R1", "--draws", "100000000000"]
    code = f"from wattquery.__main__ import run; sys.argv[1:] = {words}; {SAID_BY_AN_IMPORT}; run()"
    status, out, err, _ = interrupted(code, after)
    assert (status, out, err) == (130, "", "\nInterrupted.\n")


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize(("threads", "after"), [(1, 1.0), (2, 0.5)])
def test_while_it_compiles(threads: int, after: float) -> None:
    words = ["estimate", "DeepSeek-R1", "--method", "monte_carlo", "--threads", str(threads)]
    status, out, err, seconds = interrupted(COMPILING + CLI.format(words=words), after)
    assert (status, out, err) == (130, "", "\nInterrupted.\n")
    assert seconds < PATIENCE


@pytest.fixture(scope="module")
def _compiled() -> None:
    """Have all kernels of the children on disk: what comes first must be a run, and no compilation."""
    import wattquery as wq

    _small_sweep()
    wq.sensitivity.sobol("DeepSeek-R1", draws=2**12, output_tokens=[100, 200], threads=1)


@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("threads", [1, 2])
def test_while_it_runs(threads: int) -> None:
    words = ["estimate", "DeepSeek-R1", "--draws", "100000000000", "--threads", str(threads)]
    status, out, err, seconds = interrupted(RUNNING + CLI.format(words=words), 0.3)
    assert (status, out, err) == (130, "", "\nInterrupted.\n")
    assert seconds < PATIENCE


IN_PYTHON = """
import threading, time
import wattquery as wq
try:
    {call}
except KeyboardInterrupt:
    moment = time.monotonic()
    left = [one for one in threading.enumerate() if one.name.startswith("wattquery")]
    print(moment, len(left), str(wq.sweep("DeepSeek-R1", draws=1000, threads=1)["energy"].values.tolist()))
"""
SWEEP = "wq.sweep('DeepSeek-R1', output_tokens=list(range(100, 160)), draws=10**10, threads={threads})"
SOBOL = "wq.sensitivity.sobol('DeepSeek-R1', draws=2**22, output_tokens=list(range(100, 160)), threads={threads})"


@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize(("call", "threads"), [(SWEEP, 1), (SOBOL, 2)], ids=["sweep", "sobol"])
def test_in_python_the_session_goes_on(call: str, threads: int) -> None:
    status, out, err, seconds = interrupted(RUNNING + IN_PYTHON.format(call=call.format(threads=threads)), 0.2)
    sent = time.monotonic() - seconds
    moment, rest = out.split(maxsplit=1)
    assert (status, err) == (0, "")
    assert rest == f"0 {_small_sweep()}\n"
    assert float(moment) - sent < PATIENCE


@pytest.mark.slow
@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize(("after", "threads"), [(0.3, 1), (1.0, 2), (2.5, 1), (4.0, 2), (6.0, 1)])
def test_what_was_broken_off_is_compiled_again(threads: int, after: float) -> None:
    """A compiler that was stopped half-way still gives the same numbers."""
    call = f"wq.sweep('DeepSeek-R1', draws=1000, threads={threads})"
    code = COMPILING + IN_PYTHON.format(call=call).replace("threads=1", f"threads={threads}")
    status, out, err, _ = interrupted(code, after)
    assert (status, err) == (0, "")
    assert out.split(maxsplit=1)[1] == f"0 {_small_sweep()}\n"


def _small_sweep() -> str:
    import wattquery as wq

    return str(wq.sweep("DeepSeek-R1", draws=1000, threads=1)["energy"].values.tolist())
