"""What is counted: accelerators, node or facility, with steps beyond, in every method; and what is unchanged."""

from __future__ import annotations

import dataclasses
import hashlib
import platform
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.catalog import boundary_factors
from wattquery.kernels.random.points import GENERATOR
from wattquery.plans.build import lower
from wattquery.specs.factors import lattice_dimensions
from wattquery.sweeps.study import study

MODEL = "DeepSeek-R1"
METHODS = ("exact", "monte_carlo", "quasi_monte_carlo")
DRAWS: dict[str, Any] = {"exact": {}, "monte_carlo": {"draws": 50_000}, "quasi_monte_carlo": {"draws": 2**13}}
SHARE = wq.LogNormal(0.55, 0.73)
IDLE = wq.Step("idle", wq.LogNormal(1.05, 1.2))

# Of the release before boundaries: counts of draws with every kind of factor, and medians of quasi-random points.
GRID: dict[str, Any] = {
    "model": MODEL,
    "pue": {"wide": wq.LogNormal(1.05, 1.6), "even": wq.Uniform(1.1, 1.5)},
    "node_power": wq.Uniform(9, 12),
    "levers": ["none", [wq.Lever("mine", wq.Uniform(1.5, 3)), "serving"]],
    "keep_histogram": True,
}
COUNTS_BEFORE = {
    (11, True): "4586140178abe9b4",
    (11, False): "3aea355d77630f67",
    (2**40, True): "69a738de78b76aa2",
    (2**40, False): "9b317e371ae38df6",
}
# Medians are those of the present point set: with the one before, 256 points had pairs of factors as one coordinate.
MEDIANS_BEFORE = {
    True: [[0.5153715681405169, 0.0834925439748712], [0.5154430690721938, 0.08347788788122297]],
    False: [[0.5153636265993029, 0.08348014170077989], [0.5153832820819475, 0.08347881107688364]],
}


def swept(boundary: object, method: str = "exact", **arguments: Any) -> Any:
    return wq.sweep(MODEL, boundary=boundary, method=method, **{**DRAWS[method], **arguments})


class TestTheFacilityIsAsBefore:
    @pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="counts are those of one machine type")
    @pytest.mark.parametrize(("seed", "common"), COUNTS_BEFORE)
    def test_counts(self, seed: int, common: bool) -> None:
        ds = wq.sweep(**GRID, draws=20_000, seed=seed, common_random_numbers=common)
        parts = (ds[name].values.astype("<i8").tobytes() for name in ("bin", "histogram"))
        assert hashlib.sha256(b"".join(parts)).hexdigest()[:16] == COUNTS_BEFORE[seed, common]

    @pytest.mark.parametrize("common", [True, False])
    def test_quasi_random_points(self, common: bool) -> None:
        ds = wq.sweep(**GRID, draws=4096, seed=11, common_random_numbers=common, method="quasi_monte_carlo")
        np.testing.assert_allclose(ds["energy"].sel(quantile=0.5), MEDIANS_BEFORE[common], rtol=1e-9)

    @pytest.mark.parametrize("common", [True, False])
    @pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
    def test_beside_other_boundaries(self, method: str, common: bool) -> None:
        how = {**GRID, **DRAWS[method], "method": method, "common_random_numbers": common}
        steps = [wq.Step("mine", wq.Uniform(1, 1.5)), wq.Step("fixed", 1.1)]
        beside = wq.sweep(**how, boundary=["node", wq.Boundary("accelerator", wq.Uniform(0.5, 0.8), steps), "facility"])
        alone = wq.sweep(**how)
        inside = beside.sel(boundary="facility", bin=alone["bin"])
        np.testing.assert_array_equal(inside["energy"], alone["energy"])
        np.testing.assert_array_equal(inside["histogram"], alone["histogram"])

    @pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
    def test_a_drawn_pue_is_left_out_of_the_node_beside_it(self, method: str) -> None:
        how = {"pue": wq.Uniform(1.1, 1.5), **DRAWS[method]}
        ds = swept(["node", "facility"], method, **how)
        for counted, given in (("node", DRAWS[method]), ("facility", how)):
            alone = swept(counted, method, **given)
            np.testing.assert_array_equal(ds["energy"].sel(boundary=counted), alone["energy"])

    def test_its_factors_have_dimensions_of_their_own(self) -> None:
        purposes = ["output_tokens", "input_tokens", "pue", "lever:a", "accelerator_share", "step:b", "normal"]
        last = GENERATOR.size - 1
        assert lattice_dimensions(purposes, GENERATOR.size) == [0, 1, 4, 6, last, last - 1, 2]

    def test_it_adds_nothing_to_the_names_of_streams(self) -> None:
        asked = study(MODEL, precision="FP8", pue=1.2, boundary=["facility", "node", "facility+idle_reserve"])
        plan = lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=False).plan
        names = [plan.name(number) for number in range(3)]
        found = plan.deployments[0].name
        before = "\x1e".join(
            [found, MODEL, "", "", "", "traditional", "500", "LogNormal(p5=0.4, p95=0.9)", "1.2", "", "none"]
        )
        assert names == [before, f"{before}\x1enode", f"{before}\x1efacility+idle_reserve"]


