"""Pages as a whole: in order, inert, usable, their numbers those of the result, and written whole or not at all."""

import re

import pytest

import wattquery as wq
from html_pages import Page, check_inert, check_usable
from wattquery.errors import InputError, InputTypeError
from wattquery.reports.report import content_of, page_text

HOSTILE = {
    "<script>alert(1)</script>": 300,
    '"><img src=x onerror=alert(1)>': 400,
    "javascript:alert(1)": 500,
    "</caption></table><h1>": 600,
    "a & b": 700,
}


@pytest.fixture(scope="module")
def of_model(tmp_path_factory):
    path = wq.report("Llama 3.1 405B", tmp_path_factory.mktemp("pages") / "model.html", method="exact")
    return Page(path.read_text(encoding="utf-8"))


def in_two_digits(value):
    from wattquery.claims.energies import in_digits

    return in_digits(float(value))


def test_the_answer_has_the_numbers_of_the_dataset(of_model):
    (answer,) = [data for tag, data in of_model.texts if "at the median" in data and tag == "p"]
    low, median, high = wq.sweep("Llama 3.1 405B", method="exact")["energy"].sel(quantile=[0.05, 0.5, 0.95]).values
    assert f"takes {in_two_digits(median)} Wh at the median" in answer
    assert f"nine in ten take {in_two_digits(low)} to {in_two_digits(high)} Wh" in answer
    assert "counted at the boundary facility" in answer
    assert "what matters most is generated tokens per query" in answer


def test_every_boundary_has_its_number(of_model):
    ds = wq.sweep("Llama 3.1 405B", method="exact", boundary=["accelerator", "node", "facility"])
    for boundary in ds["boundary"].values:
        value = ds["energy"].sel(boundary=boundary, quantile=0.5).item()
        assert re.search(rf"{boundary}\s*[\d.\s]*{value:.4g}".replace(".", r"\."), of_model.text.replace("\n", " "))


def test_sections_stand_in_their_order(of_model):
    heads = of_model.inside("h2")
    order = ["The number", "Read this", "Pictures", "What drives", "What is assumed", "Notes", "Public claims"]
    order += ["The equation", "How this was computed", "How to cite", "Sources"]
    assert [next(i for i, one in enumerate(heads) if one.startswith(word)) for word in order] == list(range(len(heads)))


def test_a_page_is_inert_and_usable(of_model):
    check_inert(of_model)
    check_usable(of_model)


def test_it_says_what_it_rests_on(of_model):
    text = of_model.text
    for said in (
        "LogNormal(p5=1.05, p95=1.6)",
        "preset v2-code",
        "catalog oviedo2026",
        "f065cab6f2efa9a9",
        "extrapolated",
    ):
        assert said in text, said
    assert "ds = wq.sweep(\n    'Llama 3.1 405B',\n    method='exact',\n    boundary=['accelerator', 'node'," in text
    assert "@misc{wattquery_report," in text
    assert "@article{oviedo2026," in text
    assert "https://arxiv.org/abs/2509.20241" in {one.get("href") for one in of_model.named("a")}
    assert of_model.named("math")[0]["alttext"].startswith("E = PUE")


def test_words_of_a_picture_say_its_numbers(of_model):
    (words, svg), *_ = of_model.pictures()
    median = wq.sweep("Llama 3.1 405B", method="exact")["energy"].sel(quantile=0.5).item()
    assert f"facility: median {median:.3g} Wh" in words
    assert "<svg" in svg
    assert "<script" not in svg


def test_labels_are_text_wherever_they_stand():
    content = content_of("DeepSeek-R1", {"output_tokens": HOSTILE, "method": "exact"})
    page = Page(page_text(content))
    check_inert(page)
    check_usable(page)
    for label in HOSTILE:
        assert label in page.text
    assert any("<script>alert(1)</script>: median" in words for words, _ in page.pictures())


def test_a_saved_result_tells_no_origin_and_names_its_boundary(tmp_path):
    ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], method="exact")
    page = Page(page_text(content_of(ds, {})))
    assert "the file" in page.text
    assert "Computed at the boundary facility alone" in page.text


def test_under_a_load_it_says_latencies_and_support():
    arguments = {"hardware": "H100", "load": 0.5, "precision": "FP8", "method": "exact", "accelerators": 2}
    ds = wq.sweep("Llama 3.1 70B", **arguments)
    page = Page(page_text(content_of(ds, {})))
    assert f"{1000 * ds['time_to_first_token'].item():.4g}" in page.text
    assert f"support: {ds['support'].item()}" in page.text
    assert "first token [ms]" in page.text
    assert "c_kv" in page.named("math")[0]["alttext"]


def test_the_frontier_is_that_of_verdicts():
    content = content_of("frontier", {"method": "exact"})
    verdict = wq.claims.verdict("google_search_2009")
    low, high = (in_two_digits(verdict.queries[0].quantiles[level]) for level in (0.05, 0.95))
    assert f"nine in ten take {low} to {high} Wh" in content.answer
    assert content.answer.endswith(f"what matters most is {verdict.condition.text}.")


def test_a_page_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(wq.InputError, match="exists"):
        wq.report("3 Wh", path)
    with pytest.raises(wq.InputError):
        wq.report("Llama 3.1 405B", path, replace=True, pue="many")
    assert path.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("subject", "arguments", "words"),
    [
        ("3 Wh", {"path": "report.pdf"}, "must end in .html"),
        ("3 Wh", {"rows": 0}, "rows must be"),
        ("3 Wh", {"replace": 1}, "replace must be"),
        ("3 Wh", {"kind": "thing"}, "kind must be"),
        ("altman_2024", {}, "Did you mean 'altman_2025'"),
        ("Llama 3.1 405B", {"pu": 1}, "'pu'"),
        ("mixed", {"pu": 1}, "'pu'"),
        ("v1", {"preset": "v2-code"}, "is a preset already"),
        ("GPT-2", {"load": 0.5, "hardware": "H100"}, "GPT-2"),
    ],
)
def test_what_cannot_be_reported_is_refused(tmp_path, subject, arguments, words):
    path = tmp_path / arguments.pop("path", "report.html")
    with pytest.raises(wq.InputError, match=re.escape(words)):
        wq.report(subject, path, **arguments)
    assert not list(tmp_path.iterdir())


def test_a_result_takes_no_arguments(tmp_path):
    ds = wq.sweep("DeepSeek-R1", method="exact")
    with pytest.raises(wq.InputError, match="takes no pue"):
        wq.report(ds, tmp_path / "report.html", pue=1.2)


def test_a_grid_without_data_is_no_page(tmp_path):
    with pytest.raises(wq.InputError, match="none of these 1 has one"):
        wq.report(["Mistral Large"], tmp_path / "report.html", precision="FP8", method="exact")


@pytest.mark.parametrize("made", [lambda: wq.estimate("DeepSeek-R1", draws=100), lambda: wq.catalog.preset("v1")])
def test_other_results_are_refused_by_what_they_are(made, tmp_path):
    with pytest.raises(InputTypeError, match=r"got (Estimate|Preset)\. Pass what made it"):
        wq.report(made(), tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_file_of_a_grid_is_not_taken_for_a_scenario(tmp_path):
    (tmp_path / "grid.toml").write_text('model = "DeepSeek-R1"\n')
    with pytest.raises(InputError, match="describes a grid of wattquery sweep"):
        wq.report(tmp_path / "grid.toml", tmp_path / "page.html")
