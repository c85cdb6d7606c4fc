"""`explore` writes a page, whole or not at all, from a Dataset or a study."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import wattquery as wq
from explorer.page_engine import PageEngine
from explorer.studies import loaded_dataset
from wattquery.errors import InputError, InputTypeError
from wattquery.explorer import exploring
from wattquery.explorer.presets import preset_study

TWO = ["DeepSeek-R1", "Llama 3.1 405B"]


def study_of(path: Path) -> dict:
    (text,) = re.findall(
        r'<script type="application/json" id="study">(.*?)</script>', path.read_text("utf-8"), re.DOTALL
    )
    return json.loads(text)


def test_a_dataset_becomes_a_page_with_sliders(tmp_path):
    ds = wq.sweep(TWO, draws=20_000)
    path = wq.explore(ds, tmp_path / "study.html", title="A <study>")
    study = study_of(path)
    assert study["title"] == "A <study>"
    assert study["engine"]
    assert study["why_no_engine"] == ""
    engine = PageEngine(study)
    found = engine.statistics(engine.choice(model="DeepSeek-R1"))
    said = ds.sel(model="DeepSeek-R1")
    errors = 5.0 * said["energy_stderr"].values  # of the draws: one in a million is further off
    assert all(abs(found["quantiles"] - said["energy"].values) < errors + 0.002 * said["energy"].values)


def test_a_study_is_computed_and_explored(tmp_path):
    path = wq.explore("DeepSeek-R1", tmp_path / "study.html", pue=[1.1, wq.Triangular(low=1.0, mode=1.1, high=1.5)])
    study = study_of(path)
    assert [axis["labels"] for axis in study["axes"] if axis["name"] == "pue"] == [
        ["1.1", "Triangular(low=1, mode=1.1, high=1.5)"]
    ]
    assert study["engine"]


def test_a_blend_has_its_distribution_and_no_sliders(tmp_path):
    ds = wq.blend(wq.sweep(wq.ALL, method="exact", keep_histogram=True), labels=3, trim=(0.14, 0.86))
    study = study_of(wq.explore(ds, tmp_path / "blend.html"))
    assert study["engine"] is None
    assert "something made of one" in study["why_no_engine"]
    engine = PageEngine(study)
    found = engine.statistics({})
    assert found["quantiles"] == ds["energy"].values.ravel().tolist()
    share = engine.ask("engine.share_below(engine.cell(study, {}), 0.3)")
    assert share == pytest.approx(0.487, abs=0.01)
    assert max(engine.ask("engine.density(engine.cell(study, {}), [0.1, 0.3, 1])")) > 0.1


def test_stored_quantiles_do_without_a_histogram(tmp_path):
    ds = wq.sweep("DeepSeek-R1", method="exact").assign_attrs(catalog_hash="0")
    study = study_of(wq.explore(ds, tmp_path / "few.html"))
    engine = PageEngine(study)
    assert engine.statistics({})["quantiles"] == pytest.approx(ds["energy"].values.ravel().tolist())
    assert engine.ask("engine.density(engine.cell(study, {}), [0.3])") is None


def test_a_page_of_ten_thousand_cells_is_small(tmp_path):
    ds = loaded_dataset()
    path = wq.explore(
        ["Llama 3.1 70B", "gpt-oss-120b"],
        tmp_path / "large.html",
        hardware=["H100 SXM", "B200"],
        load=[round(0.02 * place, 2) for place in range(1, 51)],
        workload="azure_conversation",
        pue=[round(1.05 + 0.05 * place, 2) for place in range(10)],
        levers=["none", "model", "serving", "hardware", "routing"],
    )
    assert path.stat().st_size < 5e6
    study = study_of(path)
    sizes = [len(axis["labels"]) for axis in study["axes"]]
    cells = 1
    for size in sizes:
        cells *= size
    assert cells == 10_000
    assert ds.sizes["load"] == 2


def test_what_is_there_stays_and_nothing_half_written_is_left(tmp_path, monkeypatch):
    ds = wq.sweep("DeepSeek-R1", method="exact")
    path = tmp_path / "study.html"
    path.write_text("mine")
    with pytest.raises(InputError, match="exists"):
        wq.explore(ds, path)
    assert path.read_text() == "mine"
    monkeypatch.setattr(exploring, "explorer_page", lambda payload: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        wq.explore(ds, path, replace=True)
    assert path.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["study.html"]


@pytest.mark.parametrize(
    ("source", "path", "arguments", "said"),
    [
        ("DeepSeek-R1", "study.htm", {}, "must end in '.html'"),
        ("DeepSeek-R1", 7, {}, "path must be text"),
        ("DeepSeek-R1", "s.html", {"title": 7}, "title must be text"),
        ("DeepSeek-R1", "s.html", {"replace": 1}, "replace must be True or False"),
        ("DeepSeek-R1", "s.html", {"colour": 1}, "explore"),
        ("grid.nc", "s.html", {}, "Open it first"),
        (7, "s.html", {}, "model"),
        (wq.ALL, "s.html", {"input_tokens": list(range(1, 10_002))}, "at most 50,000 cells"),
    ],
)
def test_refusals_are_one_sentence(tmp_path, monkeypatch, source, path, arguments, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((InputError, InputTypeError), match=said):
        wq.explore(source, path, **arguments)
    assert not list(tmp_path.iterdir())


def test_a_dataset_takes_no_axes_beside_it(tmp_path):
    with pytest.raises(InputTypeError, match="takes no 'pue' beside a Dataset"):
        wq.explore(wq.sweep("DeepSeek-R1", method="exact"), tmp_path / "s.html", pue=1.1)


def test_the_frontier_is_a_page_by_name(tmp_path):
    study = study_of(wq.explore("frontier", tmp_path / "s.html"))
    assert study["start"]["model"] == "blend:0"
    assert study["made"]["preset"] == "v2-code"


@pytest.mark.parametrize("name", ["v2-code", "corrected"])
def test_presets_of_the_paper_begin_with_the_frontier(name, tmp_path):
    model, arguments = preset_study(name)
    study = study_of(wq.explore(model, tmp_path / "s.html", **arguments))
    assert study["start"]["model"] == "blend:0"
    assert study["start"]["boundary"] == study["axes"][-1]["labels"].index("facility")
