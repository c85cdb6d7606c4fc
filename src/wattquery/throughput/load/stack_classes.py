"""Serving stacks by what their speed has in common: the system, and the generation of its releases."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["builds", "is_old", "stack_class", "stack_classes"]

_FRAMEWORK_BENCH = "llm-inference-bench"
"""Source whose stacks, of 2024 and untuned, are half as fast as the same ones elsewhere."""

_GENERATIONS = (
    ("vLLM", r"0\.[0-6](?!\d)", "vLLM 0.6 and before"),
    ("vLLM", r"0\.11(?!\d)", "vLLM 0.11"),
    ("TensorRT-LLM", r"0\.1[02](?!\d)", "TensorRT-LLM 0.10 and 0.12"),
)
"""Serving system, how its version begins, and what such builds are called."""

_NEW_SINCE = 2025.1
"""Release date of vLLM 0.7, the first with the V1 engine of all later releases [decimal years]."""

_UNTUNED = " (untuned)"
_DISAGGREGATED = " (disaggregated)"


def stack_class(serving: str, version: str, source: str, date: float = np.nan) -> str:
    """Return the class of a serving stack: its name, with a generation where that is a stack of its own.

    Parameters
    ----------
    serving, version, source
        Labels of a row; empty where they are not known.
    date
        Of the build or the measurement [decimal years]: where no version is stated, it tells the old vLLM from others.

    Examples
    --------
    >>> stack_class("vLLM", "", "", 2024.6)
    'vLLM 0.6 and before'
    >>> stack_class("vLLM", "0.5.4", ""), stack_class("vLLM", "0.14.0", ""), stack_class("SGLang", "", "")
    ('vLLM 0.6 and before', 'vLLM', 'SGLang')
    """
    if source == _FRAMEWORK_BENCH:
        return serving + _UNTUNED
    if serving == "vLLM" and not version and date < _NEW_SINCE:
        return _GENERATIONS[0][2]
    for system, pattern, name in _GENERATIONS:
        if serving == system and re.match(pattern, version):
            return name
    return serving


def stack_classes(
    serving: Sequence[str],
    version: Sequence[str],
    source: Sequence[str],
    date: Sequence[float],
    disaggregated: Sequence[bool],
) -> NDArray[np.object_]:
    """Return the class of each row's stack; see `stack_class`.

    A system whose prefill and decoding have accelerators of their own is a class of its own, with or without Dynamo.
    """
    made = np.empty(len(serving), dtype=object)
    made[:] = [
        name.removeprefix("Dynamo+") + _DISAGGREGATED if apart else stack_class(name, release, origin, when)
        for name, release, origin, when, apart in zip(serving, version, source, date, disaggregated, strict=True)
    ]
    return made


def is_old(name: str) -> bool:
    """Return whether a class of stacks is one whose speed may be far from what stacks do today.

    Examples
    --------
    >>> is_old("vLLM 0.11"), is_old("vLLM")
    (True, False)
    """
    return (
        name.endswith((_UNTUNED, _DISAGGREGATED)) or "Dynamo" in name or any(name == one for _, _, one in _GENERATIONS)
    )


def builds(system: str, release: str, serving: Sequence[str], version: Sequence[str]) -> NDArray[np.float64]:
    """Return 1 for rows of one release of a serving system, else 0.

    Parameters
    ----------
    system, release
        Its name, and how the version begins.
    serving, version
        Labels of the rows.

    Examples
    --------
    >>> builds("vLLM", "0.11", ["vLLM", "vLLM"], ["0.11.0", "0.12.0"])
    array([1., 0.])
    """
    pairs = zip(serving, version, strict=True)
    begins = re.compile(re.escape(release) + r"(?!\d)")
    return np.array([float(name == system and begins.match(written) is not None) for name, written in pairs])
