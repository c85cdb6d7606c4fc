"""What `explore` takes and refuses, and what its page then says."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from explorer.page_engine import LEVELS, PageEngine
from explorer.random_states import said_by
from explorer.studies import payload


@cache
def small() -> xr.Dataset:
    return wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], pue=[1.1, 1.5], method="exact")


def explored(tmp_path: Path, ds: Any, **arguments: Any) -> dict[str, Any]:
    """Return what the page of a Dataset holds."""
    path = wq.explore(ds, tmp_path / "page.html", **arguments)
    text = path.read_text(encoding="utf-8")
    return json.loads(text.split('<script type="application/json" id="study">')[1].split("</script>")[0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda ds: ds.rename(pue="site"), "along 'site'"),
        (lambda ds: ds.expand_dims(run=[1, 2]), "along 'run'"),
        (lambda ds: ds.drop_vars("pue"), "has no labels"),
        (lambda ds: ds.assign_coords(model=["mine", "yours"]).sel(quantile=[0.25, 0.75]), "needs its quantiles"),
        (lambda ds: ds.assign_coords(model=["mine", "yours"]).isel(quantile=slice(None, None, -1)), "must increase"),
    ],
)
def test_a_dataset_that_no_page_can_show_is_refused(tmp_path, change, said):
    with pytest.raises(wq.InputError, match=said):
        wq.explore(change(small()), tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_dataset_with_other_quantiles_is_computed_again(tmp_path):
    page = explored(tmp_path, wq.sweep("DeepSeek-R1", method="exact", quantiles=[0.1, 0.9]))
    found = PageEngine(page).statistics({"model": 0})
    assert found["quantiles"] == pytest.approx([small_estimate().quantiles[level] for level in LEVELS], rel=0.003)


@cache
def small_estimate() -> Any:
    return wq.estimate("DeepSeek-R1", method="exact")


def test_few_draws_are_told_of(tmp_path):
    drawn = wq.sweep("DeepSeek-R1", draws=500, seed=1)
    page = explored(tmp_path, drawn)
    said = PageEngine(page).ask("engine.caveats(study, {model: 0})")
    assert any("500 draws" in text for text in said)
    assert not explored(tmp_path, small(), replace=True)["sampling"]


def test_draws_too_few_for_an_error_prove_nothing(tmp_path):
    drawn = wq.sweep("DeepSeek-R1", method="exact")
    drawn["energy_stderr"] = xr.full_like(drawn["energy_stderr"], np.inf)
    assert "too few" in explored(tmp_path, drawn.assign(energy=2 * drawn["energy"]))["why_no_engine"]


def test_levers_by_concurrency_are_computed_at_every_load():
    draft = wq.Lever("draft", by_concurrency={1: 3.0, 64: 1.2})
    study = payload("gpt-oss-120b", hardware="H100", load=[0.1, 0.5], levers={"none": "none", "draft": [draft]})
    engine = PageEngine(study)
    for load in (0.1, 0.27, 0.5):
        moved = {} if load in (0.1, 0.5) else {"load": load}
        found = engine.statistics(engine.choice(levers="draft", load=0.5 if moved else load), moved)
        said = wq.estimate("gpt-oss-120b", hardware="H100", load=load, levers=draft, method="exact")
        assert found["quantiles"] == pytest.approx([said.quantiles[level] for level in LEVELS], rel=0.005)


@pytest.mark.parametrize("moved", [{}, {"input_tokens": 50}])
def test_just_beside_one_running_sequence_ranges_are_those_of_their_side(moved):
    arguments = {"hardware": "B200", "workload": "agent"}
    engine = PageEngine(payload("gpt-oss-120b", concurrency=[0.3, 64], **arguments))
    places = engine.payload["engine"]["load"]["values"]
    for concurrency in (0.8, 0.97, 1.03, 1.2):
        at_it = PageEngine(payload("gpt-oss-120b", concurrency=concurrency, **arguments)).statistics({}, moved)
        found = engine.statistics({}, {"concurrency": concurrency, **moved})
        assert found["quantiles"] == pytest.approx(at_it["quantiles"], rel=0.005), places


def test_levers_by_concurrency_beside_any_distribution_have_no_sliders():
    mixed = [wq.Lever("draft", by_concurrency={1: 3.0, 64: 1.2}), wq.Lever("ours", wq.Uniform(low=1, high=3))]
    assert (
        "another distribution"
        in payload("gpt-oss-120b", hardware="H100", load=0.5, levers={"m": mixed})["why_no_engine"]
    )


def test_calls_of_truncated_factors_and_own_levers_can_be_run():
    study = payload(
        "Llama 3.1 405B",
        pue=wq.Truncated(wq.LogNormal(p5=1.05, p95=1.6), low=1),
        levers=["none", wq.Lever("ours", wq.Uniform(low=1, high=3))],
    )
    engine = PageEngine(study)
    for levers, moved in (("none", {}), ("ours", {}), ("ours", {"pue": 1.2})):
        choice = engine.choice(levers=levers)
        found = engine.statistics(choice, moved)
        assert said_by(engine.call(choice, moved)["python"]) == pytest.approx(found["quantiles"], rel=0.01)
    call = engine.call(engine.choice(levers="none"), {"lever:ours": "on"})
    assert call["python"] == ""
    assert "lever" in call["reason"]


def test_a_blend_says_whose_lengths_are_extrapolated_and_moved_lengths_that_nobody_checked():
    engine = PageEngine(payload(wq.ALL))
    said = engine.ask("engine.caveats(study, {model: 'blend:0'}, {output_tokens: 100000})")
    assert any(text.startswith("Extrapolated: for") and "DeepSeek-R1" in text for text in said)
    assert any("not checked here" in text for text in said)
    assert not any("not checked" in text for text in engine.ask("engine.caveats(study, {model: 0}, {})"))
