"""`estimate("frontier")`: the blend that a sweep and `blend` give."""

from __future__ import annotations

import json

import pytest

import wattquery as wq
from wattquery.errors import InputError, InputTypeError
from wattquery.sweeps.frontier import frontier_models


def test_it_is_the_blend_of_the_preset():
    found = wq.estimate("Frontier", method="exact", levers="serving")
    ds = wq.sweep(list(frontier_models()), method="exact", keep_histogram=True)
    mixture = wq.blend(ds, trim=(0.14, 0.86), levers="serving")
    assert list(found.quantiles.values()) == mixture["energy"].values.tolist()
    assert found.mean == mixture["energy_mean"].item()
    assert found.models == frontier_models()
    assert found.assumptions["levers"].startswith("serving")
    assert "P14 to P86" in str(found)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["throughput_tokens_per_s"] is None


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"load": 0.5}, InputError, "takes no 'load'"),
        ({"hardware": "H100"}, InputError, "takes no 'hardware'"),
        ({"pue": [1.1, 1.2]}, InputError, "several for 'pue'"),
        ({"levers": ["none", "serving"]}, InputError, "several for 'levers'"),
        ({"catalog": "default"}, InputError, "in no row of catalog 'default'"),
        ({"puee": 1.2}, InputTypeError, "Did you mean 'pue'"),
    ],
)
def test_what_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        wq.estimate("frontier", method="exact", **given)
