"""`sweep` as a user meets it: dims, coordinates, variables, units and provenance, on disk and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq

LEVERS = ["none", "model", "serving", "hardware", "model+serving+hardware"]
EXAMPLE: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "output_tokens": {"traditional": wq.Exponential(median=300), "long": wq.Exponential(median=5000)},
    "input_tokens": [500, 1000, 5000],
    "pue": [wq.LogNormal(p5=1.05, p95=1.6), 1.1],
    "power_utilization": wq.LogNormal(p5=0.4, p95=0.9),
    "levers": LEVERS,
    "catalog": "oviedo2026",
    "seed": 42,
}
AXES = ("model", "output_tokens", "input_tokens", "pue", "levers")
SIZES = (2, 2, 3, 2, 5)


@pytest.fixture(scope="module")
def ds() -> Any:
    return wq.sweep(**EXAMPLE, draws=5_000)


@pytest.fixture(scope="module")
def partly() -> Any:
    """Mistral Large has no FP8 rows."""
    return wq.sweep(["Mistral Large", "Llama 3.1 405B"], precision=["FP8", "FP16"], method="exact")


class TestTheExampleOfTheDesign:
    def test_dims(self, ds: Any) -> None:
        assert ds["energy"].dims == (*AXES, "quantile")
        assert dict(ds.sizes) == dict(zip((*AXES, "quantile"), (*SIZES, 5), strict=True))

    def test_coordinates_of_the_axes(self, ds: Any) -> None:
        assert ds["model"].values.tolist() == ["DeepSeek-R1", "Llama 3.1 405B"]
        assert ds["output_tokens"].values.tolist() == ["traditional", "long"]
        assert ds["input_tokens"].values.tolist() == [500, 1000, 5000]
        assert ds["pue"].values.tolist() == ["LogNormal(p5=1.05, p95=1.6)", "1.1"]
        assert ds["levers"].values.tolist() == LEVERS
        assert ds["quantile"].values.tolist() == [0.05, 0.25, 0.5, 0.75, 0.95]

    def test_numbers_stay_numbers(self, ds: Any) -> None:
        assert np.issubdtype(ds["input_tokens"].dtype, np.integer)
        assert ds["energy"].sel(input_tokens=1000).dims == ("model", "output_tokens", "pue", "levers", "quantile")
        assert ds["quantile"].dtype == np.float64

    def test_scalars_stay_scalar_coordinates(self, ds: Any) -> None:
        assert ds["power_utilization"].ndim == 0
        assert ds["power_utilization"].item() == "LogNormal(p5=0.4, p95=0.9)"
        for name in ("serving", "precision"):
            assert ds[name].ndim == 0
        assert ds["precision"].item() == "FP8"

    def test_what_was_left_out_lies_along_the_model(self, ds: Any) -> None:
        assert ds["node_power"].dims == ("model",)
        assert ds["node_power"].values.tolist() == [12.8, 10.2]
        assert ds["hardware"].dims == ("model",)

    def test_every_axis_is_a_coordinate_and_nothing_else_is(self, ds: Any) -> None:
        others = {"hardware", "serving", "precision", "power_utilization", "node_power", "boundary", "quantile"}
        assert set(ds.coords) == {*AXES, *others}

    def test_variables(self, ds: Any) -> None:
        by_quantile = {name for name in ds.data_vars if "quantile" in ds[name].dims}
        assert by_quantile == {"energy", "energy_stderr"}
        assert set(ds.data_vars) == {
            *by_quantile,
            "energy_mean",
            "energy_std",
            "energy_mean_stderr",
            "throughput",
            "throughput_stderr",
            "supported",
            "benchmark_rows",
            "extrapolated",
        }
        assert ds["benchmark_rows"].dims == ("model",)
        for name in set(ds.data_vars) - by_quantile - {"benchmark_rows"}:
            assert ds[name].dims == AXES

    def test_units_and_boundaries(self, ds: Any) -> None:
        for name in ("energy", "energy_stderr", "energy_mean", "energy_std"):
            assert (ds[name].attrs["units"], ds[name].attrs["boundary"]) == ("Wh", "facility")
        units = {name: ds[name].attrs.get("units") for name in ds.variables}
        assert units["throughput"] == "tokens/s"
        assert units["input_tokens"] == "tokens"
        assert units["node_power"] == "kW"
        assert units["quantile"] == "1"
        assert units["model"] is None
        assert units["supported"] is None
        # Names of distributions are text: the numbers inside carry the unit.
        assert units["output_tokens"] is None
        assert ds["output_tokens"].attrs["parameter_units"] == "tokens"
        assert all(ds[name].attrs["long_name"] for name in ds.variables)

    def test_provenance(self, ds: Any) -> None:
        attributes = ds.attrs
        assert attributes["wattquery_version"] == wq.__version__
        assert attributes["catalog"] == "oviedo2026"
        assert attributes["catalog_hash"] == wq.catalog.load("oviedo2026").content_hash
        assert (attributes["seed"], attributes["draws"], attributes["method"]) == (42, 5_000, "monte_carlo")
        assert (attributes["preset"], attributes["common_random_numbers"]) == ("v2-code", 1)
        assert "ln E = " in attributes["kernel_definition"]
        # What every file format can hold, and nothing that a reader would get back as another kind.
        assert {type(value) for value in attributes.values()} <= {str, int, float}
        assert attributes["Conventions"].startswith("CF-")

    def test_the_numbers_are_in_their_places(self, ds: Any) -> None:
        """One cell in each corner of the grid against a sweep of its own."""
        for model, output, inputs, pue, levers in [
            ("DeepSeek-R1", "long", 500, 1.1, "none"),
            ("Llama 3.1 405B", "traditional", 5000, wq.LogNormal(1.05, 1.6), "hardware"),
            ("Llama 3.1 405B", "long", 1000, 1.1, "model+serving+hardware"),
        ]:
            alone = wq.sweep(
                model,
                output_tokens=EXAMPLE["output_tokens"][output],
                input_tokens=inputs,
                pue=pue,
                power_utilization=EXAMPLE["power_utilization"],
                levers=levers,
                draws=5_000,
                seed=42,
            )
            place = {"model": model, "output_tokens": output, "input_tokens": inputs, "pue": str(pue), "levers": levers}
            for name in ("energy", "energy_mean", "energy_std", "energy_stderr", "throughput"):
                np.testing.assert_allclose(alone[name].values, ds[name].sel(place).values, rtol=1e-12, err_msg=name)

    def test_quantiles_increase_and_errors_are_positive(self, ds: Any) -> None:
        assert (ds["energy"].diff("quantile") > 0).all()
        assert (ds["energy_stderr"] > 0).all()
        assert ds["supported"].all()

    def test_levers_reduce_the_energy(self, ds: Any) -> None:
        medians = ds["energy"].sel(quantile=0.5)
        assert (medians.sel(levers=LEVERS[1:]) < medians.sel(levers="none")).all()


def test_a_lone_model_has_no_dims_but_the_quantile() -> None:
    ds = wq.sweep("DeepSeek-R1", method="exact", quantiles=[0.5])
    assert ds["energy"].dims == ("quantile",)
    assert ds["model"].item() == "DeepSeek-R1"
    assert ds["input_tokens"].item() == 500
    assert np.issubdtype(ds["input_tokens"].dtype, np.integer)


def test_axes_come_in_their_order_whatever_that_of_the_arguments() -> None:
    ds = wq.sweep(
        levers=["none", "model"],
        node_power=[10.0, 12.5],
        pue=[1.1],
        power_utilization=[0.5, 0.6],
        input_tokens=[500],
        output_tokens=["long"],
        precision=["FP8"],
        model=["DeepSeek-R1"],
        method="exact",
    )
    order = ("model", "precision", "output_tokens", "input_tokens", "power_utilization", "pue", "node_power", "levers")
    assert ds["energy"].dims == (*order, "quantile")
    assert ds["node_power"].values.tolist() == [10.0, 12.5]
    assert ds["node_power"].attrs["units"] == "kW"
    ratio = ds["energy"].sel(node_power=12.5) / ds["energy"].sel(node_power=10.0)
    np.testing.assert_allclose(ratio, 1.25, rtol=1e-12)


def test_all_models() -> None:
    ds = wq.sweep(wq.ALL, method="exact")
    assert ds["model"].values.tolist() == list(wq.catalog.load("oviedo2026").labels("model"))
    assert ds["supported"].values.sum() == 5


class TestUnsupported:
    def test_they_stay_in_the_grid(self, partly: Any) -> None:
        assert partly["supported"].dtype == np.bool_
        supported = partly["supported"].to_series()
        assert supported.to_dict() == {
            ("Mistral Large", "FP8"): False,
            ("Mistral Large", "FP16"): True,
            ("Llama 3.1 405B", "FP8"): True,
            ("Llama 3.1 405B", "FP16"): True,
        }

    def test_they_are_nan(self, partly: Any) -> None:
        for name in ("energy", "energy_mean", "energy_std", "energy_stderr", "throughput"):
            missing = partly[name].isnull()
            assert (missing == ~partly["supported"]).all(), name

    def test_nothing_is_supported(self) -> None:
        for method in ("monte_carlo", "exact"):
            ds = wq.sweep("Mistral Large", precision="FP8", method=method, keep_histogram=True)
            assert not ds["supported"].item()
            assert ds["energy"].isnull().all()
            assert ds.sizes["bin"] == 0


def test_extrapolation_is_flagged() -> None:
    """The rows of Llama 3.1 405B cover 128 to 5000 input and 128 to 2048 output tokens."""
    ds = wq.sweep(
        "Llama 3.1 405B", output_tokens=[100, 128, 2048, 2049], input_tokens=[127, 128, 5000, 5001], method="exact"
    )
    inside_output, inside_input = [False, True, True, False], [False, True, True, False]
    np.testing.assert_array_equal(~ds["extrapolated"].values, np.outer(inside_output, inside_input))
    long = wq.sweep("Llama 3.1 405B", output_tokens=["traditional", "long"], method="exact")
    assert long["extrapolated"].values.tolist() == [False, True]


def test_throughput_at_the_median_lengths() -> None:
    ds = wq.sweep("Llama-3.1 Nemotron Ultra 253B", method="exact")
    assert ds["throughput"].item() == pytest.approx(5200.0, rel=1e-12)


# --- on disk and back ---


def netcdf(ds: Any, folder: Path) -> Any:
    ds.to_netcdf(folder / "ours.nc")
    with xr.open_dataset(folder / "ours.nc") as opened:
        return opened.load()


def zarr(ds: Any, folder: Path) -> Any:
    # Format 2 has fixed-length text; format 3 has no specification of it yet, and warns.
    ds.to_zarr(folder / "ours.zarr", zarr_format=2)
    with xr.open_zarr(folder / "ours.zarr") as opened:
        return opened.load()


@pytest.mark.parametrize("through", [netcdf, zarr])
class TestRoundTrip:
    def test_the_example(self, ds: Any, through: Any, tmp_path: Path) -> None:
        again = through(ds, tmp_path)
        xr.testing.assert_identical(again, ds)
        assert again["supported"].dtype == np.bool_
        assert again["input_tokens"].values.tolist() == [500, 1000, 5000]

    @pytest.mark.parametrize("method", ["monte_carlo", "exact"])
    def test_with_histograms(self, method: str, through: Any, tmp_path: Path) -> None:
        kept = wq.sweep(
            wq.ALL, levers=["none", "model"], method=method, draws=3_000, keep_histogram=True, seed=2**40 + 1
        )
        again = through(kept, tmp_path)
        xr.testing.assert_identical(again, kept)
        # What is computed from the histograms is the same too.
        some = {"labels": ["DeepSeek-R1", "Llama 3.1 405B"], "trim": (0.14, 0.86)}
        xr.testing.assert_identical(wq.blend(again, **some), wq.blend(kept, **some))

    def test_unsupported_cells(self, partly: Any, through: Any, tmp_path: Path) -> None:
        xr.testing.assert_identical(through(partly, tmp_path), partly)

    def test_a_blend(self, through: Any, tmp_path: Path) -> None:
        kept = wq.sweep(wq.ALL, method="exact", keep_histogram=True)
        blended = wq.blend(kept, labels=3, trim=(0.14, 0.86), levers=["none", "model"])
        xr.testing.assert_identical(through(blended, tmp_path), blended)


# --- a catalog of the user's own ---

HEADER = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)\n"


def test_the_node_power_of_a_users_own_table(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + "Ours,8xA,FP8,2000,500,300,7.5\nTheirs,8xB,FP8,2000,500,300,15\n", encoding="utf-8")
    ds = wq.sweep(["Ours", "Theirs"], catalog=path, output_tokens=300, pue=1.2, power_utilization=0.5, method="exact")
    assert ds["node_power"].values.tolist() == [7.5, 15.0]
    expected = [1.2 * 0.5 * power * 300 / (3.6 * 2000) for power in (7.5, 15.0)]
    np.testing.assert_allclose(ds["energy"].sel(quantile=0.5), expected, rtol=1e-12)
    assert ds.attrs["catalog"] == "mine"
    given = wq.sweep(
        "Ours", catalog=path, node_power=9.0, output_tokens=300, pue=1.2, power_utilization=0.5, method="exact"
    )
    assert given["energy_mean"].item() == pytest.approx(expected[0] * 9.0 / 7.5, rel=1e-12)


def test_rows_that_disagree_on_the_node_power(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + "Ours,8xA,FP8,2000,500,300,7.5\nOurs,8xA,FP8,1500,900,300,8\n", encoding="utf-8")
    with pytest.raises(wq.InputError, match="node_power="):
        wq.sweep("Ours", catalog=path)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"draws": 0}, "draws must be at least 1, got 0"),
        ({"draws": -5}, "draws must be at least 1, got -5"),
        ({"draws": 1e6}, "draws must be a whole number, got 1000000.0"),
        ({"draws": True}, "draws must be a whole number, got True"),
        ({"seed": -1}, "seed must be a whole number of 0 or more, .* got -1"),
        ({"seed": 1.5}, "seed must be .* got 1.5"),
        ({"threads": 0}, "threads must be a whole number from 1 to 4096, got 0"),
        ({"method": "exactly"}, "Did you mean 'exact'"),
        ({"quantiles": [0.5, 0.5]}, "quantiles"),
        ({"quantiles": [0.0, 0.5]}, "quantiles"),
        ({"quantiles": 0.5}, "quantiles"),
        ({"levers": "servng"}, "Did you mean 'serving'"),
        ({"pue": 0.9}, "pue must be within 1 to 4, got 0.9"),
        ({"power_utilization": 60}, "60 % as 0.6"),
        ({"input_tokens": [500, 500]}, "500"),
        ({"prefill_weight": -0.1}, "prefill_weight"),
        ({"round_tokens": 1}, "round_tokens"),
        ({"preset": "v2"}, "preset"),
    ],
)
def test_bad_input_is_refused(argument: dict[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message.replace("(", r"\(")):
        wq.sweep("DeepSeek-R1", **argument)


def test_a_grid_too_large_for_memory_says_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wattquery.sweeps.memory.available_bytes", lambda threads: 10_000)
    with pytest.raises(wq.InputError, match=r"The grid has 1,000,000 cells \(1000 input_tokens x 1000 pue\)"):
        wq.sweep("DeepSeek-R1", input_tokens=range(1, 1001), pue=np.linspace(1.1, 1.9, 1000), method="exact")
    # What the work itself takes is more than the result of a small grid: a shorter axis would not help.
    with pytest.raises(wq.InputError, match=r"Computing 500 cells .*needs about .* MB"):
        wq.sweep("DeepSeek-R1", input_tokens=range(1, 501), method="exact")


def test_progress_runs_from_zero_to_one() -> None:
    seen: list[float] = []
    wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], draws=50_000, threads=2, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)
    assert all(0.0 < one <= 1.0 for one in seen)
