"""Which model takes least: the ranking, its sentence and what it refuses."""

import pytest

import wattquery as wq
from wattquery import claims
from wattquery.errors import InputError, InputTypeError


@pytest.fixture(scope="module")
def ranked():
    return claims.least()


def test_the_ranking_is_that_of_a_sweep(ranked):
    ds = wq.sweep(wq.ALL, method="exact")
    medians = ds["energy"].sel(quantile=0.5).to_series().dropna().sort_values()
    same = {one.name: one.median for one in ranked.queries if one.name in medians}
    assert list(same) == [str(name) for name in medians.index]
    assert list(same.values()) == pytest.approx(list(medians), rel=1e-3)
    (other,) = [one.name for one in ranked.queries if one.name not in same]
    assert any(text.startswith(f"{other}: precision") for text in ranked.caveats)  # it has no row at that of the rest
    assert ranked.range == (ranked.queries[0].quantiles[0.05], ranked.queries[0].quantiles[0.95])


def test_the_sentence_names_the_first_and_what_matters_beside_the_model(ranked):
    first, second, *_, last = ranked.queries
    for one in (first, second, last):
        assert one.name in ranked.sentence
    assert ranked.condition.name == "length"
    assert ranked.sources[0].key == "oviedo2026"
    assert ranked.caveats[0].startswith("energy alone")
    assert ranked.ratios[f"{last.name} over {first.name}"] == last.median / first.median


def test_another_length_and_boundary_are_what_was_asked():
    found = claims.least(output_tokens=700, boundary="node")
    assert {(one.output_tokens, one.boundary) for one in found.queries} == {("700", "node")}
    assert "a query with 700 output tokens" in found.sentence
    assert "at the boundary node" in found.sentence
    assert "length" not in [one.name for one in found.conditions]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_it_fits(ranked, width):
    assert max(len(line) for line in ranked.text(width).splitlines() if "http" not in line) <= width


def test_a_page_of_it_has_all_models(ranked, tmp_path):
    wq.report(ranked, tmp_path / "least.html")
    page = (tmp_path / "least.html").read_text(encoding="utf-8")
    assert all(one.name in page for one in ranked.queries)
    assert "the claim" not in page.partition("Public claims")[0]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"preset": "default"}, InputError, "many deployments of a model"),
        ({"model": "DeepSeek-R1"}, InputTypeError, "model"),
        ({"boundary": "moon"}, InputError, "boundary must be one of"),
    ],
)
def test_what_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        claims.least(**given)
