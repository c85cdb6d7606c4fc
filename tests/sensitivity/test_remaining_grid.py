"""Results over a grid some of whose axes are random: what remains of dims, coordinates, cells and weights."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.plans.pick_freeze_tables import Choice
from wattquery.sensitivity import sobol, tornado
from wattquery.sensitivity.random_axes import choices
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import analysis_settings
from wattquery.sweeps.study import study

MODELS = ["DeepSeek-R1", "Llama 3.1 405B", "Mixtral 8x22B"]


def remaining(over: object, models: list[str] = MODELS) -> RemainingGrid:
    run = prepare(study(models, pue=[1.1, 1.3], levers=["none", "serving"]), analysis_settings())
    return RemainingGrid(run, choices(over, run.grid, ()))


def test_without_random_axes_it_is_the_grid() -> None:
    grid = remaining(None)
    assert (grid.dims, grid.shape) == (grid.run.dims, grid.run.shape) == (("model", "pue", "levers"), (3, 2, 2))
    assert grid.members.tolist() == [[number] for number in range(12)]
    assert grid.weights == [1.0]
    assert grid.supported.all()


def test_random_axes_leave_dims_and_their_labels_are_mixed() -> None:
    grid = remaining({"model": dict(zip(MODELS, (0.2, 0.0, 0.8), strict=True)), "levers": None})
    assert (grid.dims, grid.shape) == (("pue",), (2,))
    # Cells count model, pue and levers in this order; the second model has the weight 0.
    assert grid.members.tolist() == [[0, 1, 8, 9], [2, 3, 10, 11]]
    np.testing.assert_allclose(grid.weights, [0.1, 0.1, 0.4, 0.4])
    ds = grid.dataset({"baseline": grid.labelled("baseline", np.array([1.0, 2.0]))}, {}, title="mine")
    assert set(ds.coords).isdisjoint({"model", "levers", "hardware"})
    assert ds["pue"].values.tolist() == [1.1, 1.3]
    assert ds.attrs["title"] == "mine"
    assert ds.attrs["weights_model"] == "DeepSeek-R1 = 0.2; Mixtral 8x22B = 0.8"
    assert ds["baseline"].attrs["boundary"] == "facility"


def test_cells_without_data_are_nan_and_part_of_a_mixture_is_refused() -> None:
    models = ["DeepSeek-R1", "Mistral Large"]
    grid = remaining(None, models)
    assert grid.supported.reshape(grid.shape).all(axis=(1, 2)).tolist() == [True, False]
    spread = grid.spread(np.arange(8.0).reshape(4, 2))
    assert spread.shape == (2, 2, 2, 2)
    assert np.isnan(spread[1]).all()
    assert spread[0].ravel().tolist() == list(range(8))
    with pytest.raises(wq.InputError, match=r"averages over labels without data: model='Mistral Large'"):
        _ = remaining("model", models).supported


def test_a_choice_keeps_its_place() -> None:
    (choice,) = remaining("pue").choices
    assert isinstance(choice, Choice)
    assert (choice.name, choice.labels, choice.weights) == ("pue", (0, 1), (0.5, 0.5))


LOADED = {"hardware": "H100 SXM", "precision": "FP8"}
TWO = ["Llama 3.1 70B", "Llama 3.1 405B"]


def test_under_a_load_a_result_says_what_it_rests_on():
    swept = wq.sweep(TWO, load=[0.1, 0.5], accelerators=2, method="exact", **LOADED)
    found = tornado(TWO, load=[0.1, 0.5], accelerators=2, **LOADED)
    for name in ("support", "support_rows", "support_basis", "unsupported_reason"):
        assert found[name].dims == swept[name].dims == ("model", "load")
        assert found[name].values.tolist() == swept[name].values.tolist()
    assert "support" not in tornado("DeepSeek-R1")


def test_of_labels_that_are_random_the_least_known_tells():
    models = ["Llama 3.1 70B", wq.Model("Ours", total_parameters=70), "gpt-oss-120b"]
    of = {"load": [0.1, 0.5], "draws": 1024, **LOADED}
    one = sobol(models, over=["model", "load"], **of)
    assert (one["support"].item(), one["support"].dims) == ("extrapolated", ())
    assert one["support_basis"].item().startswith("least known is model Ours: ")
    weights = {"model": {"Llama 3.1 70B": 0.5, "Ours": 0.0, "gpt-oss-120b": 0.5}}
    two = sobol(models, over=weights, **of)
    assert two["support"].values.tolist() == ["supported", "supported"]
    assert set(two["support_rows"].values.tolist()) == {116}
    assert all(text.startswith("least known is model gpt-oss-120b: ") for text in two["support_basis"].values.tolist())


def test_the_refusal_of_labels_without_an_answer_says_why():
    with pytest.raises(wq.InputError) as error:
        sobol(TWO, load=0.5, accelerators=1, over="model", draws=1024, **LOADED)
    reason = "model='Llama 3.1 405B' (its weights take 408 GB, more than 90 % of the memory of 1 accelerator (80 GB))"
    assert reason in str(error.value)
    assert "has 1 label" not in str(error.value)