class TestPhysics:
    @pytest.mark.parametrize("method", METHODS)
    def test_the_node_is_the_facility_without_a_fixed_pue(self, method: str) -> None:
        ds = swept(["node", "facility"], method, pue=1.25)
        ratio = ds["energy"].sel(boundary="facility") / ds["energy"].sel(boundary="node")
        # A bin of the lattice is 0.1 % wide; whole tokens stay whole.
        np.testing.assert_allclose(ratio, 1.25, rtol=1e-12 if method == "exact" else 1.1e-3)
        np.testing.assert_array_equal(swept("facility", pue=1.0)["energy"], swept("node")["energy"])

    @pytest.mark.parametrize("method", METHODS)
    def test_moments_of_a_random_pue_come_on_top(self, method: str) -> None:
        pue = wq.LogNormal(1.05, 1.6)
        ds = swept(["node", "facility"], method, pue=pue)
        first, second = (np.exp(k * pue.mu + 0.5 * (k * pue.sigma) ** 2) for k in (1, 2))
        node, site = (ds.sel(boundary=one) for one in ("node", "facility"))
        means, stds = ([one[f"energy_{name}"].item() for one in (node, site)] for name in ("mean", "std"))
        if method == "exact":
            assert means[1] == pytest.approx(first * means[0], rel=1e-9)
            squares = [mean**2 + std**2 for mean, std in zip(means, stds, strict=True)]
            assert squares[1] == pytest.approx(second * squares[0], rel=1e-9)
        else:
            # That of plain draws, which quasi-random ones are below; both cells may err together.
            stderr = (stds[1] + first * stds[0]) / np.sqrt(DRAWS[method]["draws"])
            assert abs(means[1] - first * means[0]) < 4.0 * stderr

    def test_a_fixed_share_scales_the_node(self) -> None:
        ds = swept([wq.Boundary("accelerator", 0.7), "node"])
        np.testing.assert_allclose(ds["energy"][0], 0.7 * ds["energy"][1], rtol=1e-12)

    def test_steps_multiply_every_boundary(self) -> None:
        steps = [wq.Step("a", 1.1), wq.Step("b", 1.25)]
        for counted in ("accelerator", "node", "facility"):
            ds = swept([counted, wq.Boundary(counted, steps=steps)])
            np.testing.assert_allclose(ds["energy"][1], 1.1 * 1.25 * ds["energy"][0], rtol=1e-12)
        ds = swept(["facility", "facility + idle_reserve + factor_2"])
        np.testing.assert_allclose(ds["energy"][1], 1.10 * 1.076 * ds["energy"][0], rtol=1e-12)

    @pytest.mark.parametrize("method", METHODS)
    def test_the_ladder_of_google(self, method: str) -> None:
        """0.24 Wh of everything over 0.14 Wh of active accelerators (Elsworth et al. 2025, arXiv 2508.15734)."""
        everything = wq.Boundary("facility", steps=[wq.Step("idle_reserve", 1.10)])
        ds = swept([wq.Boundary("accelerator", 0.70), everything], method, pue=1.09)
        ratio = ds["energy"][1] / ds["energy"][0]
        np.testing.assert_allclose(ratio, 1.10 * 1.09 / 0.70, rtol=1e-12 if method == "exact" else 1.1e-3)
        np.testing.assert_allclose(ratio, 0.24 / 0.14, rtol=2e-3)

    @pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
    @pytest.mark.parametrize("share", [SHARE, wq.Truncated(SHARE, low=1e-9, high=1.0)])
    def test_sampled_and_exact_agree(self, method: str, share: wq.Distribution) -> None:
        # The truncation cuts 1e-7 of the lognormal, but is drawn as a factor of its own.
        exact = swept(["node", wq.Boundary("accelerator", SHARE, [IDLE]), wq.Boundary("facility", steps=[IDLE])])
        cut = [IDLE if share is SHARE else wq.Step("idle", wq.Truncated(IDLE.factor, low=1e-9))]
        given = ["node", wq.Boundary("accelerator", share, cut), wq.Boundary("facility", steps=cut)]
        sampled = swept(given, method, draws=2**18, seed=5)
        z = (sampled["energy"].values - exact["energy"].values) / sampled["energy_stderr"].values
        assert np.abs(z).max() < 4.5

    def test_several_factors_are_drawn_apart_from_levers(self) -> None:
        """A lever and a step of one distribution have points and streams of their own, or they would cancel."""
        even = wq.Uniform(1.5, 3)
        cell = {"pue": 1.0, "power_utilization": 0.5, "output_tokens": 300, "levers": wq.Lever("mine", even)}
        logs = np.log(even.ppf((np.arange(100_000) + 0.5) / 100_000))
        for method in ("monte_carlo", "quasi_monte_carlo"):
            boundary = wq.Boundary("facility", steps=[wq.Step("mine", even)])
            ds = wq.sweep(MODEL, boundary=boundary, method=method, keep_histogram=True, **DRAWS[method], **cell)
            weights, bins = ds["histogram"].values / ds["histogram"].values.sum(), ds["bin"].values / 1024
            variance = weights @ (bins - weights @ bins) ** 2
            # Its standard error is below 1 %; with one stream or one dimension for both it would be 0.
            assert variance == pytest.approx(2 * logs.var(), rel=0.05)

    def test_a_random_pue_that_is_not_counted_is_no_factor_of_the_exact_method(self) -> None:
        mixed = {"boundary": ["node", "facility"], "pue": wq.Uniform(1.1, 1.5), "method": "exact"}
        with pytest.raises(wq.InputError, match="cannot take pue"):
            wq.sweep(MODEL, **mixed)
        with pytest.raises(wq.InputError, match=r"cannot take step mine = Uniform\(low=1, high=2\)"):
            swept(wq.Boundary("node", steps=[wq.Step("mine", wq.Uniform(1, 2))]))

    def test_more_factors_than_the_points_have_dimensions(self) -> None:
        levers = [wq.Lever(f"l{i}", wq.Uniform(1.1, 1.2)) for i in range(33)]
        steps = [wq.Step(f"s{i}", wq.Uniform(1.1, 1.2)) for i in range(2)]
        arguments = {"levers": [levers], "method": "quasi_monte_carlo", "draws": 16}
        wq.sweep(MODEL, boundary=wq.Boundary("node", steps=steps[:1]), **arguments)
        with pytest.raises(wq.InputError, match="33 of levers, 2 of boundary"):
            wq.sweep(MODEL, boundary=wq.Boundary("node", steps=steps), **arguments)


