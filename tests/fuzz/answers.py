"""What must hold of every answer, whatever was asked: ordered quantiles, energies that can be, JSON, clean text."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import xarray as xr

from fuzz.guards import CaseError

__all__ = ["check_answer", "check_json", "check_message", "check_text"]

MOST_WH = 1e15
"""More energy than mankind uses in some days is no energy of a query, and of no fleet's day either."""

LONGEST_MESSAGE = 20_000
_EXPONENT = re.compile(r"\d(?:\.\d+)?e\+(\d+)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def check_answer(answer: Any) -> None:
    """Check what a public function returned."""
    if hasattr(answer, "quantiles") and hasattr(answer, "mean") and isinstance(answer.quantiles, dict):
        _check_energies(np.array(list(answer.quantiles.values())), "quantiles")
        _check_energies(np.array([answer.mean]), "mean")
    if isinstance(answer, xr.Dataset) and "supported" in answer:
        supported = answer["supported"]
        for name in ("energy", "energy_mean"):
            if name in answer and str(answer[name].attrs.get("units", "Wh")) == "Wh":
                array, there = xr.broadcast(answer[name], supported)
                values = array.values[there.values.astype(bool)]
                _check_energies(values[np.newaxis] if values.ndim == 0 else values.ravel()[:, np.newaxis], name)
        if "energy" in answer and "quantile" in answer["energy"].dims and answer["energy"].attrs.get("units") == "Wh":
            steps = answer["energy"].diff("quantile").values
            if np.any(steps < 0.0):
                raise CaseError("energies are not ordered by quantile")
    if hasattr(answer, "to_dict") and type(answer).__module__.startswith("wattquery"):
        _plain(answer.to_dict())
    elif type(answer).__module__.startswith("wattquery"):
        str(answer)
        repr(answer)


def _plain(value: Any) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            hash(key)
            _plain(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _plain(one)


def _check_energies(values: Any, name: str) -> None:
    """Check energies along the last dimension."""
    if not np.all(np.isfinite(values)):
        raise CaseError(f"{name} is not finite though supported")
    if np.any(values < 0.0) or np.any(values > MOST_WH):
        raise CaseError(f"{name} is negative or astronomically large")
    if np.any(np.diff(values, axis=-1) < 0.0):
        raise CaseError(f"{name} are not ordered")


def check_json(text: str) -> None:
    """Check that text is JSON without NaN, and its energies."""

    def refuse(constant: str) -> None:
        raise CaseError(f"{constant} in JSON")

    try:
        value = json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise CaseError(f"not JSON: {error}") from None
    _walk(value, "")


def _walk(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            _walk(one, key if "energy" in key or "_wh" in key else path)
    elif isinstance(value, list):
        for one in value:
            _walk(one, path)
    elif isinstance(value, float) and path and not (math.isfinite(value) and abs(value) < MOST_WH**2):
        raise CaseError(f"{path} in JSON is astronomically large")


def check_text(text: str, which: str, known: str = "", refused: bool = False) -> None:
    """Check that text can be shown on a terminal, and that no energy in it is absurd; a refusal repeats any."""
    if set(_CONTROL.findall(text)) - set(known):
        raise CaseError(f"control characters on {which}")
    for line in text.splitlines():
        if " Wh" in line and not refused and any(int(one) > 15 for one in _EXPONENT.findall(line)):
            raise CaseError("astronomically large energy printed")


def check_message(text: str) -> None:
    """Check that a message is a message."""
    if not text.strip():
        raise CaseError("a refusal without a word")
    if len(text) > LONGEST_MESSAGE:
        raise CaseError("message too long")
    if "Traceback" in text:
        raise CaseError("traceback in a message")
