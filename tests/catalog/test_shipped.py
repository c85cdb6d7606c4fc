"""The shipped catalog against the facts of its source, and the ways to load one."""

from __future__ import annotations

import ast
import csv
import io
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from wattquery import catalog
from wattquery.errors import InputError, InputTypeError

DATA = files("wattquery.catalog") / "data"

# (model, precision, tokens/s, input tokens, output tokens, hardware, node power in kW, source), as published
FACTS = [
    ("Mixtral 8x22B", "FP16", 1177.80, None, 385.22, "H100 80GB HBM3", 11.0, "ml.energy-chat-results"),
    ("Mistral Large", "FP16", 1159.78, None, 510.32, "H100 80GB HBM3", 11.0, "ml.energy-chat-results"),
    ("Llama 3.1 405B", "FP16", 579.63, None, 449.8, "H100 80GB HBM3", 11.0, "ml.energy-chat-results"),
    ("Llama 3.1 405B", "FP8", 3732.40, 128, 128, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 405B", "FP8", 448.89, 2048, 128, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 405B", "FP8", 579.14, 5000, 500, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 405B", "FP8", 3661.85, 500, 2000, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 405B", "FP8", 4572.23, 128, 2048, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 70B", "FP8", 14686.01, 128, 128, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 70B", "FP8", 17463.99, 128, 2048, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 70B", "FP8", 1840.12, 2048, 128, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 70B", "FP8", 2399.78, 5000, 500, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Llama 3.1 70B", "FP8", 14630.41, 500, 2000, "H100 80GB HBM3", 11.0, "tensorRT-LLM-May2025"),
    ("Mixtral 8x22B", "FP8", 21876.08, 128, 128, "H100 80GB HBM3", 11.0, "tensorRT-LLM-Feb2025"),
    ("Mixtral 8x22B", "FP8", 25150.03, 128, 2048, "H100 80GB HBM3", 11.0, "tensorRT-LLM-Feb2025"),
    ("Mixtral 8x22B", "FP8", 2794.97, 2048, 128, "H100 80GB HBM3", 11.0, "tensorRT-LLM-Feb2025"),
    ("Mixtral 8x22B", "FP8", 21421.86, 500, 2000, "H100 80GB HBM3", 11.0, "tensorRT-LLM-Feb2025"),
    ("Mixtral 8x22B", "FP8", 3645.27, 5000, 500, "H100 80GB HBM3", 11.0, "tensorRT-LLM-Feb2025"),
    ("DeepSeek-R1", "FP8", 886.00, 1024, 1024, "2xH100 80GB HBM3", 14.3, "tensorRT-LLM-DeepSeekR1"),
    ("Llama-3.1 Nemotron Ultra 253B", "FP8", 5200.00, 500, 2000, "H100 80GB HBM3", 11.0, "llamaNemotron"),
    ("Llama-3.1 Nemotron Ultra 253B", "FP8", 720.00, 5000, 500, "H100 80GB HBM3", 11.0, "llamaNemotron"),
    ("DeepSeek-R1", "FP8", 1300.00, 500, 2000, "H200 140GB HBM3", 14.3, "llamaNemotron"),
    ("DeepSeek-R1", "FP8", 378.00, 5000, 500, "H200 140GB HBM3", 14.3, "llamaNemotron"),
    ("Llama 3.1 405B", "FP8", 2050.00, 500, 2000, "H100 80GB HBM3", 11.0, "llamaNemotron"),
    ("Llama 3.1 405B", "FP8", 480.00, 5000, 500, "H100 80GB HBM3", 11.0, "llamaNemotron"),
]

PARAMETERS = {
    "Mixtral 8x22B": (141.0, 22.0, "MoE"),
    "Mistral Large": (123.0, None, "Dense"),
    "Llama 3.1 405B": (405.0, None, "Dense"),
    "Llama 3.1 70B": (70.0, None, "Dense"),
    "DeepSeek-R1": (671.0, 37.0, "MoE"),
    "Llama-3.1 Nemotron Ultra 253B": (235.0, None, "Dense"),
}


@pytest.fixture(scope="module")
def shipped():
    return catalog.load("oviedo2026")


def test_the_rows_are_the_published_ones(shipped):
    found = [
        (
            row.model,
            row.precision,
            row.tokens_per_second,
            row.input_tokens,
            row.output_tokens,
            row.hardware,
            row.node_power,
            row.source,
        )
        for row in shipped.rows
    ]
    assert found == FACTS
    assert [row.line for row in shipped.rows] == list(range(2, 27))


def test_the_models_are_the_published_ones(shipped):
    assert shipped.labels("model") == tuple(PARAMETERS)
    for row in shipped.rows:
        assert (row.total_parameters, row.active_parameters, row.architecture) == PARAMETERS[row.model]
        assert row.tensor_parallel == 8
        assert row.scaled_power == ("Yes" if row.model == "DeepSeek-R1" else "No")
        assert row.confidence == ("High" if row.source[-4:] == "2025" else "Medium")
    batches = Counter(row.batch_size for row in shipped.rows)
    assert batches == {"Dynamic": 16, "250": 6, "255.35": 1, "255.5": 1, "127.41": 1}


def test_the_serving_system_follows_from_the_source(shipped):
    for row in shipped.rows:
        expected = {"ml.energy": "vLLM", "tensorRT-": "TensorRT-LLM"}.get(row.source[:9], "not stated")
        assert row.serving == expected
    assert Counter(row.serving for row in shipped.rows) == {"TensorRT-LLM": 16, "vLLM": 3, "not stated": 6}


def test_what_we_found_stands_in_the_notes(shipped):
    for row in shipped.rows:
        assert row.comments
        assert f"{row.node_power:g} kW" in row.notes
        assert ("39 billion" in row.notes) == (row.model == "Mixtral 8x22B")
        assert ("253 billion" in row.notes) == ("Nemotron" in row.model)
        assert ("16 H100" in row.notes) == (row.model == "Llama 3.1 405B" and row.precision == "FP16")


def test_the_file_is_plain_utf_8_with_the_published_columns_in_front():
    content = (DATA / "oviedo2026.csv").read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    header = next(csv.reader(io.StringIO(content.decode())))
    assert header[-2:] == ["Serving", "Notes"]
    assert header[:4] == [
        "Model",
        "Total Parameter Count (B)",
        "Active Parameter Count (B)",
        "Type (Dense / MoE)",
    ]
    assert len(header) == 18


def test_the_published_layout_is_read_with_its_byte_order_mark(tmp_path):
    kept = [row[:-2] for row in csv.reader(io.StringIO((DATA / "oviedo2026.csv").read_text(encoding="utf-8")))]
    path = tmp_path / "published.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(kept)
    rows = catalog.read_csv(path).rows
    assert [row.tokens_per_second for row in rows] == [fact[2] for fact in FACTS]
    assert {row.serving for row in rows} == {"not stated"}


@pytest.mark.parametrize(
    ("model", "n_rows", "hardware", "serving", "power"),
    [
        ("Mixtral 8x22B", 5, "H100 80GB HBM3", "TensorRT-LLM", 11.0),
        ("Llama 3.1 405B", 7, "H100 80GB HBM3", "TensorRT-LLM | not stated", 11.0),
        ("Llama 3.1 70B", 5, "H100 80GB HBM3", "TensorRT-LLM", 11.0),
        ("DeepSeek-R1", 3, "2xH100 80GB HBM3 | H200 140GB HBM3", "TensorRT-LLM | not stated", 14.3),
        ("Llama-3.1 Nemotron Ultra 253B", 2, "H100 80GB HBM3", "not stated", 11.0),
    ],
)
def test_the_papers_deployments(shipped, model, n_rows, hardware, serving, power):
    found = shipped.deployment(model)
    assert (len(found.rows), found.hardware, found.serving) == (n_rows, hardware, serving)
    assert (found.precision, found.node_power) == ("FP8", power)


def test_a_model_without_fp8_rows_is_unsupported_until_its_precision_is_named(shipped):
    assert shipped.deployment("Mistral Large") is None
    assert shipped.deployment("Mistral Large", precision="FP16").serving == "vLLM"


def test_loading(shipped, tmp_path):
    assert catalog.names() == ("oviedo2026", "oviedo2026-corrected", "default")
    assert catalog.load("oviedo2026") is shipped
    assert catalog.load(shipped) is shipped
    assert "2509.20241" in shipped.origin
    for name in ["copy.csv", "COPY2.CSV"]:
        path = tmp_path / name
        path.write_bytes((DATA / "oviedo2026.csv").read_bytes())
        for loaded in (catalog.load(path), catalog.load(str(path))):
            assert loaded.rows == shipped.rows
            assert (loaded.name, loaded.pooled, loaded.default_precision) == (path.stem, (), None)


def test_the_hash_does_not_depend_on_the_path(shipped, tmp_path):
    path = tmp_path / "elsewhere.csv"
    path.write_bytes((DATA / "oviedo2026.csv").read_bytes())
    same = catalog.read_csv(path, pooled=("hardware", "serving"), default_precision="FP8")
    assert same.content_hash == shipped.content_hash
    assert catalog.read_csv(path).content_hash != shipped.content_hash


def test_an_unknown_name():
    with pytest.raises(InputError) as caught:
        catalog.load("oviedo2025")
    assert str(caught.value) == (
        "catalog='oviedo2025' is neither a shipped name nor the path of a file, such as one in .csv. "
        "Shipped are 'oviedo2026', 'oviedo2026-corrected', 'default'. Did you mean 'oviedo2026'? Pass one of these, or "
        "the path of a .csv file."
    )
    with pytest.raises(InputError, match="neither a shipped name nor the path of a file"):
        catalog.load(Path("table.txt"))
    with pytest.raises(InputError, match="there is no such file"):
        catalog.load("oviedo2026.csv")


@pytest.mark.parametrize("wrong", [None, 3, ["oviedo2026"], b"oviedo2026"])
def test_what_is_no_catalog(wrong):
    with pytest.raises(InputTypeError, match="neither a name, a path nor a Catalog"):
        catalog.load(wrong)


def test_every_file_that_is_described_ships():
    for name in ["catalogs.toml", "presets.toml", "oviedo2026.csv", "oviedo2026-corrected.csv", "README.md"]:
        assert (DATA / name).is_file()


LOWEST = ("inputs", "errors", "quantities", "pages")


def test_importing_the_catalog_is_cheap():
    allowed = sys.stdlib_module_names | {"numpy"}
    for path in Path(catalog.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import) and [one.name for one in node.names] == ["pandas"] and node.col_offset:
                continue  # within a function: only who asks for a DataFrame pays for pandas
            if isinstance(node, ast.ImportFrom) and node.module == "wattquery.specs" and node.col_offset:
                continue  # likewise: only who shows a preset pays for distributions
            named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in named:
                ours = (
                    module.startswith("wattquery.catalog") or module.removeprefix("wattquery.").split(".")[0] in LOWEST
                )
                assert ours or module.split(".")[0] in allowed, f"{path.name} imports {module}"


def test_importing_and_loading_take_no_pandas():
    code = "import sys; from wattquery import catalog; catalog.load('default'); sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_file_is_told_by_what_it_holds_whatever_its_name_ends_in(tmp_path):
    path = tmp_path / "bench.txt"
    path.write_bytes((DATA / "oviedo2026.csv").read_bytes())
    assert len(catalog.load(path).rows) == len(catalog.load(str(path)).rows) == 25
    path = tmp_path / "bench.json"
    path.write_text('{"Model": "Ours 8B"}')
    with pytest.raises(InputError, match="this is JSON"):
        catalog.load(str(path))