class TestWhatTheResultSays:
    def test_one_boundary_is_a_scalar_coordinate_and_stands_at_every_energy(self) -> None:
        ds = swept("accelerator+idle_reserve", keep_histogram=True)
        assert ds["boundary"].item() == "accelerator+idle_reserve"
        assert ds["boundary"].dims == ()
        energies = [name for name, one in ds.variables.items() if one.attrs.get("units") == "Wh"]
        assert len(energies) == 7
        assert {ds[name].attrs["boundary"] for name in energies} == {"accelerator+idle_reserve"}
        assert ds["throughput"].attrs["boundary"] == "node"
        assert ds["pue"].item() == "not counted"
        share, idle = boundary_factors()[:2]
        assert ds["boundary"].attrs["sources"] == f"accelerator_share: {share.source} | idle_reserve: {idle.source}"
        assert (
            "accelerator_share LogNormal(p5=0.55, p95=0.73) * idle_reserve 1.1" in ds["boundary"].attrs["definitions"]
        )

    def test_the_default_is_the_facility(self) -> None:
        ds = wq.sweep(MODEL, method="exact")
        assert ds["boundary"].item() == ds["energy"].attrs["boundary"] == "facility"
        assert "sources" not in ds["boundary"].attrs

    def test_an_axis_is_the_last_and_named_by_its_labels(self) -> None:
        ds = swept({"claim": "accelerator", "ours": "facility"}, levers=["none", "serving"])
        assert ds["energy"].dims == ("levers", "boundary", "quantile")
        assert ds["boundary"].values.tolist() == ["claim", "ours"]
        assert ds["energy"].attrs["boundary"] == "see coordinate 'boundary'"
        assert "ours = node energy * PUE" in ds["boundary"].attrs["definitions"]
        assert ds["pue"].item() != "not counted"

    def test_an_estimate_states_it(self) -> None:
        one = wq.estimate(MODEL, boundary="node", method="exact")
        assert "Wh per query (P50, node boundary)" in str(one)
        assert (one.boundary, one.to_dict()["boundary"], one.assumptions["boundary"]) == ("node", "node", "node")
        assert one.assumptions["pue"] == "not counted"

    def test_a_blend_keeps_it(self) -> None:
        ds = wq.sweep(
            [MODEL, "Llama 3.1 70B"], boundary=["node", "facility"], method="exact", keep_histogram=True, pue=1.25
        )
        blended = wq.blend(ds)
        assert blended["energy"].dims == ("boundary", "quantile")
        np.testing.assert_allclose(blended["energy"][1] / blended["energy"][0], 1.25, rtol=1e-3)
        assert wq.blend(ds.sel(boundary="node"))["boundary"].item() == "node"
        one = wq.blend(wq.sweep([MODEL, "Llama 3.1 70B"], boundary="node", method="exact", keep_histogram=True))
        assert one["energy"].attrs["boundary"] == one["bin_lower"].attrs["boundary"] == "node"
        with pytest.raises(wq.InputError, match="another dimension than 'boundary'"):
            wq.blend(ds.isel(model=0), over="boundary")


