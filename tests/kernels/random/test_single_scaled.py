"""A multiple of a logarithm in single precision, against double precision over the range of floats."""

from __future__ import annotations

import numpy as np

from wattquery.kernels.random.single import log_scaled, scaled_logarithm


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
