"""`wattquery trajectory` and `wattquery fleet` under a load: their options, files and what they rest on."""

from __future__ import annotations

import json

import numpy as np
import xarray as xr

import wattquery as wq

FLEET = """
queries_per_day = 1e9
[classes.chat]
share = 0.7
model = "Llama 3.1 70B"
hardware = "H100 SXM"
precision = "FP8"
load = 0.5
workload = "azure_conversation"
[classes.code]
share = "rest"
model = "Llama 3.1 70B"
hardware = "H100 SXM"
precision = "FP8"
load = 0.5
workload = "azure_code"
[trajectory]
start = 2026-01-01
stop = 2027-01-01
growth = 0.5
"""
FAST = {"shared_draws": 256}
FLAGS = ["--kv-precision", "FP8", "--max-sequences", "64", "--speculation", "unknown", "--batch-workload", "azure_code"]
ASKED = {"kv_precision": "FP8", "max_sequences": 64, "speculation": "unknown", "batch_workload": "azure_code"}
INSTANCES = ["--load", "10%,50%", "--accelerators", "4", "--hardware", "B200", "--cached-tokens", "0.1"]
AXES = {"load": [0.1, 0.5], "accelerators": 4, "hardware": "B200", "cached_tokens": 0.1}


def test_every_option_of_a_load_reaches_the_trajectory(cli) -> None:
    name = cli.write("fleet.toml", FLEET.replace("azure_conversation", "servegen_m_small"))
    cli.text("trajectory", name, *INSTANCES[:-2], *FLAGS, "--shared-draws", "256", "-o", "out.nc")
    axes = {axis: value for axis, value in AXES.items() if axis != "cached_tokens"}
    expected = wq.trajectory(name, **axes, **ASKED, **FAST)
    assert expected["energy_per_day"].dims == ("load", "date")
    with xr.open_dataset("out.nc") as found:
        for variable in ("energy_per_day", "energy_credible"):
            np.testing.assert_array_equal(found[variable], expected[variable])


def test_every_option_of_a_load_reaches_the_fleet(cli) -> None:
    name = cli.write(
        "fleet.toml", FLEET.replace('workload = "azure_conversation"', "").replace('workload = "azure_code"', "")
    )
    found = cli.json("fleet", name, *INSTANCES, *FLAGS, "--no-structural")
    expected = wq.fleet(name, **AXES, **ASKED, structural=False)
    assert found["data_vars"]["energy_per_day"]["data"] == expected["energy_per_day"].values.tolist()
    plain = wq.fleet(name, **AXES, structural=False)
    assert not np.allclose(plain["energy_per_day"], expected["energy_per_day"], rtol=1e-3)


def test_each_setting_stands_for_all_classes(cli) -> None:
    name = cli.write("fleet.toml", FLEET)
    stated = "".join(f"{key} = {json.dumps(value)}\n" for key, value in ASKED.items())
    own = cli.write("own.toml", FLEET.replace("load = 0.5\n", f"load = 0.5\n{stated}"))
    for function, fast in ((wq.fleet, {"structural": False}), (wq.trajectory, FAST)):
        changed, written = function(name, **ASKED, **fast), function(own, **fast)
        np.testing.assert_array_equal(changed["energy_per_day"], written["energy_per_day"])


def test_what_cannot_be_is_one_sentence(cli) -> None:
    name = cli.write("fleet.toml", FLEET)
    for flags, message in (
        (["--load", "2"], "load must be"),
        (["--load", "0.5", "--concurrency", "16"], "load and concurrency both say how busy"),
        (["--kv-precision", "FP3"], "kv_precision must be one of 'BF16', 'FP8', got 'FP3'"),
        (["--batch-workload", "nope"], "nope"),
        (["--power-utilization", "0.5"], "power_utilization must be left out under a load"),
    ):
        for command in (["trajectory", name], ["fleet", name, "--no-structural"]):
            assert message in " ".join(cli.refused(*command, *flags).split())
    assert "belongs to an instance under load" in cli.refused("trajectory", "adoption", "--kv-precision", "FP8")
