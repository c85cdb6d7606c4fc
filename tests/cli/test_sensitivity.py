"""`wattquery sensitivity`: the numbers of the functions in Python, and every refusal before any work."""

from __future__ import annotations

import json

import pytest
import xarray as xr

import wattquery as wq
from wattquery import sensitivity
from wattquery.cli.analyses import ANALYSES
from wattquery.cli.analysis_request import PICTURES

GRID = """
model = ["DeepSeek-R1", "Llama 3.1 405B"]
levers = "model+serving"
pue = ["LogNormal(p5=1.05, p95=1.6)", 1.1]
seed = 3
[sensitivity]
"""
CELLS = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "levers": "model+serving",
    "pue": [wq.LogNormal(p5=1.05, p95=1.6), 1.1],
}
LEVERS = {"levers": "model+serving"}


def sweep(**arguments) -> xr.Dataset:
    return wq.sweep(**CELLS, **{"seed": 3, **arguments})


EXPECTED = {
    'draws = 4096.0\nreplicates = 8\ngroups = {site = ["pue", "power_utilization"]}\nsecond_order = true': (
        "sobol",
        lambda: sensitivity.sobol(
            **CELLS,
            draws=4096,
            replicates=8,
            groups={"site": ["pue", "power_utilization"]},
            second_order=True,
            seed=3,
        ),
    ),
    'draws = 1024\nover = {model = {"DeepSeek-R1" = 0.25, "Llama 3.1 405B" = 0.75}}': (
        "sobol",
        lambda: sensitivity.sobol(
            **CELLS, draws=1024, over={"model": {"DeepSeek-R1": 0.25, "Llama 3.1 405B": 0.75}}, seed=3
        ),
    ),
    'factors = ["output_tokens"]\nends = [0.1, 0.9]': (
        "tornado",
        lambda: sensitivity.tornado(**CELLS, factors=["output_tokens"], ends=(0.1, 0.9), seed=3),
    ),
    'method = "monte_carlo"\ndraws = 1e4': (
        "spider",
        lambda: sensitivity.spider(**CELLS, method="monte_carlo", draws=10_000, seed=3),
    ),
    "": ("elasticity", lambda: sensitivity.elasticity(**CELLS, seed=3)),
    'factor = "pue"\nbins = [0, 0.5, 1]': (
        "given",
        lambda: sensitivity.given(**CELLS, factor="pue", bins=[0, 0.5, 1], seed=3),
    ),
    "bins = 4": ("moment_independent", lambda: sensitivity.moment_independent(**CELLS, bins=4, seed=3)),
    "within = true": (
        "anova",
        lambda: sensitivity.anova(sweep(method="exact", keep_histogram=True), within=True),
    ),
    'axes = ["pue"]\nscale = "natural"': (
        "anova",
        lambda: sensitivity.anova(sweep(method="exact"), axes=["pue"], scale="natural"),
    ),
    "measured_to = {pue = 0.03}\nlevel = 0.5": (
        "worth_measuring",
        lambda: sensitivity.worth_measuring(**CELLS, measured_to={"pue": 0.03}, level=0.5, seed=3),
    ),
    'correlation = {"model+serving" = 0.5}': (
        "reduction",
        lambda: sensitivity.reduction("model+serving", correlation={"model+serving": 0.5}, seed=3),
    ),
    "queries_per_day = 1e9\nbaseline = 0.7": (
        "shapley",
        lambda: sensitivity.shapley("model+serving", queries_per_day=1e9, baseline=0.7, seed=3),
    ),
}


