"""A multiple of a logarithm in single precision, against double precision over the range of floats."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numba import njit

from wattquery.kernels.compiling.compile import FLAGS
from wattquery.kernels.random.single import log_scaled, log_single, scaled_logarithm

SCALED = scaled_logarithm(1.0)


@njit(**FLAGS)
def scaled(x, out):
    for i in range(out.size):
        out[i] = log_scaled(x[i], SCALED)


@njit(**FLAGS)
def single(x, out):
    for i in range(out.size):
        out[i] = log_single(x[i])


def test_it_is_the_logarithm() -> None:
    x = np.exp(np.random.default_rng(1).uniform(-80.0, 80.0, 20_000)).astype(np.float32)
    x = np.append(x, np.float32([1.0, 2.0, 0.5, 1.0 + 2.0**-23, 1.0 - 2.0**-24]))
    expected = np.log(x.astype(np.float64))
    coefficients = scaled_logarithm(1.0)
    found = np.array([log_scaled(one, coefficients) for one in x])
    assert (np.abs(found - expected) < 1e-7 + 2.0**-23 * np.abs(expected)).all()
    bins = np.array([log_scaled(one, scaled_logarithm(1024.0)) for one in x])
    assert (np.abs(bins / 1024.0 - expected) < 1e-7 + 2.0**-23 * np.abs(expected)).all()
    assert log_scaled(np.float32(1.0), coefficients) == 0.0


@pytest.mark.parametrize("loop", [scaled, single])
def test_exponents_have_32_bits(loop) -> None:
    """With those of 64, a vector holds half as many, and a draw under load takes a fifth longer."""
    x = np.float32([0.5, 3.0])
    loop(x, np.empty_like(x))
    compiled = loop.inspect_llvm(loop.signatures[0])
    assert re.search(r"sitofp (<\d+ x )?i32", compiled)
    assert not re.search(r"sitofp (<\d+ x )?i64", compiled)
