"""Labels, deployments and the content hash, on rows made by hand."""

from __future__ import annotations

import dataclasses

import pytest

from wattquery.catalog import BenchmarkRow, Catalog
from wattquery.errors import InputError, InputTypeError


def row(model="M", hardware="H100", serving="vLLM", precision="FP8", power=10.2, tps=100.0, line=2, **others):
    return BenchmarkRow(
        model=model,
        hardware=hardware,
        serving=serving,
        precision=precision,
        tokens_per_second=tps,
        input_tokens=500.0,
        output_tokens=300.0,
        node_power=power,
        total_parameters=8.0,
        active_parameters=None,
        architecture="Dense",
        tensor_parallel=8,
        batch_size="",
        scaled_power="No",
        source="ours",
        comments=others.pop("comments", ""),
        confidence="High",
        notes=others.pop("notes", ""),
        line=line,
        **others,
    )


ROWS = (
    row(hardware="H200", tps=1.0),
    row(hardware="H100", tps=2.0),
    row(hardware="H100", serving="SGLang", tps=3.0),
    row(hardware="H100", precision="FP16", tps=4.0),
    row("N", power=14.3, tps=5.0),
    row("N", power=11.0, tps=6.0),
    row("O", precision="INT4", power=None, tps=7.0),
)


def rates(deployment):
    return [one.tokens_per_second for one in deployment.rows]


def test_labels_come_in_order_of_first_appearance():
    table = Catalog("t", ROWS)
    assert table.labels("model") == ("M", "N", "O")
    assert table.labels("hardware") == ("H200", "H100")
    assert table.labels("serving") == ("vLLM", "SGLang")
    assert table.labels("precision") == ("FP8", "FP16", "INT4")


def test_labels_of_what_is_no_axis():
    with pytest.raises(InputError, match=r"axis must be one of .*, got 'hardwere'\. Did you mean 'hardware'\?"):
        Catalog("t", ROWS).labels("hardwere")


def test_the_only_deployment_is_found_without_naming_it():
    found = Catalog("t", ROWS).deployment("O")
    assert (found.model, found.hardware, found.serving, found.precision) == ("O", "H100", "vLLM", "INT4")
    assert rates(found) == [7.0]
    assert found.node_power is None


def test_given_labels_filter():
    table = Catalog("t", ROWS)
    assert rates(table.deployment("M", "H200")) == [1.0]
    assert rates(table.deployment("M", precision="FP16")) == [4.0]
    assert rates(table.deployment("M", "H100", "vLLM", "FP8")) == [2.0]


def test_several_deployments_are_listed_with_the_argument_to_pass():
    with pytest.raises(InputError) as caught:
        Catalog("t", ROWS).deployment("M")
    assert str(caught.value).splitlines() == [
        "model='M' has 4 deployments in catalog 't':",
        "  hardware='H200', serving='vLLM', precision='FP8'",
        "  hardware='H100', serving='vLLM', precision='FP8'",
        "  hardware='H100', serving='SGLang', precision='FP8'",
        "  hardware='H100', serving='vLLM', precision='FP16'",
        "One is needed, and hardware and serving and precision would tell which. "
        "Pass for example hardware='H200', serving='vLLM', precision='FP8'.",
    ]


def test_only_what_is_open_is_asked_for():
    with pytest.raises(InputError) as caught:
        Catalog("t", ROWS).deployment("M", "H100", precision="FP8")
    assert "has 2 deployments" in str(caught.value)
    assert str(caught.value).endswith("and serving would tell which. Pass for example serving='vLLM'.")
    assert "H200" not in str(caught.value)


def test_pooled_axes_are_taken_together():
    found = Catalog("t", ROWS, ("hardware", "serving", "precision")).deployment("M")
    assert rates(found) == [1.0, 2.0, 3.0, 4.0]
    assert (found.hardware, found.serving, found.precision) == ("H200 | H100", "vLLM | SGLang", "FP8 | FP16")


def test_a_pooled_axis_that_is_named_is_not_pooled():
    found = Catalog("t", ROWS, ("hardware", "serving", "precision")).deployment("M", serving="vLLM")
    assert rates(found) == [1.0, 2.0, 4.0]
    assert found.serving == "vLLM"


def test_an_axis_that_is_not_pooled_still_has_to_be_named():
    with pytest.raises(InputError, match="and precision would tell which"):
        Catalog("t", ROWS, ("hardware", "serving")).deployment("M")


