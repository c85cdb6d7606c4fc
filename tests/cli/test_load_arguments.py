"""The command line under a load: options, files of one's own, and targets of latency."""

from __future__ import annotations

import json

import pytest

import wattquery as wq
from wattquery.cli.load_arguments import axis_value, batch_workload

MODEL = "Llama 3.1 70B"
NODE = ["--hardware", "H100 SXM", "--precision", "FP8"]
CONFIG = {
    "architectures": ["NewForCausalLM"],
    "model_type": "llama",
    "hidden_size": 5120,
    "num_hidden_layers": 48,
    "num_attention_heads": 40,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128000,
    "torch_dtype": "bfloat16",
    "_name_or_path": "acme/New-15B",
}
SHEET = 'name = "Abacus 2"\nmemory_gb = 144\nbandwidth_tbps = 6\nfp16_tflops = 1200\ntdp_w = 800\n'


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("load", "0.5", 0.5),
        ("load", "50%", 0.5),
        ("load", "10 %, 50 %", [0.1, 0.5]),
        ("concurrency", "1,2,4.5", [1, 2, 4.5]),
        ("accelerators", "4,8", [4, 8]),
        ("cached_tokens", "1000", 1000),
        ("load", "half", "half"),
        ("load", "half%", "half%"),
        ("pue", "1.2", 1.2),
        ("levers", "model+serving", "model+serving"),
        ("pue", "LogNormal(p5=1.05, p95=1.6)", wq.LogNormal(1.05, 1.6)),
    ],
)
def test_numbers_with_commas_are_an_axis_of_a_load(name, text, value) -> None:
    assert axis_value(name, text) == value


def test_mixtures() -> None:
    assert batch_workload(["azure_code"]) == "azure_code"
    assert batch_workload(["a=0.1", "b"]) == {"a": 0.1, "b": 1.0}
    for written, named in ((["a=half"], "NAME=WEIGHT"), (["a=1", "a=2"], "more than once")):
        with pytest.raises(wq.InputError, match=named):
            batch_workload(written)


def test_measurements_stand_beside_the_file_that_names_them(cli, tmp_path) -> None:
    (tmp_path / "study").mkdir()
    table = tmp_path / "study" / "mine.csv"
    header = "model,hardware,precision,n_gpus,serving,concurrency,input_tokens,output_tokens,output_tokens_per_s"
    table.write_text(f"{header}\nGemma 3 27B,H100 SXM,bf16,2,vLLM,64,1000,300,1500\n")
    spec = tmp_path / "study" / "grid.toml"
    spec.write_text(
        'model = "Gemma 3 27B"\nhardware = "H100 SXM"\nprecision = "BF16"\naccelerators = 2\nload = 0.5\n'
        'method = "exact"\nmeasured = "mine.csv"\n'
    )
    instance = ["--hardware", "H100 SXM", "--precision", "BF16", "--accelerators", "2", "--load", "0.5"]
    told = json.loads(cli("sweep", str(spec), "--json").stdout)
    said = json.loads(
        cli("estimate", "Gemma 3 27B", *instance, "--method", "exact", "--measured", str(table), "--json").stdout
    )
    assert told["attrs"]["measured"] == said["provenance"]["measured"] == "1 point of mine.csv"
    assert said["support"] == "measured"
    refused = cli.refused("estimate", "DeepSeek-R1", "--measured", str(table))
    assert "measured = mine.csv without load or concurrency" in refused


def test_every_option_reaches_the_estimate(cli) -> None:
    options = {
        "accelerators": "4",
        "load": "30%",
        "cached_tokens": "0.2",
        "kv_precision": "FP8",
        "max_sequences": "128",
        "speculation": "unknown",
        "serving": "SGLang",
        "method": "exact",
        "boundary": "node",
    }
    flags = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    filled = ["--batch-workload", "azure_code=0.1", "--batch-workload", "azure_conversation=0.9"]
    expected = wq.estimate(
        MODEL,
        hardware="H100 SXM",
        precision="FP8",
        accelerators=4,
        load=0.3,
        cached_tokens=0.2,
        kv_precision="FP8",
        max_sequences=128,
        speculation="unknown",
        serving="SGLang",
        boundary="node",
        method="exact",
        batch_workload={"azure_code": 0.1, "azure_conversation": 0.9},
    )
    assert cli.json("estimate", MODEL, *NODE, *flags, *filled) == json.loads(json.dumps(expected.to_dict()))
    assert cli.text("estimate", MODEL, *NODE, *flags, *filled) == f"{expected}\n"


def test_a_concurrency_instead(cli) -> None:
    found = cli.json("estimate", MODEL, *NODE, "--concurrency", "16", "--accelerators", "2", "--method", "exact")
    expected = wq.estimate(MODEL, hardware="H100 SXM", precision="FP8", concurrency=16, accelerators=2, method="exact")
    assert found["energy_wh"]["0.5"] == expected.quantiles[0.5]
    assert found["running_sequences"] == 16


