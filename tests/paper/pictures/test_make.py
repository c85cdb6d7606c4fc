"""All in one call: files, refusals before any work, progress."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure

import wattquery as wq
from wattquery.paper.pictures import drawing, make, page


@pytest.fixture
def computed(monkeypatch, found, rows):
    """Compute nothing again; returns what was asked for."""
    asked = []
    monkeypatch.setattr(make, "comparison", lambda _: rows)
    monkeypatch.setattr(make, "computed", lambda preset, _, **arguments: asked.append((preset, arguments)) or found)
    return asked


@pytest.fixture
def two_figures(monkeypatch):
    few = tuple(figure for figure in make.FIGURES if figure.name in ("figure-1a", "figure-3"))
    for module in (make, page):
        monkeypatch.setattr(module, "FIGURES", few)
    for kind in ("models", "days"):
        monkeypatch.setitem(drawing.DRAWN_BY, kind, plain)


def plain(figure, _):
    """Return a picture that takes no time; what real ones show is tested elsewhere."""
    picture = Figure(figsize=(2, 1), layout="constrained")
    picture.subplots().set_title(figure.heading)
    return picture


def test_a_folder_has_pictures_tables_and_a_page(tmp_path, computed, two_figures):
    shares = []
    rows = wq.paper.figures(
        tmp_path / "figures", method="exact", seed=7, formats=["svg", "png", "svg"], progress=shares.append
    )
    assert sorted(one.name for one in (tmp_path / "figures").iterdir()) == [
        "figure-1a.csv",
        "figure-1a.png",
        "figure-1a.svg",
        "figure-3.csv",
        "figure-3.png",
        "figure-3.svg",
        "index.html",
        "other-claims.csv",
    ]
    table = pd.read_csv(tmp_path / "figures" / "figure-3.csv", dtype={"published": str}, keep_default_na=False)
    own = rows[rows["figure"] == "figure-3"].drop(columns="figure")
    assert list(table.columns) == list(own.columns)
    assert table["published"].tolist() == own["published"].tolist()
    assert table["computed"].astype(float).tolist() == own["computed"].tolist()
    assert "preset v2-code, method exact, no draws" in (tmp_path / "figures" / "index.html").read_text()
    assert shares[-1] == 1.0
    assert computed[0][0].name == "v2-code"
    assert computed[0][1] == {"method": "exact", "draws": None, "seed": 7, "threads": None}


def test_the_same_call_gives_the_same_bytes(tmp_path, computed, two_figures):
    for name in ("one", "two"):
        wq.paper.figures(tmp_path / name, method="exact", formats="svg")
    for one in (tmp_path / "one").iterdir():
        assert one.read_bytes() == (tmp_path / "two" / one.name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"formats": "gif"}, "formats must be some of 'png', 'svg', 'pdf', got 'gif'"),
        ({"formats": []}, "got none. Write \\['png'\\]"),
        ({"formats": 3}, "formats must be a list of"),
        ({"replace": 1}, "replace must be True or False, got 1"),
        ({"preset": "default"}, "which stands for none"),
        ({"preset": "v3"}, "preset must be one of"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_is_wrong_is_told_before_any_work(tmp_path, computed, arguments, message):
    with pytest.raises(wq.InputError, match=message):
        wq.paper.figures(tmp_path / "figures", **arguments)
    assert not computed
    assert not (tmp_path / "figures").exists()


def test_a_lack_of_matplotlib_is_told_before_any_work(tmp_path, computed, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(wq.InputError, match=r"Figures need matplotlib, which is not installed. Run pip install"):
        wq.paper.figures(tmp_path / "figures")
    assert not computed