def test_the_default_precision_is_meant_when_none_is_named():
    table = Catalog("t", ROWS, ("hardware", "serving"), "FP8")
    assert rates(table.deployment("M")) == [1.0, 2.0, 3.0]
    assert rates(table.deployment("M", precision="FP16")) == [4.0]
    assert table.deployment("O") is None
    assert rates(table.deployment("O", precision="INT4")) == [7.0]


def test_a_combination_without_rows_is_unsupported_and_no_error():
    table = Catalog("t", ROWS)
    assert table.deployment("N", "H200") is None
    assert table.deployment("M", "H200", "SGLang") is None


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"model": "Mm"}, ["model='Mm' is in no row of catalog 't'", "'M', 'N', 'O'", "Did you mean 'M'?"]),
        ({"model": "M", "hardware": "H20"}, ["hardware='H20'", "'H200', 'H100'", "Did you mean 'H200'?"]),
        ({"model": "M", "serving": "v-llm"}, ["serving='v-llm'", "Did you mean 'vLLM'?"]),
        (
            {"model": "M", "precision": "fp8e"},
            ["precision='fp8e'", "Did you mean 'FP8'?", "or add rows for it"],
        ),
    ],
)
def test_a_label_in_no_row(labels, words):
    with pytest.raises(InputError) as caught:
        Catalog("t", ROWS, default_precision="FP8").deployment(**labels)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("labels", [{"model": None}, {"model": ["M"]}, {"model": "M", "precision": 8}])
def test_a_label_that_is_no_name(labels):
    with pytest.raises(InputTypeError, match="must be text, one of"):
        Catalog("t", ROWS).deployment(**labels)


def test_node_power_is_what_all_rows_agree_on():
    table = Catalog("t", ROWS)
    assert table.deployment("N").node_power is None
    assert table.deployment("M", "H200").node_power == 10.2
    partly = Catalog("t", (row(), row(power=None, tps=2.0)))
    assert partly.deployment("M").node_power is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rows": ()}, ["'t' has no rows", "Add a row"]),
        ({"pooled": ("hardwar",)}, ["'hardwar'", "Did you mean 'hardware'?"]),
        ({"pooled": ("model",)}, ["'model'", "'hardware', 'serving', 'precision'"]),
        ({"pooled": "hardware"}, ["lone name", "pooled=['hardware']"]),
        ({"default_precision": "FP9"}, ["default_precision='FP9'", "Did you mean 'FP8'?"]),
        ({"default_precision": 8}, ["default_precision must be text", "got 8"]),
    ],
)
def test_a_catalog_that_cannot_be(options, words):
    with pytest.raises(InputError) as caught:
        Catalog(**{"name": "t", "rows": ROWS, **options})
    for word in words:
        assert word in str(caught.value)


def test_catalogs_and_deployments_are_frozen():
    table = Catalog("t", list(ROWS), ["hardware"])
    assert (table.rows, table.pooled) == (ROWS, ("hardware",))
    for thing, name in [(table, "name"), (table.deployment("O"), "model"), (ROWS[0], "model")]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, "other")


def test_the_hash_is_of_facts():
    plain = Catalog("t", ROWS, ("hardware", "serving"), "FP8")
    assert len(plain.content_hash) == 16
    assert int(plain.content_hash, 16) >= 0
    reworded = [dataclasses.replace(one, notes="n", comments="c", line=one.line + 9) for one in ROWS]
    assert Catalog("other", reworded, ("serving", "hardware"), "FP8", origin="x").content_hash == plain.content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"tokens_per_second": 1.0000001},
        {"input_tokens": None},
        {"node_power": 11.0},
        {"model": "M2"},
        {"active_parameters": 8.0},
        {"tensor_parallel": 4},
        {"source": "theirs"},
    ],
)
def test_the_hash_changes_with_any_fact(change):
    changed = (dataclasses.replace(ROWS[0], **change), *ROWS[1:])
    assert Catalog("t", changed).content_hash != Catalog("t", ROWS).content_hash


def test_the_hash_changes_with_what_is_pooled_and_meant():
    hashes = {
        Catalog("t", ROWS).content_hash,
        Catalog("t", ROWS, ("hardware",)).content_hash,
        Catalog("t", ROWS, (), "FP8").content_hash,
        Catalog("t", ROWS, (), "FP16").content_hash,
        Catalog("t", ROWS[:-1]).content_hash,
    }
    assert len(hashes) == 5


def test_a_hash_that_is_given_is_kept():
    assert Catalog("t", ROWS, (), None, "0123456789abcdef", "here").content_hash == "0123456789abcdef"
