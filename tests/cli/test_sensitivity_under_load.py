"""`wattquery sensitivity` of grids under a load: its options, what rests on what, and reasons."""

from __future__ import annotations

import xarray as xr

import wattquery as wq
from wattquery import sensitivity

MODEL = "Llama 3.1 70B"
SPEC = f'model = "{MODEL}"\nhardware = "H100 SXM"\nprecision = "FP8"\n'
NODE = {"hardware": "H100 SXM", "precision": "FP8"}


def test_every_option_of_a_load_reaches_the_analysis(cli) -> None:
    cli.write("spec.toml", f"{SPEC}load = 0.5\n[sensitivity]\nindex = 'tornado'\n")
    options = {
        "load": "10%,50%",
        "accelerators": "4",
        "cached-tokens": "0.25",
        "kv-precision": "FP8",
        "max-sequences": "64",
        "speculation": "unknown",
        "boundary": "node",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    filled = ["--batch-workload", "azure_code=0.1", "--batch-workload", "azure_conversation=0.9"]
    cli.text("sensitivity", "spec.toml", *flags, *filled, "-o", "out.nc")
    expected = sensitivity.tornado(
        MODEL,
        **NODE,
        load=[0.1, 0.5],
        accelerators=4,
        cached_tokens=0.25,
        kv_precision="FP8",
        max_sequences=64,
        speculation="unknown",
        boundary="node",
        batch_workload={"azure_code": 0.1, "azure_conversation": 0.9},
    )
    with xr.open_dataset("out.nc") as found:
        xr.testing.assert_equal(found.load(), expected)


def test_a_concurrency_takes_the_place_of_the_load_of_a_file(cli) -> None:
    cli.write("spec.toml", f"{SPEC}load = 0.5\nmethod = 'exact'\n")
    found = cli.json("sensitivity", "spec.toml", "--index", "tornado", "--concurrency", "4,16")
    assert (found["coords"]["concurrency"]["data"], "load" in found["coords"]) == ([4, 16], False)
    report = sensitivity.convergence(wq.sweep(MODEL, **NODE, concurrency=[4, 16], method="exact"))
    found = cli.text("sensitivity", "spec.toml", "--index", "convergence", "--concurrency", "4,16")
    assert found.startswith(f"{report}\n\nNotes\n  support: supported, 236 rows")
    both = cli.refused("sensitivity", "spec.toml", "--concurrency", "4", "--load", "0.5")
    assert "load and concurrency both say how busy" in both


def test_options_of_a_load_are_refused_where_there_is_none(cli) -> None:
    cli.write("spec.toml", SPEC)
    assert "without load or concurrency" in cli.refused("sensitivity", "spec.toml", "--kv-precision", "FP8")
    cli.write("levers.toml", 'levers = "model+serving"\n')
    for flag in (["--load", "0.5"], ["--batch-workload", "azure_code"]):
        message = cli.refused("sensitivity", "levers.toml", "--index", "reduction", *flag)
        assert f"{' '.join(flag)}: reduction looks at levers alone, which no load changes" in message


TWO = f'{SPEC.replace(MODEL, "")}accelerators = 2\nmethod = "exact"\n'.replace('""', f'["{MODEL}", "Llama 3.1 405B"]')


def test_every_analysis_says_what_its_cells_rest_on(cli) -> None:
    cli.write(
        "spec.toml",
        f'{TWO}load = [0.1, 0.5]\n[sensitivity.ratio]\naxis = "load"\n[sensitivity.given]\nfactor = "pue"\n',
    )
    (basis,) = set(wq.sweep(MODEL, **NODE, load=0.5, method="exact")["support_basis"].values.ravel().tolist())
    for index in (
        "sobol",
        "tornado",
        "spider",
        "elasticity",
        "given",
        "moment_independent",
        "nested",
        "ratio",
        "worth_measuring",
        "convergence",
    ):
        lines = cli.text("sensitivity", "spec.toml", "--index", index).splitlines()
        assert f"  support ({MODEL}): supported, 236 rows: {basis}" in lines, index
        assert any("support (Llama 3.1 405B): none: its weights take" in line for line in lines), index
        assert any("PUE is taken to be the same at every load" in line for line in lines), index
    message = cli.refused("sensitivity", "spec.toml", "--index", "anova")
    assert "Of the first one nothing is predicted: its weights take" in message
    assert "baseline load = 0.1" in cli.text("sensitivity", "spec.toml", "--index", "ratio").splitlines()[0]
    anova = cli.text("sensitivity", "spec.toml", "--index", "anova", "--accelerators", "8")
    assert "support (Llama 3.1 405B): supported" in anova
    assert "PUE is taken to be the same" in anova
    swept = cli.text("sweep", "spec.toml")
    assert f"note: support ({MODEL}): supported, 236 rows: {basis}" in swept
    assert "note: support (Llama 3.1 405B)" not in swept  # its reason stands beside its cells


def test_pictures_and_files_of_analyses_under_load(cli) -> None:
    cli.write("spec.toml", f"{SPEC}load = [0.1, 0.5]\n")
    for index in ("sobol", "tornado", "worth-measuring"):
        chosen = ("--index", index, "--select", "load=0.5")
        cli.text("sensitivity", "spec.toml", *chosen, "--plot", f"{index}.svg", "-o", f"{index}.nc")
        assert "load: 0.5" in (cli.folder / f"{index}.svg").read_text().replace("<!-- ", "").replace("\n", " ")
        found = cli.json("sensitivity", "spec.toml", "--index", index)
        assert found["data_vars"]["support"]["data"] == ["supported", "supported"]
        with xr.open_dataset(f"{index}.nc") as saved:
            assert saved["support"].values.tolist() == ["supported", "supported"]
