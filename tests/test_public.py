"""The front door: what the package offers, and what importing it costs."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wattquery as wq

DOCS = Path(__file__).parent.parent / "docs"
ROOMS = (
    "",
    ".catalog",
    ".claims",
    ".kernels",
    ".paper",
    ".plot",
    ".scenarios",
    ".sensitivity",
    ".stores",
    ".validation",
    ".workloads",
)


@pytest.fixture(scope="module")
def documented():
    """Return the full names that the documents describe: in directives, or for kinds of draws in a sentence."""
    found = set()
    for page in DOCS.glob("*.md"):
        module = ""
        for directive, name in re.findall(
            r"^\.\. ([\w:]+):: ([\w.]+)$", page.read_text(encoding="utf-8"), re.MULTILINE
        ):
            if directive == "currentmodule":
                module = name
            elif directive.startswith(("auto", "py:")):
                found.add(name if name.startswith("wattquery") else f"{module}.{name}")
    constants = re.findall(r"`([A-Z_]+)`", (DOCS / "kernels.md").read_text(encoding="utf-8"))
    return found | {f"wattquery.kernels.{name}" for name in constants}


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_documented(documented, room):
    offered = importlib.import_module(f"wattquery{room}")
    rooms = {f"wattquery{one}" for one in ROOMS} | {"wattquery.kernels.ufuncs"}  # of which the documents show classes
    names = {f"wattquery{room}.{name}" for name in offered.__all__ if not name.startswith("__")}
    assert names - rooms - documented == set()


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
