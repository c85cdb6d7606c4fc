"""The page computes what the package says: quantiles over random states, what drives them, and levers one by one."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from explorer.page_engine import LEVELS, PageEngine
from explorer.random_states import largest_difference, said_by
from explorer.studies import loaded, paper, payload

ALLOWED = 0.005  # of a quantile
CLOSE = 0.003


@pytest.fixture(scope="module")
def of_paper() -> PageEngine:
    return PageEngine(paper())


@pytest.fixture(scope="module")
def of_load() -> PageEngine:
    return PageEngine(loaded())


@pytest.mark.parametrize("name", ["of_paper", "of_load"])
def test_random_states_give_what_their_calls_say(request: pytest.FixtureRequest, name: str) -> None:
    engine = request.getfixturevalue(name)
    assert largest_difference(engine, states=10, seed=1) < ALLOWED


@pytest.mark.slow
@pytest.mark.parametrize("name", ["of_paper", "of_load"])
def test_two_hundred_random_states_do_too(request: pytest.FixtureRequest, name: str) -> None:
    engine = request.getfixturevalue(name)
    assert largest_difference(engine, states=200, seed=2) < ALLOWED


def test_an_untouched_page_has_the_numbers_of_its_study(of_load: PageEngine) -> None:
    energies = of_load.ask("Array.from(study.variables.energy.array.data)")
    shape = [*of_load.payload["variables"]["energy"]["array"]["shape"]]
    table = np.reshape([np.nan if one is None else one for one in energies], shape)
    axes = of_load.payload["variables"]["energy"]["axes"]
    for place in list(np.ndindex(*shape[:-1]))[::5]:
        found = of_load.statistics(dict(zip(axes, map(int, place), strict=True)))
        assert found is not None
        assert found["quantiles"] == pytest.approx(table[place].tolist(), rel=2e-5)


def test_the_frontier_is_that_of_the_package(of_paper: PageEngine) -> None:
    choice = {**of_paper.choice(boundary="facility"), "model": "blend:0"}
    for moved, arguments in ({}, {}), ({"lever:model": "on", "pue": 1.2}, {"levers": "model", "pue": 1.2}):
        said = wq.estimate("frontier", method="exact", **arguments)
        found = of_paper.statistics(choice, moved)
        assert found is not None
        assert found["quantiles"] == pytest.approx([said.quantiles[level] for level in LEVELS], rel=CLOSE)
        assert found["mean"] == pytest.approx(said.mean, rel=CLOSE)


def test_factors_and_lengths_of_other_kinds_are_computed_too() -> None:
    study = payload(
        "Llama 3.1 405B",
        output_tokens=[wq.Exponential(median=12), wq.Triangular(low=50, mode=200, high=900)],
        input_tokens=wq.LogNormal(p5=100, p95=2000),
        pue=[wq.Triangular(low=1.05, mode=1.1, high=1.6), wq.Uniform(low=1.0, high=1.5)],
        power_utilization=wq.ThroughputProportional(base=0.24, span=0.56),
        levers=[wq.Lever("ours", wq.Uniform(low=1.5, high=3.0)), "none"],
        prefill_weight=1 / 30,
    )
    engine = PageEngine(study)
    said = wq.sweep(
        "Llama 3.1 405B",
        output_tokens=[wq.Exponential(median=12), wq.Triangular(low=50, mode=200, high=900)],
        input_tokens=wq.LogNormal(p5=100, p95=2000),
        pue=[wq.Triangular(low=1.05, mode=1.1, high=1.6), wq.Uniform(low=1.0, high=1.5)],
        power_utilization=wq.ThroughputProportional(base=0.24, span=0.56),
        levers=[wq.Lever("ours", wq.Uniform(low=1.5, high=3.0)), "none"],
        prefill_weight=1 / 30,
        method="quasi_monte_carlo",
        draws=2**15,
    )["energy"]
    for output, pue, lever in ((0, 0, 0), (1, 1, 1)):
        found = engine.statistics({"output_tokens": int(output), "pue": int(pue), "levers": int(lever)})
        assert found is not None
        expected = said.isel(output_tokens=output, pue=pue, levers=lever).values.ravel()
        # Four or five random quantities on points of both sides, and nothing that smooths between these.
        assert found["quantiles"] == pytest.approx(expected.tolist(), rel=0.01)


def test_quantiles_of_whole_tokens_alone_are_among_them(of_paper: PageEngine) -> None:
    choice = of_paper.choice(model="Llama 3.1 405B", boundary="facility")
    for median in (20, 300, 4000):
        moved = {"output_tokens": median, "pue": 1.2, "power_utilization": 0.6}
        found = of_paper.statistics(choice, moved)
        assert found is not None
        assert found["quantiles"] == pytest.approx(said_by(of_paper.call(choice, moved)["python"]), rel=1e-6)


def test_reciprocal_throughputs_are_computed_too() -> None:
    study = payload("Llama 3.1 405B", hardware=wq.ALL, serving="TensorRT-LLM", precision=wq.ALL, preset="default")
    engine = PageEngine(study)
    rng = np.random.default_rng(3)
    places = [place for place in np.ndindex(*study["engine"]["row_shape"]) if engine.statistics(_named(study, place))]
    assert places
    for number in rng.choice(len(places), 3, replace=False).tolist():
        choice = _named(study, places[number])
        found = engine.statistics(choice, {"output_tokens": 700})
        said = said_by(engine.call(choice, {"output_tokens": 700})["python"])
        assert found is not None
        assert found["quantiles"] == pytest.approx(said, rel=ALLOWED)


def _named(study: dict[str, object], place: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(study["engine"]["row_axes"], map(int, place), strict=True))


def test_the_tornado_is_that_of_the_package(of_paper: PageEngine) -> None:
    choice = of_paper.choice(model="DeepSeek-R1", levers="model+serving+hardware", boundary="facility")
    rows = of_paper.ask(f"engine.tornado(study, {choice}, {{}})")
    said = wq.sensitivity.tornado("DeepSeek-R1", levers="model+serving+hardware")
    assert {row["name"] for row in rows} == set(said["factor"].values.tolist())
    for row in rows:
        medians = said["median"].sel(factor=row["name"]).values.ravel().tolist()
        assert [row["low"], row["high"]] == pytest.approx(medians, rel=CLOSE)


def test_the_load_model_is_one_bar_of_the_tornado(of_load: PageEngine) -> None:
    choice = of_load.choice(model="Llama 3.1 70B", hardware="H100 SXM", load=0.5, boundary="facility")
    rows = {row["name"]: row for row in of_load.ask(f"engine.tornado(study, {choice}, {{}})")}
    said = wq.sensitivity.tornado("Llama 3.1 70B", hardware="H100 SXM", load=0.5, workload="azure_conversation")
    for name in ("workload", "pue"):
        assert [rows[name]["low"], rows[name]["high"]] == pytest.approx(
            said["median"].sel(factor=name).values.ravel().tolist(), rel=CLOSE
        )
    # Effects that are independent: their variances add up to that of the one bar.
    of_model = [name for name in said["factor"].values.tolist() if name.startswith("load_model:")]
    widths = [np.log(np.divide(*said["median"].sel(factor=name).values.ravel()[::-1])) for name in of_model]
    whole = np.log(rows["load_model"]["high"] / rows["load_model"]["low"])
    assert np.hypot.reduce(widths) == pytest.approx(whole, rel=0.01)


def test_levers_divide_one_by_one(of_load: PageEngine) -> None:
    choice = of_load.choice(boundary="facility")
    rows = of_load.ask(f'engine.waterfall(study, {choice}, {{"lever:model": 2, "lever:serving": 4}})')
    assert [row["name"] for row in rows] == ["lever:model", "lever:serving"]
    assert rows[0]["before"] / rows[0]["after"] == pytest.approx(2.0)
    assert rows[1]["before"] == rows[0]["after"]
    assert rows[1]["before"] / rows[1]["after"] == pytest.approx(4.0)


def test_ratios_are_of_independent_queries(of_paper: PageEngine) -> None:
    one, other = (of_paper.choice(model=name) for name in ("DeepSeek-R1", "Llama 3.1 405B"))
    cells = [f"engine.cell(study, {choice}, {{}})" for choice in (one, other)]
    found = of_paper.ask(f"engine.ratio({cells[0]}, {cells[1]}, [0.25, 0.5, 0.75])")
    mine, theirs = (_even(of_paper, choice) for choice in (one, other))
    expected = np.quantile(np.divide.outer(mine, theirs), [0.25, 0.5, 0.75])
    assert found["quantiles"] == pytest.approx(expected.tolist(), rel=0.01)
    over_number = of_paper.ask(f"engine.ratio({cells[0]}, 0.3, [0.5])")
    assert over_number["quantiles"][0] == pytest.approx(of_paper.statistics(one)["quantiles"][2] / 0.3)


def _even(engine: PageEngine, choice: dict[str, int]) -> np.ndarray:
    cell = f"engine.cell(study, {choice}, {{}})"
    return np.array(engine.ask(f"Array.from(wattquery.mixture.nodesOf({cell}, [0, 1], 2000, 400), Math.exp)"))


def test_where_nothing_is_known_there_is_no_number(of_paper: PageEngine) -> None:
    choice = of_paper.choice(model="Mistral Large")
    assert of_paper.statistics(choice) is None
    assert "no measured rows" in of_paper.ask(f"engine.reason(study, {choice})")


def test_density_and_share_belong_to_the_same_curve(of_load: PageEngine) -> None:
    choice = of_load.choice(boundary="facility")
    edges = np.geomspace(1e-4, 50.0, 600)
    density = of_load.ask(f"engine.density(engine.cell(study, {choice}, {{}}), {edges.tolist()})")
    assert np.trapezoid(density, np.log(edges)) == pytest.approx(1.0, abs=0.002)
    found = of_load.statistics(choice)
    assert found is not None
    share = of_load.ask(f"engine.share_below(engine.cell(study, {choice}, {{}}), {found['quantiles'][3]})")
    assert share == pytest.approx(0.75, abs=1e-6)
