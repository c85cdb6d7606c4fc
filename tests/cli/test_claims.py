"""`wattquery claims`: the list, one claim beside the model, and the table of those that are too high."""

from __future__ import annotations

import csv
import io

import pytest

from wattquery import catalog, claims


def test_the_list(cli, monkeypatch):
    found = cli.json("claims")["claims"]
    assert [one["id"] for one in found] == [one.id for one in catalog.public_claims()]
    monkeypatch.setenv("COLUMNS", "200")
    text = cli.text("claims")
    assert "134 claims: 115 public (89 read second hand), 19 of this method" in text
    lines = {line.split()[0]: line for line in text.splitlines() if line}
    assert "15-16.3" in lines["muxup_r1fp8_1k8k"]
    assert "at least 33" in lines["jegham_v2_max_long"]
    assert " -  " in lines["mistral_lca"]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--kind", "image"], 2),
        (["--model-class", "Mistral Large"], 3),
        (["--boundary", "facility+idle_reserve"], 1),
        (["--origin", "this method", "--kind", "fleet_mean"], 2),
        (["--kind", "video", "--boundary", "node"], 0),
    ],
)
def test_filters(cli, options, count):
    assert len(cli.json("claims", *options)["claims"]) == count
    assert f"\n{count} claims" in cli.text("claims", *options)


def test_csv_is_read_back(cli, tmp_path):
    text = cli.text("claims", "--csv")
    path = tmp_path / "again.csv"
    path.write_text(text, encoding="utf-8")
    assert catalog.read_claims(path) == catalog.public_claims()
    chosen = list(csv.DictReader(io.StringIO(cli.text("claims", "--csv", "epoch_base", "uri_r1"))))
    assert [one["id"] for one in chosen] == ["epoch_base", "uri_r1"]


def test_one_claim_is_compared(cli):
    found = cli.json("claims", "cmp_iea_mixtral")
    assert found["comparison"] == cli.json("claims", "cmp_iea_mixtral", "--compare")
    compared = claims.compare("cmp_iea_mixtral")
    assert found["comparison"]["ratio_to_median"] == pytest.approx(compared.ratio_to_median)
    assert cli.text("claims", "cmp_iea_mixtral", "--compare").strip() == str(compared).strip()


def test_which_model_takes_least(cli):
    own = claims.least(output_tokens=300)
    words = ["claims", "--least", "--output-tokens", "300"]
    assert cli.text(*words).replace("\n", " ").startswith(own.sentence)
    assert cli.text(*words, "--cite").strip().endswith(own.bibtex())


def test_a_verdict_comes_first_and_can_be_cited(cli):
    own = claims.verdict(against="google_search_2009")
    words = ("claims", "--against", "google_search_2009")
    assert cli.text(*words).strip() == str(own).strip()
    assert cli.text(*words, "--cite").strip().endswith(own.bibtex())
    assert cli.json(*words)["sentence"] == own.sentence


def test_a_comparison_takes_what_the_user_knows(cli):
    options = ["--model", "Llama 3.1 70B", "--output-tokens", "1500", "--input-tokens", "200", "--boundary", "node"]
    found = cli.json("claims", "epoch_small", *options)["comparison"]
    assert (found["models"], found["output_tokens"], found["input_tokens"], found["boundary"]) == (
        ["Llama 3.1 70B"],
        "1500",
        "200",
        "node",
    )


def test_a_number_is_compared_as_well(cli):
    found = cli.json("claims", "0.3 Wh", "--model", "Llama 3.1 70B", "--preset", "v1")
    assert (found["claim"]["wh"], found["provenance"]["preset"]) == (0.3, "v1")


def test_several_are_listed_or_compared(cli):
    assert [one["id"] for one in cli.json("claims", "cmp_iea_r1", "uri_r1")["claims"]] == ["cmp_iea_r1", "uri_r1"]
    text = cli.text("claims", "cmp_iea_r1", "uri_r1", "mittr_image", "--compare")
    assert "would close it (inference)" in text
    assert "1 not compared: mittr_image" in text


def test_what_cannot_be_compared_is_shown_with_the_reason(cli):
    text = cli.text("claims", "mistral_lca")
    assert "Not compared: 'mistral_lca' gives no energy" in text
    assert "not_compared" in cli.json("claims", "mistral_lca")
    assert "Pass model=" in cli.text("claims", "epoch_small")
    assert "gives no energy" in cli.refused("claims", "mistral_lca", "--compare")


