"""`wattquery plot`: saved results as pictures, whole or not at all."""

from __future__ import annotations

import pytest
import xarray as xr

import wattquery as wq
from wattquery.cli.pictures import SUFFIXES
from wattquery.plot import KINDS
from wattquery.plot.files import SUFFIXES as WRITTEN

SPEC = """
model = ["DeepSeek-R1", "Llama 3.1 405B"]
levers = ["model", "serving"]
method = "exact"
keep_histogram = true
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Saved datasets by what made them."""
    folder = tmp_path_factory.mktemp("results")
    cells = {"model": ["DeepSeek-R1", "Llama 3.1 405B"], "levers": ["model", "serving"]}
    sweep = wq.sweep(**cells, method="exact", keep_histogram=True)
    made = {
        "sweep": sweep,
        "sobol": wq.sensitivity.sobol(**cells, draws=1024),
        "tornado": wq.sensitivity.tornado(**cells),
        "anova": wq.sensitivity.anova(sweep),
        "worth_measuring": wq.sensitivity.worth_measuring(**cells),
        "spider": wq.sensitivity.spider(**cells, factors=["pue", "power_utilization"], levels=[0.1, 0.5, 0.9]),
        "nested": wq.sensitivity.nested(**cells, throughput_fit=False),
        "convergence": wq.sensitivity.convergence(wq.sweep(**cells, draws=20_000)).table,
        "load": wq.sweep("Llama 3.1 70B", hardware=["H200", "B200"], load=[0.1, 1.0], draws=2000),
        "reduction": wq.sensitivity.reduction(),
        "waterfall": wq.sensitivity.shapley(),
        "trajectory": wq.trajectory("adoption", stop="2028-01-01", growth=[0.1, 0.3], shared_draws=256),
        "fleet": wq.fleet(["traditional", "mixed"], structural=False),
        "capacity": wq.plan_capacity("Llama 3.1 8B", hardware=["L4", "L40S"], queries_per_day=1e6, interactivity=10),
    }
    for name, ds in made.items():
        ds.to_netcdf(folder / f"{name}.nc")
    sweep.to_zarr(folder / "sweep.zarr", zarr_format=2)
    return folder


ONE = ["--select", "model=DeepSeek-R1", "--select", "levers=serving"]
OPTIONS = {
    "trajectory": ["trajectory.nc", "--over", "growth"],
    "violin": ["sweep.nc", "--select", "levers=serving"],
    "ridgeline": ["sweep.zarr", "--select", "levers=serving", "--over", "model"],
    "ecdf": ["sweep.nc", *ONE],
    "heatmap": ["sweep.zarr", "--quantile", "0.95", "--x", "model"],
    "anova": ["anova.nc"],
    "sobol": ["sobol.nc", *ONE, "--scale", "energy"],
    "tornado": ["tornado.nc", *ONE],
    "worth_measuring": ["worth_measuring.nc", *ONE],
    "spider": ["spider.nc", *ONE],
    "nested": ["nested.nc", "--over", "model", "--select", "levers=serving"],
    "convergence": ["convergence.nc"],
    "load_curves": ["load.nc", "--over", "hardware", "--variable", "power"],
    "tradeoff": ["load.nc"],
    "reduction": ["reduction.nc"],
    "waterfall": ["waterfall.nc", "--quantity", "log_reduction"],
    "capacity": ["capacity.nc", "--against", "interactivity"],
    "fleet": ["fleet.nc", "--over", "scenario", "--by", "query_class"],
}


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind(cli, results, kind, suffix):
    name, *options = OPTIONS[kind]
    assert cli.text("plot", results / name, "--kind", kind, "-o", f"a.{suffix}", *options) == f"a.{suffix}: {kind}\n"
    assert list(cli.files()) == [f"a.{suffix}"]
    start = (cli.folder / f"a.{suffix}").read_bytes()[:5]
    assert start == {"png": b"\x89PNG\r", "svg": b"<?xml", "pdf": b"%PDF-"}[suffix]


def test_the_picture_is_that_of_python(cli, results):
    import matplotlib.pyplot as plt

    cli.text("plot", results / "sobol.nc", "--kind", "sobol", "-o", "a.svg", *ONE)
    with xr.open_dataset(results / "sobol.nc") as ds:
        chosen = ds.load().sel(model="DeepSeek-R1", levers="serving", scale="log_energy")
    wq.plot.save(wq.plot.sobol(chosen), cli.folder / "b.svg")
    plt.close("all")
    assert (cli.folder / "a.svg").read_bytes() == (cli.folder / "b.svg").read_bytes()