@pytest.mark.parametrize("keys", EXPECTED, ids=lambda keys: f"{EXPECTED[keys][0]} {keys[:12]}")
def test_the_same_as_in_python(cli, keys):
    name, function = EXPECTED[keys]
    cli.write("spec.toml", f'{GRID}index = "{name}"\n{keys}')
    expected = function()
    text = cli.text("sensitivity", "spec.toml")
    assert text.splitlines()[0].startswith(expected.attrs["title"])
    assert len(text.splitlines()) > 4
    cli.text("sensitivity", "spec.toml", "-o", "out.nc")
    with xr.open_dataset("out.nc") as found:
        xr.testing.assert_equal(found.load(), expected)
    assert set(cli.json("sensitivity", "spec.toml")["data_vars"]) == set(expected.data_vars)


def test_every_analysis_is_offered_and_its_picture_exists():
    functions = set(sensitivity.__all__) - {"Convergence", "sobol_of"}
    assert functions <= set(ANALYSES)
    assert set(PICTURES) <= set(ANALYSES)


def test_the_table_shows_values_with_their_intervals(cli):
    cli.write("spec.toml", 'model = "DeepSeek-R1"')
    lines = cli.text("sensitivity", "spec.toml").splitlines()
    ds = sensitivity.sobol("DeepSeek-R1").sel(scale="log_energy", factor="pue")
    (row,) = (line.split() for line in lines if line.startswith("log_energy  pue"))
    low, high = (ds[f"first_order_{end}"].item() for end in ("low", "high"))
    assert row[2] == f"{ds['first_order'].item():#.4g}"
    assert row[3:5] == [f"[{low:#.4g},", f"{high:#.4g}]"]


def test_a_cell_without_data_has_dashes(cli):
    cli.write("spec.toml", 'model = ["Mistral Large", "DeepSeek-R1"]\n[sensitivity]\nindex = "tornado"')
    rows = [line for line in cli.text("sensitivity", "spec.toml").splitlines() if line.startswith("Mistral")]
    assert rows
    assert all(row.split()[-4:] == ["-"] * 4 for row in rows)


def test_convergence_looks_at_the_sweep_as_it_would_be_run(cli):
    cli.write("spec.toml", f'{GRID}index = "convergence"\nrelative_stderr = 0.02'.replace("seed = 3", "draws = 2000"))
    report = sensitivity.convergence(wq.sweep(**CELLS, draws=2000), relative_stderr=0.02)
    assert cli.text("sensitivity", "spec.toml") == f"{report}\n"
    assert cli.json("sensitivity", "spec.toml") == json.loads(json.dumps(report.to_dict()))
    cli.text("sensitivity", "spec.toml", "-o", "out.zarr")
    with xr.open_zarr("out.zarr") as found:
        assert found["draws_needed"].equals(report.table["draws_needed"])


def test_a_table_of_its_own_for_each_analysis(cli):
    cli.write(
        "spec.toml",
        'model = "DeepSeek-R1"\n[sensitivity]\nindex = "tornado"\nfactors = ["pue"]\n'
        "[sensitivity.tornado]\nends = [0.25, 0.75]\n[sensitivity.sobol]\ndraws = 1024\nseed = 1",
    )
    assert cli.json("sensitivity", "spec.toml")["coords"]["end"]["data"] == ["p25", "p75"]
    found = cli.json("sensitivity", "spec.toml", "--index", "sobol")
    assert (found["attrs"]["draws"], found["attrs"]["seed"], found["dims"]["factor"]) == (1024, 1, 1)
    assert (
        cli.json("sensitivity", "spec.toml", "--index", "sobol", "--seed", "8", "--threads", "1")["attrs"]["seed"] == 8
    )


def test_a_fit_may_be_drawn_by_a_number(cli):
    cli.write("spec.toml", f'{GRID}index = "nested"\nthroughput_fit = 0.2\nshared_draws = 256\n')
    assert cli.json("sensitivity", "spec.toml")["attrs"]["throughput_fit_default_log_sigma"] == 0.2


def test_a_sweep_reads_the_same_file(cli):
    cli.write("spec.toml", f"{GRID}draws = 1024\n")
    assert cli.json("sweep", "spec.toml", "--method", "exact")["dims"] == {"model": 2, "pue": 2, "quantile": 5}


