"""Power over the load: the same power as of estimates, with bands, and JSON that comes back as it was."""

import json
from dataclasses import replace

import numpy as np
import pytest

import wattquery as wq
from one_sentence import is_one_sentence

MODEL, INSTANCE = "Llama 3.1 70B", {"hardware": "H100 SXM", "output_tokens": 300, "input_tokens": 700}
LOADS = (0, 0.1, 1)


@pytest.fixture(scope="module")
def profile():
    return wq.power_profile(MODEL, loads=LOADS, **INSTANCE)


@pytest.fixture(scope="module")
def estimates():
    return [
        [wq.estimate(MODEL, load=load, boundary=name, method="exact", **INSTANCE) for name in boundaries]
        for load in LOADS[1:]
        for boundaries in [("accelerator", "node", "facility")]
    ]


def test_power_is_that_of_an_estimate(profile, estimates):
    for place, (alone, _, _) in enumerate(estimates, start=1):
        assert profile.power_w_per_accelerator["accelerator"].median[place] == pytest.approx(alone.power, rel=1e-9)
        assert profile.output_tokens_per_s.median[place] == pytest.approx(alone.throughput, rel=1e-9)
        assert profile.running_sequences[place] == pytest.approx(alone.running_sequences, rel=1e-9)
    assert profile.accelerators == estimates[0][0].accelerators
    low, high = (profile.power_w_per_accelerator["accelerator"][k][1] for k in (2, 3))
    spread = 1.6448536269514722 * estimates[0][0].log_stderrs["power"]
    assert np.log([low, high]) == pytest.approx(np.log(estimates[0][0].power) + np.array([-spread, spread]), rel=1e-9)


def test_power_over_requests_per_second_is_the_energy_of_a_request(profile, estimates):
    """To the digit for medians of the accelerators alone; the mean of a quotient is not that of its parts."""
    for place, of_boundaries in enumerate(estimates, start=1):
        seconds = profile.mean_output_tokens / profile.output_tokens_per_s.median[place] * profile.accelerators
        for (name, band), found in zip(profile.power_w_per_accelerator.items(), of_boundaries, strict=True):
            assert seconds * band.median[place] / 3600 == pytest.approx(
                found.quantiles[0.5], rel=1e-7 if name == "accelerator" else 0.02
            )


def test_the_facility_is_the_node_times_pue(profile):
    node, facility = (profile.power_w_per_accelerator[name] for name in ("node", "facility"))
    pue = wq.LogNormal(p5=1.05, p95=1.6)
    np.testing.assert_allclose(np.divide(facility.mean, node.mean), pue.mean(), rtol=1e-9)
    widths = [np.log(np.divide(one.high, one.low)) for one in (facility, node)]
    own = 2 * 1.6448536269514722 * pue.sigma
    np.testing.assert_allclose(widths[0], np.hypot(widths[1], own), rtol=1e-9)


def test_without_load_the_accelerators_idle(profile):
    watts = profile.power_w_per_accelerator
    assert (profile.load[0], profile.running_sequences[0], profile.output_tokens_per_s.high[0]) == (0.0, 0.0, 0.0)
    assert watts["accelerator"].low[0] == watts["accelerator"].high[0] == 120.0
    assert watts["node"].mean[0] == pytest.approx(1.05 * 120 + 250, rel=1e-12)
    width = 2 * 1.6448536269514722 * np.sqrt(np.log1p((60 / 376) ** 2))
    assert np.log(watts["node"].high[0] / watts["node"].low[0]) == pytest.approx(width, rel=1e-9)
    judged = wq.power_profile(MODEL, hardware="B200", loads=0).power_w_per_accelerator["accelerator"]
    assert judged.high[0] > 1.5 * judged.low[0]