def test_overstated(cli):
    found = cli.json("claims", "--overstated")["comparisons"]
    ends = {one["id"]: one["end"] for one in found if one["end"]}
    assert ends == {"cmp_iea_mixtral": "20", "cmp_iea_r1": "4"}
    assert found[1]["ratio_at_boundary"] is None
    text = cli.text("claims", "--overstated")
    assert "Comparator of the paper" in text
    assert "inference" in text


def test_a_picture(cli, tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    assert cli.text("claims", "epoch_base", "uri_r1", "--plot", "out.svg") == "out.svg: claims\n"
    assert (tmp_path / "out.svg").read_bytes().startswith(b"<?xml")
    assert "Choose another name, or replace it with --force" in cli.refused("claims", "--plot", "out.svg")
    assert cli.text("claims", "uri_r1", "--plot", "out.svg", "--force")
    said = cli.text("claims", "uri_r1", "couch_session", "oviedo_v2_trad", "--plot", "out.svg", "--force")
    assert said.splitlines()[1].startswith("2 not drawn, as no public claim in Wh")
    assert said.endswith(": couch_session, oviedo_v2_trad\n")


def test_two_claims_at_one_boundary(cli):
    pair = ("google_gemini_2025_full", "google_gemini_2025_narrow", "--reconcile")
    own, general = cli.text("claims", *pair).split("\n\n")
    assert "node -> accelerator: x 0.7 (accelerator_share) = 0.14 Wh" in own
    assert "boundary explains 1.71; left is 1.4 (utilization:" in own
    assert "boundary explains 2.25; left is 1.07 (its sources do not say what it is)" in general
    plain = cli.json("claims", *pair)["reconciled"]
    assert [round(one["left"], 2) for one in plain] == [1.4, 1.07]
    assert len(cli.json("claims", "epoch_base", "devries_2023_chatgpt", "--reconcile")["reconciled"]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["epoch_bse"], "Did you mean 'epoch_base'"),
        (["-3"], "No such option"),
        (["0"], "must be an id, or a positive energy such as 3 Wh, got 0"),
        (["3 kW"], "kW is a power"),
        (["epoch_base", "uri_r1", "--against", "0.3"], "name one ID or none"),
        (["--overstated", "--against", "0.3"], "name one ID or none"),
        (["--least", "altman_2025"], "--least ranks all models"),
        (["--least", "--overstated"], "--least ranks all models"),
        (["--cite"], "--cite is for the sources of one claim"),
        (["epoch_base", "--against", "mistral_lca"], "gives no energy"),
        (["--against", "google_search_2009", "--kind", "image"], "--kind filters the list"),
        (["--model-class", "frontir"], "Did you mean 'frontier'"),
        (["epoch_base", "--kind", "image"], "--kind filters the list"),
        (["--overstated", "--boundary", "node"], "--boundary filters the list"),
        (["epoch_base", "--reconcile"], "--reconcile needs two ids and no other option, got 1"),
        (["epoch_base", "uri_r1", "--compare", "--reconcile"], "got 2 and other options"),
        (["epoch_base", "altman_2025", "--reconcile"], "The boundary of 'altman_2025' is 'unknown'"),
        (["epoch_base", "google_gemini_2025_full", "--reconcile", "--csv"], "--csv prints a list"),
        (["--overstated", "epoch_base"], "--overstated has claims of its own"),
        (["--output-tokens", "300"], "--output-tokens is for a comparison"),
        (["epoch_base", "--csv"], "--csv prints a list"),
        (["--plot", "out.jpg"], "must end in one of '.png', '.svg', '.pdf'"),
        (["--plot", "out.png", "--json"], "--plot writes a picture"),
        (["--plot", "out.png", "--kind", "image"], "No claim is left to draw"),
        (["epoch_base", "--preset", "v3"], "preset must be one of"),
        (["epoch_base", "--model", "DeepSek-R1"], "Did you mean 'DeepSeek-R1'"),
        (["epoch_base", "uri_r1", "--compare", "--output-tokens", "lonng"], "lonng"),
    ],
)
def test_what_is_refused(cli, arguments, message):
    assert message in cli.refused("claims", *arguments)


def test_progress_is_shown_where_someone_watches(cli, terminal):
    for words in (["muxup_r1fp8_1k8k"], ["jegham_v6_r1az_s", "mittr_image", "--compare"], ["--overstated"]):
        assert cli("claims", *words, "--threads", "1").exit_code == 0
        assert sum(terminal) == 1000
        terminal.clear()
        cli("claims", *words, "--no-progress")
        assert not terminal