def test_progress_is_shown_where_someone_watches(cli, terminal):
    cli.write("spec.toml", 'model = "DeepSeek-R1"\n[sensitivity]\ndraws = 1024')
    assert cli("sensitivity", "spec.toml").exit_code == 0
    assert sum(terminal) == 1000
    terminal.clear()
    cli("sensitivity", "spec.toml", "--no-progress")
    assert not terminal


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ('index = "sobl"', ["index must be", "got 'sobl'", "Did you mean 'sobol'?"]),
        ("index = 3", ["got 3", "'sobol'"]),
        ("draw = 1024", ["[sensitivity]", "'draw'", "Did you mean 'draws'?"]),
        ("samples = 1024", ["the key 'samples' is now called 'draws'. Write that."]),
        ("confidence = 0.9", ["the key 'confidence' is now called 'level'."]),
        ('index = "nested"\nouter = 64', ["the key 'outer' is now called 'shared_draws'."]),
        ('index = "nested"\ncredible = [0.1, 0.9]', ["the key 'credible' is now called 'level'.", "level=0.9 reaches"]),
        ("draws = 1000", ["got 1000", "power of two"]),
        ("draws = 1.5", ["got 1.5", "whole number"]),
        ("replicates = 3", ["power of two", "got 3"]),
        ('second_order = "yes"', ["second_order must be true or false, got 'yes'"]),
        ('factors = ["PUE"]', ["'PUE'", "Did you mean 'pue'?"]),
        ("factors = 3", ["factors must be a list of factors, got 3"]),
        ('over = "modle"', ["'modle'"]),
        ('groups = ["pue"]', ["groups", "dict of lists"]),
        ('estimator = "saltelli"', ["'saltelli'"]),
        ('method = "exact"', ["'exact'", "quasi_monte_carlo"]),
        ("seed = -1", ["seed must be", "got -1"]),
        ("threads = 0", ["threads must be", "got 0"]),
        ('model = "DeepSeek-R1"', ["no key 'model'"]),
        ("progress = 1", ["no key 'progress'"]),
        ('index = "given"', ["'factor'", "lacks"]),
        ('index = "given"\nfactor = "pu"', ["'pu'", "Did you mean 'pue'?"]),
        ('index = "given"\nfactor = "pue"\nbins = [0.5]', ["from 0 to 1", "got [0.5]"]),
        ('index = "tornado"\nends = [0.9, 0.1]', ["[0.9, 0.1]", "increasing"]),
        ('index = "tornado"\nends = "low"', ["ends must be a list", "got 'low'"]),
        ('index = "tornado"\nmethod = "exat"', ["'exat'", "Did you mean 'exact'?"]),
        ('index = "elasticity"\nparameters = ["pues"]', ["'pues'", "Did you mean 'pue'?"]),
        ('index = "moment_independent"\nbins = 3', ["bins must be an even number, got 3"]),
        ('index = "anova"\naxes = ["models"]', ["'models'", "Did you mean 'model'?"]),
        ('index = "anova"\nvariable = "energi"', ["'energi'", "Did you mean 'energy'?"]),
        ('index = "convergence"\nrelative_stderr = 2', ["relative_stderr must lie between 0 and 1, got 2"]),
        ('index = "reduction"\nlevers = "modle"', ["'modle'"]),
        ('index = "shapley"\nbaseline = 1', ["queries_per_day", "is missing"]),
        ("sobol = 3", ["sobol must be a table, got 3"]),
    ],
    ids=lambda value: value.replace("\n", " ")[:50] if isinstance(value, str) else "",
)
def test_a_section_is_refused(cli, section, named):
    cli.write("spec.toml", f"{GRID}{section}\n")
    message = " ".join(cli.refused("sensitivity", "spec.toml", "-o", "out.nc").split())
    for one in named:
        assert one in message