def test_panels_sizes_and_styles_are_those_of_python(cli, results):
    import matplotlib.pyplot as plt

    look = ["--facet", "levers", "--size", "column", "--style", "grey"]
    cli.text("plot", results / "sweep.nc", "--kind", "violin", "-o", "a.svg", *look)
    with xr.open_dataset(results / "sweep.nc") as ds, wq.plot.styled(size="column", style="grey"):
        wq.plot.save(wq.plot.violin(ds.load(), facet="levers"), cli.folder / "b.svg")
    plt.close("all")
    assert (cli.folder / "a.svg").read_bytes() == (cli.folder / "b.svg").read_bytes()


def test_what_exists_stays_unless_forced(cli, results):
    cli.write("a.svg", "mine")
    options = ["plot", results / "anova.nc", "--kind", "anova", "-o", "a.svg"]
    assert "'a.svg' exists" in cli.refused(*options)
    cli.text(*options, "--force")
    assert b"<svg" in (cli.folder / "a.svg").read_bytes()


@pytest.mark.parametrize(
    ("name", "kind", "options", "named"),
    [
        ("sweep.nc", "violn", [], ["'violn'", "violin"]),
        ("absent.nc", "violin", [], ["absent.nc", "no such file"]),
        ("absent.zarr", "violin", [], ["absent.zarr", "no such file"]),
        ("sweep.csv", "violin", [], ["'.csv'", "'.nc', '.zarr'"]),
        ("sweep.nc", "violin", [], ["--over model with --select levers=model."]),
        (
            "sweep.nc",
            "violin",
            ["--over", "model"],
            ["'levers'", "each: --select levers=model.", "add --facet levers."],
        ),
        ("sweep.nc", "violin", ["--facet", "leves"], ["facet", "Did you mean 'levers'?"]),
        ("anova.nc", "anova", ["--facet", "levers"], ["--facet is for", "'violin'"]),
        ("sweep.nc", "violin", ["--size", "poster"], ["'--size'", "'column', 'page', 'slide'"]),
        ("sweep.nc", "violin", ["--over", "pue"], ["'pue'", "must be a dimension"]),
        ("sweep.nc", "violin", ["--quantile", "0.5"], ["--quantile", "'heatmap'"]),
        ("sweep.nc", "load_curves", [], ["'interactivity'", "load=[...]"]),
        ("nested.nc", "nested", [], ["'model', 'levers'", "--select levers=model."]),
        ("spider.nc", "nested", [], ["'energy'", "sensitivity.nested"]),
        ("sweep.nc", "sobol", [], ["'first_order', 'total_order'", "sensitivity.sobol"]),
        ("sweep.nc", "sobol", ["--select", "model=R1"], ["model=R1", "'DeepSeek-R1'"]),
        ("sweep.nc", "heatmap", ["--variable", "energi"], ["'energi'"]),
        ("sweep.nc", "heatmap", ["--quantile", "0.3"], ["0.3"]),
        ("sweep.nc", "heatmap", ["--scale", "energy"], ["--scale energy", "no scales"]),
        ("sobol.nc", "sobol", [], ["each: --select model=DeepSeek-R1 --select levers=model."]),
        ("sobol.nc", "sobol", ["--select", "modle=x"], ["'modle'", "Did you mean 'model'?"]),
        ("sobol.nc", "violin", [], ["'histogram'", "keep_histogram"]),
        ("tornado.nc", "anova", [], ["'share', 'total_share'"]),
        ("anova.nc", "waterfall", [], ["sensitivity.shapley"]),
        ("waterfall.nc", "waterfall", ["--quantity", "wh"], ["'wh'", "'log_reduction', 'saved'"]),
    ],
)
def test_refusals(cli, results, name, kind, options, named):
    message = " ".join(cli.refused("plot", results / name, "--kind", kind, "-o", "a.png", *options).split())
    for one in named:
        assert one in message


@pytest.mark.parametrize("content", [b"", b"hello", b"CDF\x01", b"\x89HDF\r\n\x1a\n"])
def test_a_file_that_is_no_result(cli, content):
    cli.write("bad.nc", content)
    assert "cannot be read as a saved result" in cli.refused("plot", "bad.nc", "--kind", "sobol", "-o", "a.png")
    (cli.folder / "bad.zarr").mkdir(exist_ok=True)
    assert "cannot be read as a saved result" in cli.refused("plot", "bad.zarr", "--kind", "sobol", "-o", "a.png")


def test_the_output_is_looked_at_first(cli, results, monkeypatch):
    for output, named in (("a.jpg", "'.jpg'"), ("absent/a.png", "No such file or directory")):
        assert named in cli.refused("plot", results / "anova.nc", "--kind", "anova", "-o", output)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    message = cli.refused("plot", results / "anova.nc", "--kind", "anova", "-o", "a.png")
    assert "pip install 'wattquery[plot]'" in message


def test_endings_are_those_that_pictures_can_have():
    assert SUFFIXES == WRITTEN
