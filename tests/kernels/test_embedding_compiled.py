"""Kernels that users compile in ways of their own: fastmath, cached, parallel, and as the first to name a function."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

import wattquery as wq

FASTMATH = """
import re
import numba
import wattquery as wq
from wattquery.kernels import equation

@numba.njit(fastmath=True)
def mine(u):
    return wq.kernels.standard_normal(u) + wq.kernels.energy(300.0, 500.0, u, 1.0, 1.0, 10.0)

mine(0.3)
compiled = wq.kernels.standard_normal
print(len(re.findall(r"f(?:add|mul) fast", compiled.inspect_llvm(compiled.signatures[0]))))
"""


def test_a_users_fastmath_does_not_reach_our_kernels():
    environment = {**os.environ, "WATTQUERY_CACHE_DIR": "off"}
    done = subprocess.run([sys.executable, "-c", FASTMATH], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "0"


def charged(stream, model, out):
    """All that a user's kernel may call; what lies between the calls rounds alike in every mode."""
    for i in numba.prange(out.shape[0]):
        length = wq.kernels.exponential(400.0, wq.kernels.uniform(stream, i))
        rate = wq.kernels.throughput(*model, 500.0, length)
        share = wq.kernels.power_utilization(0.24, 0.56, rate, model[3])
        out[i, 0] = wq.kernels.energy(length, 500.0, rate, share, 1.2, 10.2)
        out[i, 1] = wq.kernels.lognormal(0.1, 0.3, wq.kernels.uniform(stream, i))
        out[i, 2] = wq.kernels.gaussian(0.1, 0.3, wq.kernels.uniform(stream, i))
        out[i, 3] = wq.kernels.log_factors(share, 1.2, 10.2, 2.5)
        out[i, 4] = wq.kernels.energy(-length, 500.0, rate, share, 1.2, 10.2)


@pytest.mark.parametrize("options", [{"fastmath": True}, {"parallel": True}, {"parallel": True, "fastmath": True}])
def test_the_same_bits_however_a_kernel_is_compiled(options):
    stream, model = wq.kernels.stream(7, "mine"), (10.824, -0.562, 0.262, 9.768)
    expected, found = np.zeros((2, 3000, 5))
    numba.njit(charged)(stream, model, expected)
    numba.njit(**options)(charged)(stream, model, found)
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(found[:, 4]).all()
    assert np.isfinite(found[:, :4]).all()


CACHED = """
import numba
import wattquery as wq

@numba.njit(cache=True)
def mine(stream, model, out):
    for i in range(out.size):
        length = wq.kernels.exponential(400.0, wq.kernels.uniform(stream, i))
        rate = wq.kernels.throughput(*model, 500.0, length)
        out[i] = wq.kernels.energy(length, 500.0, rate, 0.6, 1.2, 10.2)
"""
CALL_CACHED = """
import numpy as np
import wattquery as wq
from users import mine
out = np.zeros(1000)
mine(wq.kernels.stream(7, "mine"), (10.824, -0.562, 0.262, 9.768), out)
print(sum(mine.stats.cache_hits.values()), out.sum().hex())
"""


def test_a_users_cached_kernel_gives_the_same_again(tmp_path):
    (tmp_path / "users.py").write_text(CACHED)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "WATTQUERY_CACHE_DIR": "off"}
    command = [sys.executable, "-W", "error", "-c", CALL_CACHED]
    settings = {"capture_output": True, "text": True, "check": True, "env": environment, "cwd": tmp_path}
    told = [subprocess.run(command, **settings).stdout.split() for _ in range(2)]
    assert [hits for hits, _ in told] == ["0", "1"]
    assert told[0][1] == told[1][1]


FIRST_NAMED = """
import sys
import numba
import wattquery as wq

@numba.njit
def mine(length):
    return wq.kernels.energy(length, 500.0, 2000.0, 1.0, 1.0, 10.0)

print("wattquery.kernels" in sys.modules, round(mine(300.0), 4))
"""


def test_a_users_kernel_may_be_the_first_to_name_a_function():
    """Where it is imported in the middle of a compilation."""
    done = subprocess.run([sys.executable, "-c", FIRST_NAMED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "0.4167"]


IMPORTS = """
import json, sys
import wattquery.kernels
found = {"light": sorted({"numba", "scipy", "xarray"} & set(sys.modules))}
from numba.core import event
with event.install_recorder("numba:compile") as record:
    from wattquery.kernels import *
    import wattquery.kernels.ccallables
    import wattquery.kernels.scalars
    import wattquery.kernels.ufuncs
found["compiled"] = len(record.buffer)
found["heavy"] = "xarray" in sys.modules
print(json.dumps(found))
"""


def test_importing_compiles_nothing():
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"light": [], "compiled": 0, "heavy": False}


def test_no_function_is_named_like_a_file():
    """Importing that file would put it in the function's place."""
    files = {path.stem for path in Path(wq.kernels.__file__).parent.glob("*.py")}
    assert files & set(wq.kernels.__all__) == {"ccallables", "ufuncs"}


def test_every_file_is_in_the_table():
    files = {path.stem for path in Path(wq.kernels.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {file for file in files if f"``{file}``" in wq.kernels.__doc__ or f"`{file}`" in wq.kernels.__doc__}


@pytest.mark.parametrize("name", wq.kernels.__all__)
def test_every_name_is_there(name):
    assert getattr(wq.kernels, name) is not None
    assert name in dir(wq.kernels)


@pytest.mark.parametrize("module", [wq.kernels, wq.kernels.ufuncs, wq.kernels.ccallables])
def test_unknown_names_are_refused(module):
    with pytest.raises(AttributeError, match="enrgy"):
        module.enrgy  # noqa: B018 - the look-up is what is tested
