"""The front door: what the package offers, and what importing it costs."""

import subprocess
import sys

import pytest

import wattquery as wq


@pytest.mark.parametrize("name", wq.__all__)
def test_every_public_name_is_there(name):
    assert getattr(wq, name) is not None
    assert name in dir(wq)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="swep"):
        wq.swep  # noqa: B018 - the look-up is what is tested


def test_functions_are_not_shadowed_by_modules():
    assert callable(wq.sweep)
    assert callable(wq.blend)
    assert callable(wq.estimate)


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import wattquery", {"numba", "xarray", "pandas", "scipy", "click"}),
        ("import wattquery; wattquery.LogNormal(1, 2); wattquery.catalog.load('oviedo2026')", {"numba", "xarray"}),
        ("import wattquery; wattquery.sweep", {"scipy.signal", "scipy.stats", "matplotlib"}),
    ],
)
def test_imports_stay_light(code, absent):
    probe = f"import sys; {code}; print(*sorted({absent!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


def test_errors_are_value_errors():
    assert issubclass(wq.InputError, ValueError)
    assert issubclass(wq.InputTypeError, (TypeError, wq.InputError))