def test_json_comes_back_as_it_was_and_says_what_it_stands_on(profile, tmp_path):
    path = tmp_path / "profile.json"
    profile.save(path)
    plain = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert plain["schema"] == "wattquery-power-profile-1"
    assert plain["provenance"]["wattquery_version"] == wq.__version__
    assert plain["support"] == "supported"
    assert plain["accelerators_per_node"] == 8
    assert len(plain["power_w_per_accelerator"]["facility"]["high"]) == len(plain["load"]) == 3
    assert wq.PowerProfile.read(path) == profile
    with pytest.raises(wq.InputError, match="exists"):
        profile.save(path)
    path.write_text(json.dumps(plain | {"schema": "other"}), encoding="utf-8")
    with pytest.raises(wq.InputError, match="must have the schema"):
        wq.PowerProfile.read(path)
    path.write_text("[1]", encoding="utf-8")
    with pytest.raises(wq.InputError, match="must have all keys"):
        wq.PowerProfile.read(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(wq.InputError, match="is no JSON"):
        wq.PowerProfile.read(path)


@pytest.mark.parametrize(
    ("path", "new", "said"),
    [
        (["load", 1], 2.0, "'load' of a power profile must be numbers from 0 to 1 in rising order"),
        (["load"], [], "'load'"),
        (["load", 0], True, "'load'"),
        (["running_sequences", 1], 1.0, "running_sequences"),
        (
            ["power_w_per_accelerator", "node"],
            None,
            "'power_w_per_accelerator.node' of a power profile must be",
        ),
        (["power_w_per_accelerator", "node", "low", 1], "x", "'power_w_per_accelerator.node.low'"),
        (["power_w_per_accelerator", "node", "low", 1], 1e5, "'power_w_per_accelerator.node' .* low, median, high"),
        (["power_w_per_accelerator", "node", "high"], [1.0], "3 finite numbers of 0 or more"),
        (["output_tokens_per_s_per_instance", "mean", 1], float("nan"), "'output_tokens_per_s_per_instance.mean'"),
        (["level"], 90, "'level' of a power profile must be a probability"),
        (["accelerators_per_instance"], 2.5, "'accelerators_per_instance'"),
        (["notes"], "x", "'notes' of a power profile must be a list of texts"),
    ],
)
def test_a_profile_that_was_changed_is_refused_in_a_sentence(profile, path, new, said, tmp_path):
    plain = profile.to_dict()
    *inner, last = path
    place = plain
    for key in inner:
        place = place[key]
    place[last] = new
    file = tmp_path / "profile.json"
    file.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(wq.InputError, match=said) as caught:
        wq.PowerProfile.read(file)
    assert is_one_sentence(str(caught.value))


@pytest.mark.parametrize(("name", "said"), [("none.json", "there is no such file"), ("deep.json", "nested too deeply")])
def test_a_file_that_holds_no_profile_is_refused(name, said, tmp_path):
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(wq.InputError, match=said):
        wq.PowerProfile.read(tmp_path / name)


def test_a_prepared_cell_gives_the_profile_of_its_instance(profile):
    cell = wq.prepare(MODEL, concurrency=5, boundary="node", **INSTANCE)
    assert cell.power_profile(LOADS) == profile
    assert wq.power_profile(cell, loads=LOADS[::-1]) == profile


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"loads": [0, 1.5]}, "loads must be numbers from 0, where nothing runs, to 1, got 1.5"),
        ({"loads": []}, "loads must be numbers"),
        ({"load": 0.5}, "load must be left out of a power profile"),
        ({"levers": "serving"}, "serving.* must be left out of a power profile"),
        ({"hardware": ["H100 SXM", "H200"]}, "power_profile takes one value for each axis"),
        ({"hardware": "L4", "accelerators": 1}, "Nothing can be predicted"),
        ({"level": 90}, "level must be a probability"),
        ({"pue": wq.Uniform(1.1, 1.5)}, "power_profile cannot take pue = Uniform"),
    ],
)
def test_what_is_no_profile_is_refused(arguments, said):
    with pytest.raises((wq.InputError, wq.InputTypeError), match=said):
        wq.power_profile(MODEL, **{**INSTANCE, **arguments})


def test_measurements_that_changed_are_no_longer_those_of_the_cell():
    cell = wq.prepare(MODEL, load=0.5, **INSTANCE)
    of_others = replace(cell, provenance={**cell.provenance, "measured_fingerprint": "0123"})
    with pytest.raises(wq.InputError, match="have changed since it was prepared"):
        of_others.power_profile((0.5,))


def test_a_cell_without_a_load_has_none():
    with pytest.raises(wq.InputError, match="under a load"):
        wq.prepare("Llama 3.1 405B").power_profile()