@pytest.mark.parametrize(
    ("boundary", "pue", "message"),
    [
        ("facilty", None, "must begin with one of .*, which begins with 'facilty'.*Did you mean 'facility'"),
        ("facility+idle_reserv", None, "unknown step 'idle_reserv'.*Did you mean 'idle_reserve'"),
        ("node+facility", None, "counts several"),
        ("node+idle_reserve+idle_reserve", None, "names 'idle_reserve' more than once"),
        (["node", "node"], None, "'node' more than once"),
        (3, None, "boundary must be one of .*got 3"),
        (wq.ALL, None, "only a catalog's axes"),
        ("node", 1.2, "got pue = 1.2 with boundary = 'node'"),
        (["node", "accelerator"], wq.LogNormal(1.05, 1.6), "where no boundary counts it"),
    ],
)
def test_refused(boundary: object, pue: object, message: str) -> None:
    with pytest.raises(ValueError if boundary != 3 else TypeError, match=message):
        wq.sweep(MODEL, boundary=boundary, pue=pue, method="exact")


def test_a_step_of_a_preset_is_looked_at_when_it_is_named() -> None:
    preset = dataclasses.replace(wq.catalog.preset("v2-code"), name="mine", fleet_overhead={"odd": 0.9, "even": 2.0})
    ds = swept(["node", "node+even"], preset=preset)
    np.testing.assert_allclose(ds["energy"][1], 2.0 * ds["energy"][0], rtol=1e-12)
    assert "preset mine, not explained by the source" in ds["boundary"].attrs["sources"]
    with pytest.raises(wq.InputError, match=r"Step 'odd': factor must be within 1 to 100, got 0\.9"):
        swept("node+odd", preset=preset)
