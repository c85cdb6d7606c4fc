"""Labels: every name of every raw table resolves to one, and unknown ones stop the build."""

from __future__ import annotations

import pytest

from building.names import Models, by_any_name, date, hardware, labels, precision, serving_and_version


def test_every_model_of_every_raw_table_is_one_architecture(built, raw):
    models = Models(built.architectures)
    names = {
        row["model"] for table in ("throughput", "serving_points", "measured_energy_2") for row in raw(table).values()
    }
    names |= {row["model"] for row in raw("measured_energy").values() if row["serving_stack"]}
    assert len(names) > 80
    assert all(models.find(name) for name in names)
    assert models.find("Gemini Apps (median text prompt)") is None


def test_names_are_read_whatever_their_case(built):
    models = Models(built.architectures)
    found = {models.find(name) for name in ("deepseek-r1", "DEEPSEEK-AI/DeepSeek-R1-0528", "deepseek-v3", "dsr1")}
    assert found == {("deepseek-v3", "DeepSeek-V3 / R1 / V3.1")}
    assert hardware("h100") == hardware("NVIDIA H100 80GB HBM3") == "H100 SXM"
    assert precision("fp8") == "FP8"


def test_a_name_means_one_thing(built):
    for axis in ("hardware", "serving", "precision"):
        by_any_name(labels(axis))
    with pytest.raises(SystemExit, match="'B' would be read as 'A' and as 'B'"):
        by_any_name({"A": ["b"], "B": []})


def test_labels_of_rows_stand_in_the_tables_of_labels(built):
    known = {
        "model": {row["model"] for row in built.architectures},
        "hardware": {row["hardware"] for row in built.accelerators},
        "serving": {row["serving"] for row in built.stacks},
        "precision": {row["precision"] for row in built.precisions},
    }
    for row in (*built.performance, *built.energy):
        assert all(row[axis] in names for axis, names in known.items()), row["row_id"]


@pytest.mark.parametrize(
    ("serving", "version", "found"),
    [
        ("TensorRT-LLM", "v1.0", ("TensorRT-LLM", "1.0")),
        ("SGLang", "lmsysorg/sglang:v0.5.6-cu129-amd64", ("SGLang", "0.5.6")),
        ("SGLang", "sglang:v0.5.8.post1-cu130-runtime", ("SGLang", "0.5.8.post1")),
        ("SGLang", "rocm/sgl-dev:sglang-0.5.6.post1-rocm700-mi35x-mori-1224", ("SGLang", "0.5.6.post1")),
        ("vLLM", "vllm-openai:v0.18.0", ("vLLM", "0.18.0")),
        ("vLLM", "vLLM", ("vLLM", "")),
        ("ATOM", "rocm/atom:rocm7.1.1-ubuntu24.04-pytorch2.9-atom0.1.1-MI350x", ("ATOM", "0.1.1")),
        (
            "Dynamo+TensorRT-LLM",
            "nvcr.io#nvidia/ai-dynamo/tensorrtllm-runtime:0.7.0.post2",
            ("Dynamo+TensorRT-LLM", "Dynamo 0.7.0.post2"),
        ),
        ("other/unstated: ROCm 6.10.5", "ROCm 6.10.5", ("not stated", "ROCm 6.10.5")),
        ("other/unstated: TODO", "TODO", ("not stated", "")),
    ],
)
def test_versions_lose_the_name_of_their_image(serving, version, found):
    assert serving_and_version(serving, version) == found


def test_dates_are_as_exact_as_they_are_known():
    written = ["2025-12/2026-01", "2025-09 (approx.; v1.0 release docs)", "2024", "2026-02-16", ""]
    assert [date(cell) for cell in written] == ["2026-01", "2025-09", "2024", "2026-02-16", ""]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hardware("H900"), "'H900' has no label in data/names.toml"),
        (lambda: precision("fp3"), "'fp3' has no label"),
        (lambda: serving_and_version("LMDeploy", "1"), "'LMDeploy' has no label"),
    ],
)
def test_what_has_no_label_stops_the_build(call, message):
    with pytest.raises(SystemExit, match=message):
        call()
