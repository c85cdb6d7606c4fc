"""A Dataset is computed again from what it holds, or it is said why it cannot be."""

from __future__ import annotations

import pytest

import wattquery as wq
from explorer.studies import loaded_dataset
from wattquery.errors import InputError
from wattquery.explorer.rebuilding import rebuilt

LOAD = {"hardware": "H100 SXM", "load": 0.5, "method": "exact"}
OWN = {"a": ["model", wq.Lever("x", 2)], "b": "none"}
NAMED = {"now": 1.2, "then": wq.LogNormal(p5=1.05, p95=1.3)}
TWO = ["DeepSeek-R1", "Llama 3.1 405B"]


@pytest.mark.parametrize(
    ("model", "arguments"),
    [
        (TWO, {"input_tokens": [250, 500], "draws": 20_000}),  # hardware that was left out has several names in one
        ("DeepSeek-R1", {"power_utilization": [0.5, wq.ThroughputProportional(base=0.24, span=0.56)]}),
        (wq.ALL, {"preset": "v1", "method": "exact", "boundary": ["node", "accelerator"]}),
        (
            "DeepSeek-R1",
            {"levers": OWN, "pue": {"now": 1.2, "then": wq.LogNormal(p5=1.05, p95=1.3)}, "method": "exact"},
        ),
        ("DeepSeek-R1", {"workload": ["azure_code", "agent"], "method": "exact"}),
        ("Llama 3.1 70B", {**LOAD, "load": None, "concurrency": [1, 16], "output_tokens": ["long", "traditional"]}),
    ],
)
def test_a_dataset_has_its_study_again(model, arguments):
    ds = wq.sweep(model, **arguments)
    run = rebuilt(ds)
    assert run.shape == tuple(size for dim, size in ds["energy"].sizes.items() if dim != "quantile")


def test_selected_and_turned_datasets_have_theirs():
    ds = loaded_dataset()
    assert rebuilt(ds.isel(model=[1], load=0)).shape == (1, 2, 2, 2, 2)
    assert rebuilt(ds.transpose("quantile", "levers", ...)).shape == rebuilt(ds).shape


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda ds: ds.assign(energy=ds["energy"] * 1.01), r"differ by up to 0\.99 %"),
        (lambda ds: ds.assign_attrs(catalog="ours"), "none that ships"),
        (lambda ds: ds.assign_attrs(catalog_hash="0"), "has changed since"),
        (lambda ds: ds.assign_attrs(measured="ours.csv"), "measurements"),
        (lambda ds: ds.drop_vars("model").rename(model="machine"), "something made of one"),
    ],
)
def test_what_is_not_computed_again_is_said(change, said):
    ds = wq.sweep(TWO, method="exact")
    with pytest.raises(InputError, match=said):
        rebuilt(change(ds))


def test_what_a_dataset_does_not_tell_is_noticed():
    ds = wq.sweep("Llama 3.1 70B", **LOAD, workload="azure_code", batch_workload="azure_conversation")
    with pytest.raises(InputError, match="computed again"):
        rebuilt(ds)
