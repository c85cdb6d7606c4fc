"""What predictions under a load rest on, in words: cells that rest on the same share a line."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery.sweeps.support_words import missing_because, support_lines

INSTANCE = {"hardware": "H100 SXM", "precision": "FP8", "method": "exact"}
MODELS = ["Llama 3.1 70B", "Llama 3.1 405B", "gpt-oss-120b"]


def made(support: list[list[str]], reasons: list[list[str]] | None = None) -> xr.Dataset:
    """Return a result of two models at two loads that rests on something."""
    dims = ("model", "load")
    words = np.array(support)
    return xr.Dataset(
        {
            "support": (dims, words),
            "support_rows": (dims, np.where(words == "measured", 1, 2000)),
            "support_basis": (dims, np.full(words.shape, "rows")),
            "unsupported_reason": (dims, np.array(reasons or np.full(words.shape, ""))),
        },
        {"model": ["A", "B"], "load": [0.1, 0.5]},
    )


def test_axes_that_tell_nothing_are_left_out() -> None:
    assert support_lines(made([["measured", "measured"]] * 2)) == ["support: measured, 1 row: rows"]
    assert support_lines(made([["measured", "supported"]] * 2)) == [
        "support (load 0.1): measured, 1 row: rows",
        "support (load 0.5): supported, 2,000 rows: rows",
    ]
    assert support_lines(made([["measured", "measured"], ["measured", "supported"]])) == [
        "support (A, load 0.1; A, load 0.5; B, load 0.1): measured, 1 row: rows",
        "support (B, load 0.5): supported, 2,000 rows: rows",
    ]


def test_reasons_are_said_where_they_are_wanted() -> None:
    ds = made([["measured", "measured"], ["none", "none"]], [["", ""], ["too large", "too large"]])
    assert support_lines(ds)[1:] == ["support (B): none: too large"]
    assert support_lines(ds, reasons=False) == ["support (A): measured, 1 row: rows"]
    assert missing_because(ds, {"model": 1, "load": 0, "quantile": 3}) == ": too large"
    assert missing_because(ds, {"model": 0, "load": 0}) == ""
    assert (support_lines(xr.Dataset()), missing_because(xr.Dataset(), {})) == ([], "")


def test_many_cells_and_many_lines_are_cut() -> None:
    count = 20
    names = [f"m{i}" for i in range(count)]
    same = {"support": "supported", "support_rows": 2, "unsupported_reason": ""}
    ds = xr.Dataset({key: ("model", np.full(count, value)) for key, value in same.items()}, {"model": names})
    ds["support_basis"] = ("model", np.array(["a", *["b"] * (count - 1)]))
    assert support_lines(ds)[1] == "support (m1; m2; m3; m4; 15 more): supported, 2 rows: b"
    ds["support_basis"] = ("model", np.array(names))
    assert len(support_lines(ds)) == 13
    assert support_lines(ds)[-1] == "support: 8 more lines like these, see the variable support"


def test_a_sweep_is_told_as_its_estimate_is() -> None:
    ds = wq.sweep(MODELS[0], load=[0.1, 0.5], **INSTANCE)
    (line,) = support_lines(ds)
    assert line.removeprefix("support: ") in str(wq.estimate(MODELS[0], load=0.5, **INSTANCE))


def test_a_blend_of_what_has_no_answer_says_why() -> None:
    ds = wq.sweep(MODELS[:2], load=[0.1, 0.5], accelerators=1, keep_histogram=True, **INSTANCE)
    with pytest.raises(wq.InputError, match=r"ds\['supported'\] tells which are: its weights take 408 GB"):
        wq.blend(ds)
