"""`wattquery trajectory` and its pictures."""

from __future__ import annotations

import json
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.text import Text

import wattquery as wq
from command_line import runner
from wattquery import plot
from wattquery.cli import main

LONG = "a course of demand that somebody gave a rather long name"


def run(*arguments: str, code: int = 0) -> str:
    result = runner().invoke(main, ["trajectory", *arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


def test_the_table_has_a_row_for_each_date():
    text = run("adoption", "--shared-draws", "256")
    rows = [line.split() for line in text.splitlines() if line.startswith("20")]
    assert [row[0] for row in rows] == [f"{year}-01-01" for year in range(2026, 2036)]
    ds = wq.trajectory("adoption", shared_draws=256)
    assert [float(row[3]) for row in rows] == pytest.approx(ds["energy_per_day"].values, rel=1e-3)
    assert [float(row[6]) for row in rows] == pytest.approx(ds["energy_credible"].sel(credible=0.95).values, rel=1e-3)
    assert "not a forecast" in text
    assert "serving 3 to 90 %" in text


def test_levels_are_said_with_commas_or_repeated():
    few = ("mixed", "--start", "2026-01-01", "--stop", "2026-01-01", "--shared-draws", "256", "--threads", "1")
    for levels in (("--level", "0.5,0.8"), ("--level", "0.8", "--level", "0.5")):
        text = run(*few, *levels)
        assert all(name in text for name in ("P10 [GWh/day]", "P50 [GWh/day]", "P90 [GWh/day]"))
        assert "P25" not in text
    assert "--level x,0.5" in run(*few, "--level", "x,0.5", code=2)
    assert "--shared-draws" in run(*few, "--outer", "256", code=2)


def test_options_that_are_repeated_become_axes():
    text = run("mixed", "--start", "2026-01-01", "--stop", "2027-01-01", "--growth", "0.1", "--growth", "0.5")
    rows = [line.split() for line in text.splitlines() if line.startswith("0.")]
    assert [row[:3] for row in rows if row[1] == "2027-01-01"] == [
        ["0.1", "2027-01-01", "1.100"],
        ["0.5", "2027-01-01", "1.500"],
    ]


def test_json_has_dates_as_text():
    found = json.loads(run("adoption", "--stop", "2027-01-01", "--rebound", "0.2", "--json"))
    assert found["coords"]["date"]["data"] == ["2026-01-01", "2027-01-01"]
    assert found["coords"]["rebound"]["data"] == 0.2
    assert found["data_vars"]["energy_per_day"]["attrs"]["units"] == "GWh/day"


def test_files_and_pictures_are_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run("adoption", "--step", "quarter", "--seed", "3", "-o", "out.nc", "--plot", "out.svg")
    assert said.splitlines()[-1] == "out.svg: trajectory"
    assert (tmp_path / "out.svg").read_text().startswith("<?xml")
    with xr.open_dataset("out.nc") as ds:
        assert ds.sizes["date"] == 37
        assert ds.attrs["seed"] == 3
    drawn = runner().invoke(main, ["plot", "out.nc", "--kind", "trajectory", "-o", "again.png"])
    assert drawn.exit_code == 0, drawn.output
    growths = ("--growth", "0.1", "--growth", "0.2", "--preset", "v1", "--preset", "v2-text")
    chosen = ("--plot", "one.svg", "--over", "growth", "--select", "preset=v1")
    assert run("adoption", *growths, *chosen).startswith("one.svg: trajectory")
    assert "exists" in run("adoption", "-o", "out.nc", code=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("adoptoin",), "Did you mean 'adoption'"),
        (("mixed",), "start is missing"),
        (("adoption", "--growth", "30"), "30 % as 0.3"),
        (("adoption", "--stop", "2025-01-01"), "before start"),
        (("adoption", "--shared-draws", "300"), "power of two"),
        (("adoption", "--plot", "x.gif"), "'.gif'"),
        (("adoption", "--over", "growth"), "--over needs --plot"),
        (
            (
                "adoption",
                "--growth",
                "0.1",
                "--growth",
                "0.2",
                "--preset",
                "v1",
                "--preset",
                "v2-text",
                "--plot",
                "x.svg",
            ),
            "--over preset with --select growth=0.1",
        ),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert message in run(*arguments, code=2)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def _no_display():
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


COURSES = {
    "plain": {},
    "months": {"stop": "2026-06-01", "step": "month", "rebound": 0.4},
    "long": {"stop": "2060-01-01", "rebound": 1.2},
    "days": {"dates": ["2027-03-28", "2027-03-30", "2027-04-03"]},
    "growth": {"growth": [0.1, 0.3, 0.5]},
    "names": {"growth": {LONG: 0.1, "table": {"2026-01-01": 1e9, "2035-01-01": 2e9}, "c": -0.1, "d": 0.2, "e": 0.3}},
    "rebound": {"rebound": [0, 0.2, 0.5, 1, 1.5], "step": "quarter"},
    "presets": {"preset": ["v2-code", "v1"]},
    "no levers": {"adoption": {}},
    "one interval": {"level": 0.8},
}


def drawn(name: str, **more):
    return plot.trajectory(wq.trajectory("adoption", shared_draws=256, **COURSES[name]), **more)


@pytest.mark.parametrize("option", [["--size", "slide"], ["--style", "grey"], ["--facet", "growth"]])
def test_the_look_of_a_picture_needs_one(cli, option):
    assert f"{option[0]} needs --plot" in cli.refused("trajectory", "adoption", *option)


@pytest.mark.usefixtures("_no_display")
@pytest.mark.parametrize("name", COURSES)
def test_a_picture_has_units_and_no_text_over_text(name):
    ax = drawn(name)
    assert ax.get_title(loc="left")
    assert ax.get_ylabel().replace("\n", " ") == "energy per day [GWh/day, facility and overhead]"
    figure = ax.get_figure()
    figure.canvas.draw()
    low, high = ax.get_xlim(), ax.get_ylim()
    hidden = {
        label
        for axis, (first, last) in ((ax.xaxis, low), (ax.yaxis, high))
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        if not first <= tick.get_loc() <= last
        for label in (tick.label1, tick.label2)
    }
    texts = [one for one in figure.findobj(Text) if one.get_text().strip() and one.get_visible() and one not in hidden]
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [(one.get_text(), Text.get_window_extent(one)) for one in texts]
    for text, box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -1.0, f"{text!r} leaves the picture"
    for (first, one), (second, other) in combinations(boxes, 2):
        across, down = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across < 1.0 or down < 1.0, f"{first!r} lies over {second!r}"


@pytest.mark.usefixtures("_no_display")
def test_what_a_picture_shows_is_the_course():
    ds = wq.trajectory("adoption", shared_draws=256, rebound=0.3)
    ax = plot.trajectory(ds)
    lines = {line.get_label(): line.get_ydata() for line in ax.lines if not line.get_label().startswith("_")}
    np.testing.assert_array_equal(lines["expected"], ds["energy_per_day"])
    np.testing.assert_array_equal(lines["expected, before rebound"], ds["energy_with"])
    np.testing.assert_array_equal(lines["no lever adopted"], ds["energy_without"])
    np.testing.assert_array_equal(lines["median (P50)"], ds["energy_credible"].sel(credible=0.5))
    words = [one.get_text() for one in ax.get_figure().legends[0].get_texts()]
    assert words[-2:] == ["P5 to P95", "P25 to P75"]
    assert ax.get_yscale() == "linear"
    assert drawn("long").get_yscale() == "log"


@pytest.mark.usefixtures("_no_display")
@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda ds: plot.trajectory(ds.isel(date=[0])), "two dates or more"),
        (lambda ds: plot.trajectory(ds.isel(date=0)), "must have the dimension 'date'"),
        (lambda ds: plot.trajectory(ds.drop_vars("energy_without")), "wattquery.trajectory"),
        (lambda ds: plot.trajectory(ds), r"ds.sel\(rebound=0\.0\)"),
        (lambda ds: plot.trajectory(ds, "growth"), r"ds.sel\(rebound=0\.0\)"),
        (lambda ds: plot.trajectory(ds, "grow"), "Did you mean 'growth'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    ds = wq.trajectory("adoption", shared_draws=256, growth=[0.1, 0.2], rebound=[0.0, 0.5])
    with pytest.raises(wq.InputError, match=message):
        draw(ds)


def test_progress_is_shown_where_someone_watches(cli, terminal):
    quick = ("adoption", "--stop", "2028-01-01", "--shared-draws", "256")
    assert cli("trajectory", *quick).exit_code == 0
    assert sum(terminal) == 1000
    terminal.clear()
    assert cli("trajectory", *quick, "--no-progress").exit_code == 0
    assert not terminal


def test_a_store_has_what_memory_would(tmp_path):
    path = str(tmp_path / "a.zarr")
    options = ("adoption", "--start", "2026-01-01", "--stop", "2027-01-01", "--shared-draws", "256", "--store", path)
    assert run(*options).strip() == f"{path}: Energy of a fleet per day over time, one"
    expected = wq.trajectory("adoption", start="2026-01-01", stop="2027-01-01", shared_draws=256)
    xr.testing.assert_equal(wq.stores.open(path).drop_vars("done"), expected)
    assert "growth of adoption is" in run(*options, "--growth", "0.1", code=2)