def test_a_config_and_a_data_sheet_of_ones_own(cli) -> None:
    """An architecture that no table has, on an accelerator that none has, in one command."""
    cli.write("config.json", json.dumps(CONFIG))
    cli.write("abacus.toml", SHEET)
    found = cli.json("estimate", "config.json", "--hardware", "abacus.toml", "--load", "0.5", "--method", "exact")
    assert (found["support"], found["support_rows"]) == ("extrapolated", 0)
    assert found["assumptions"]["model"].startswith("New-15B")
    assert found["assumptions"]["hardware"].startswith("Abacus 2")
    low, high = found["energy_wh"]["0.05"], found["energy_wh"]["0.95"]
    assert 0.0 < low < high
    text = cli.text("estimate", "config.json", "--hardware", "abacus.toml", "--interactivity", "40")
    assert text.startswith("Least energy with interactivity of 40")
    assert "extrapolated" in text


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("config.json", "{", ["config.json", "JSON"]),
        ("config.json", "Access to model acme/New is restricted. You must be authenticated.", ["gated", "licence"]),
        ("config.json", '{"architectures": ["A"], "model_type": "llama"}', ["config.json"]),
        ("absent.json", None, ["absent.json", "no such file"]),
    ],
)
def test_broken_configs_are_refused(cli, name, content, named) -> None:
    if content is not None:
        cli.write(name, content)
    message = " ".join(cli.refused("estimate", name, *NODE[:2], "--load", "0.5").split())
    assert all(word in message for word in named), message


def test_an_accelerator_without_bandwidth_is_refused(cli) -> None:
    cli.write("abacus.toml", SHEET.replace("bandwidth_tbps = 6\n", ""))
    assert "bandwidth_tbps" in cli.refused("estimate", MODEL, "--hardware", "abacus.toml", "--load", "0.5")


def test_a_model_without_a_size_is_refused(cli) -> None:
    cli.write("spec.toml", 'model = {name = "Ours"}\nhardware = "H100 SXM"\nload = 0.5\n')
    assert "'Ours'" in cli.refused("sweep", "spec.toml", "-o", "out.nc")


def test_an_interactivity_is_a_target(cli) -> None:
    expected = wq.operating_point(MODEL, hardware="H100 SXM", precision="FP8", interactivity=50)
    assert cli.json("estimate", MODEL, *NODE, "--interactivity", "50") == json.loads(json.dumps(expected.to_dict()))
    options = ["--time-per-output-token", "0.03", "--time-to-first-token", "0.4", "--accelerators", "2,4"]
    other = wq.operating_point(
        MODEL,
        hardware="H100 SXM",
        precision="FP8",
        time_per_output_token=0.03,
        time_to_first_token=0.4,
        accelerators=[2, 4],
    )
    assert cli.text("estimate", MODEL, *NODE, *options) == f"{other}\n"
    message = cli.refused("estimate", MODEL, *NODE, "--interactivity", "50", "--load", "0.5")
    assert "load is what operating_point looks for" in message
    assert "the most is" in cli.refused("estimate", MODEL, *NODE, "--interactivity", "5000")
    assert "must be a number, got 'fast'" in cli.refused("estimate", MODEL, *NODE, "--interactivity", "fast")


def test_a_grid_from_a_file(cli) -> None:
    (cli.folder / "study").mkdir()
    cli.write("study/config.json", json.dumps(CONFIG))
    cli.write(
        "study/spec.toml",
        f'model = ["{MODEL}", {{config = "config.json"}}]\n'
        'hardware = ["H100 SXM", {name = "Abacus 2", memory_gb = 144, bandwidth_tbps = 6, fp16_tflops = 1200, '
        "tdp_w = 800}]\n"
        'load = [0.1, 1.0]\nprecision = "FP8"\nkv_precision = "FP8"\nmax_sequences = 128.0\nmethod = "exact"\n'
        "batch_workload = {azure_code = 0.1, azure_conversation = 0.9}\ncached_tokens = 0.5\n",
    )
    cli.text("sweep", "study/spec.toml", "-o", "out.nc", "--no-progress")
    import xarray as xr

    found = xr.load_dataset(cli.folder / "out.nc", engine="scipy")
    expected = wq.sweep(
        [MODEL, wq.Model.from_config(CONFIG)],
        hardware=[
            "H100 SXM",
            wq.Accelerator("Abacus 2", memory_gb=144, bandwidth_tbps=6, fp16_tflops=1200, tdp_w=800),
        ],
        load=[0.1, 1.0],
        precision="FP8",
        kv_precision="FP8",
        max_sequences=128,
        cached_tokens=0.5,
        batch_workload={"azure_code": 0.1, "azure_conversation": 0.9},
        method="exact",
    )
    assert found["model"].values.tolist() == [MODEL, "New-15B"]
    assert found["hardware"].values.tolist() == ["H100 SXM", "Abacus 2"]
    assert found["energy"].values.tolist() == expected["energy"].values.tolist()
    assert found["support"].values.tolist() == expected["support"].values.tolist()


def test_options_replace_the_load_of_a_file(cli) -> None:
    cli.write(
        "spec.toml", f'model = "{MODEL}"\nhardware = "H100 SXM"\nprecision = "FP8"\nload = 0.5\nmethod = "exact"\n'
    )
    found = cli.json("sweep", "spec.toml", "--concurrency", "4,4000", "--accelerators", "2", "--boundary", "node")
    assert found["coords"]["concurrency"]["data"] == [4, 4000]
    assert "load" not in found["coords"]
    text = cli.text("sweep", "spec.toml", "--concurrency", "4,4000")
    assert "4000 sequences are asked for" in text
    assert "note: At most 256 sequences" in text
    loads = cli.json("sweep", "spec.toml", "--load", "10%,100%", "--batch-workload", "azure_code")
    assert loads["coords"]["load"]["data"] == [0.1, 1.0]