def test_what_the_top_of_the_file_must_have(cli):
    assert "'model' is missing" in cli.refused("sensitivity", cli.write("a.toml", "[sensitivity]\ndraws = 1024"))
    assert "'modle'" in cli.refused("sensitivity", cli.write("b.toml", 'modle = "DeepSeek-R1"'))
    spec = cli.write("c.toml", 'sensitivity = 3\nmodel = "DeepSeek-R1"')
    assert "sensitivity must be a table, got 3" in cli.refused("sensitivity", spec)
    spec = cli.write("d.toml", 'model = ["DeepSeek-R1"]\n[sensitivity]\nindex = "anova"')
    assert "model has 1 label" in cli.refused("sensitivity", spec)
    spec = cli.write("e.toml", '[sensitivity]\nindex = "reduction"')
    assert cli.json("sensitivity", spec)["coords"]["levers"]["data"] == "model+serving+hardware"  # needs no model


@pytest.fixture
def never(monkeypatch):
    """Fail if anything is computed."""

    def computed(*arguments, **options):
        raise AssertionError("the work started")

    monkeypatch.setattr("wattquery.sensitivity.variance.analysis.pick_freeze_sums", computed)
    monkeypatch.setattr("wattquery.sweeps.carry_out.Exact.work", computed)


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--plot", "out.jpg"], ["'.jpg'", "'.png', '.svg', '.pdf'"]),
        (["--plot", "absent/out.png"], ["'absent/out.png'", "No such file or directory"]),
        (["--plot", "taken.png"], ["'taken.png' exists", "--force"]),
        (["--plot", "folder.png", "--force"], ["not a file"]),
        (["--plot", "out.png"], ["one cell for each label", "add --select model=DeepSeek-R1 --select 'pue=LogNormal("]),
        (["--plot", "out.png", "--select", "model=DeepSeek"], ["model=DeepSeek", "Did you mean 'DeepSeek-R1'?"]),
        (["--plot", "out.png", "--select", "model"], ["'model'", "AXIS=LABEL"]),
        (["--plot", "out.png", "--select", "pue=1.1", "--select", "pue=1.1"], ["'pue'", "more than once"]),
        (["--plot", "out.png", "--index", "elasticity"], ["elasticity has no picture", "'sobol'"]),
        (["--select", "pue=1.1"], ["--select needs --plot"]),
        (["--scale", "energy"], ["--scale needs --plot"]),
        (["--scale", "ln", "--plot", "out.png"], ["'ln'", "log_energy"]),
        (["--index", "sobl"], ["Did you mean 'sobol'?"]),
        (["--seed", "-1"], ["got -1"]),
        (["-o", "out.ods"], ["must end in one of '.nc', '.zarr', '.csv'", "'out.ods'"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_options_are_refused_before_the_work(cli, options, named):
    cli.write("spec.toml", GRID)
    cli.write("taken.png", "mine")
    (cli.folder / "folder.png").mkdir()
    message = " ".join(cli.refused("sensitivity", "spec.toml", *options).split())
    for one in named:
        assert one in message


@pytest.mark.usefixtures("never")
def test_pictures_are_an_extra(cli, monkeypatch):
    cli.write("spec.toml", 'model = "DeepSeek-R1"')
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'wattquery[plot]'" in cli.refused("sensitivity", "spec.toml", "--plot", "out.png")


@pytest.mark.parametrize("suffix", ["png", "svg"])
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_and_a_file_at_once(cli, name, suffix):
    cli.write("spec.toml", f"{GRID}[sensitivity.sobol]\ndraws = 1024\n")
    of_a_cell = ("sobol", "tornado", "spider", "nested", "worth_measuring")
    chosen = ["--select", "model=DeepSeek-R1", "--select", "pue=1.1"] if name in of_a_cell else []
    out = cli.text("sensitivity", "spec.toml", "--index", name, "--plot", f"a.{suffix}", "-o", "a.nc", *chosen)
    assert out.splitlines()[1] == f"a.{suffix}: {PICTURES[name]}"
    assert set(cli.files()) == {f"a.{suffix}", "a.nc", "spec.toml"}
    start = (cli.folder / f"a.{suffix}").read_bytes()[:5]
    assert start == (b"\x89PNG\r" if suffix == "png" else b"<?xml")


def test_an_axis_that_is_random_needs_no_selection(cli):
    cli.write("spec.toml", f'{GRID}draws = 1024\nover = ["model", "pue"]')
    cli.text("sensitivity", "spec.toml", "--plot", "a.svg", "--scale", "energy")
    assert "pue" in (cli.folder / "a.svg").read_text()
    message = cli.refused("sensitivity", "spec.toml", "--plot", "b.svg", "--select", "model=DeepSeek-R1")
    assert "no axis 'model'" in message


def test_a_picture_that_cannot_be_drawn_leaves_no_file(cli):
    cli.write("spec.toml", 'model = ["Mistral Large", "DeepSeek-R1"]\n[sensitivity]\nindex = "tornado"')
    options = ["--plot", "a.png", "--select", "model=Mistral Large", "-o", "a.nc"]
    assert "no data for this cell" in cli.refused("sensitivity", "spec.toml", *options)


def test_a_picture_that_cannot_be_written_leaves_what_was_there(cli, monkeypatch):
    from matplotlib.figure import Figure

    def full(self, path, **options):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    cli.write("spec.toml", 'model = "DeepSeek-R1"\n[sensitivity]\nindex = "tornado"')
    cli.write("a.png", "mine")
    monkeypatch.setattr(Figure, "savefig", full)
    assert "No space left" in cli.refused("sensitivity", "spec.toml", "--plot", "a.png", "--force")


def test_the_form_of_throughput_is_an_option_and_a_prompt_counted_twice_is_said(cli):
    cli.write("spec.toml", 'model = "Llama 3.1 405B"\nprefill_weight = 0.1')
    asked = ("sensitivity", "spec.toml", "--index", "tornado", "--throughput-model", "reciprocal")
    direct = sensitivity.tornado("Llama 3.1 405B", prefill_weight=0.1, throughput_model="reciprocal")
    assert direct.attrs["throughput_model"] == "reciprocal"
    assert "prefill counted twice" in direct.attrs["throughput_notes"]
    assert "prefill counted twice" in cli.text(*asked)
    assert cli.json(*asked, "--json")["attrs"]["throughput_model"] == "reciprocal"


def test_levers_have_no_throughput(cli):
    cli.write("spec.toml", 'levers = "model+serving"')
    message = cli.refused("sensitivity", "spec.toml", "--index", "reduction", "--throughput-model", "reciprocal")
    assert "looks at levers alone, which no throughput changes" in message


def test_a_store_has_what_memory_would(cli):
    spec = cli.write("a.toml", GRID + "draws = 1024")
    printed = cli.text("sensitivity", spec, "--store", "a.zarr")
    assert printed.startswith("a.zarr: Variance-based sensitivity of the energy per LLM query, facility boundary")
    stored = wq.stores.open("a.zarr")
    xr.testing.assert_equal(stored.drop_vars("done"), sensitivity.sobol(**CELLS, draws=1024, seed=3))
    assert "draws is 1024 in the store and " in cli.refused(
        "sensitivity", cli.write("b.toml", GRID), "--store", "a.zarr"
    )


def test_what_goes_into_no_store(cli):
    spec = cli.write("a.toml", GRID)
    refused = cli.refused("sensitivity", spec, "--index", "tornado", "--store", "a.zarr")
    assert "--store a.zarr: tornado is computed in memory; those that go into a store are 'sobol', 'nested'" in refused
    refused = cli.refused("sensitivity", spec, "--scheduler", "local:2")
    assert "--scheduler local:2 needs --store PATH" in refused
