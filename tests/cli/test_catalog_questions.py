"""`wattquery catalog` of a large catalog: what is measured, bounded tables, and where rows are from."""

from __future__ import annotations

from wattquery import catalog
from wattquery.catalog.records import TABLES, records
from wattquery.cli.catalog_questions import MOST_LINES


def test_list_says_what_the_tables_of_default_hold(cli):
    found = cli.json("catalog", "list")["tables"]
    assert {one["name"]: one["rows"] for one in found} == {name: sum(1 for _ in records(name)) for name in TABLES}
    text = cli.text("catalog", "list")
    assert "wattquery catalog list --model ... --hardware ..." in text


def test_list_of_what_is_measured(cli):
    found = cli.json("catalog", "list", "--model", "llama 3.1 405b", "--hardware", "h100", "--hardware", "H200")
    frame = catalog.support(model="Llama 3.1 405B", hardware=["H100", "H200"])
    assert found["measured"] == frame.to_dict("records")
    text = cli.text("catalog", "list", "--model", "llama 3.1 405b", "--hardware", "h100", "--precision", "fp8")
    (line,) = [line for line in text.splitlines() if line.startswith("Llama 3.1 405B")]
    row = catalog.support(model="Llama 3.1 405B", hardware="H100", precision="FP8").iloc[0]
    assert line.split()[-6:] == [str(row[name]) for name in list(frame.columns)[4:]]


def test_lists_are_bounded_and_say_what_they_leave_out(cli):
    count = len(catalog.support())
    lines = cli.text("catalog", "list", "--catalog", "default").splitlines()
    assert len(lines) < MOST_LINES + 10
    assert f"{count - MOST_LINES:,} more combinations are not shown. Narrow them with --model" in "\n".join(lines)
    assert len(cli.json("catalog", "list", "--catalog", "default")["measured"]) == count


def test_list_of_another_catalog_and_of_nothing(cli):
    assert "10 combinations; rows: 25 throughput" in cli.text("catalog", "list", "--catalog", "oviedo2026")
    assert cli.text("catalog", "list", "--model", "Kimi K3") == "Nothing is measured of this combination.\n"
    assert "Did you mean 'Llama 3.1 405B'" in cli.refused("catalog", "list", "--model", "Llama 3.1 406B")


def test_show_of_many_is_a_line_each_and_of_few_all(cli):
    lines = cli.text("catalog", "show", "default").splitlines()
    assert len(lines) < MOST_LINES + 14
    held = catalog.load("default")
    assert lines[0].startswith(f"default: {len(held.rows)} rows")
    assert f"{len(held.deployments()) - MOST_LINES:,} more deployments are not shown." in "\n".join(lines)
    few = cli.text("catalog", "show", "default", "--model", "llama-3.1-405b", "--hardware", "h100")
    assert "  hardware    H100 SXM\n" in few
    assert "  node power  10.2 kW\n" in few
    found = cli.json("catalog", "show", "default", "--model", "llama-3.1-405b", "--hardware", "h100")["deployments"]
    assert {one["hardware"] for one in found} == {"H100 SXM"}
    assert "nothing was measured" in cli.text("catalog", "show", "default", "--model", "Kimi K3")


def test_show_of_pooled_rows_by_one_of_their_labels(cli):
    (found,) = cli.json("catalog", "show", "oviedo2026", "--hardware", "h200 140gb hbm3")["deployments"]
    assert found["model"] == "DeepSeek-R1"


def test_source(cli):
    row = catalog.rows(model="Llama 3.1 405B").iloc[0]["row_id"]
    assert cli.json("catalog", "source", row) == catalog.source(row).to_dict()
    assert cli.text("catalog", "source", row) == f"{catalog.source(row)}\n"
    assert "is in no table" in cli.refused("catalog", "source", "T99999")


def test_labels_of_files_and_options_in_any_case(cli):
    cli.write("grid.toml", 'model = ["deepseek-r1", "LLAMA 3.1 405B"]\nprecision = "fp8"\nmethod = "exact"\n')
    text = cli.text("sweep", "grid.toml")
    assert "DeepSeek-R1" in text
    assert "deepseek-r1" not in text
    options = ["--hardware", "h100", "--serving", "tensorrt-llm", "--precision", "fp8", "--preset", "default"]
    found = cli.json("estimate", "llama 3.1 405b", *options, "--method", "exact")
    assert (found["assumptions"]["model"], found["assumptions"]["hardware"]) == ("Llama 3.1 405B", "h100: H100 SXM")
    cli.write("twice.toml", 'model = ["DeepSeek-R1", "deepseek-r1"]\n')
    assert "model has 'DeepSeek-R1' and 'deepseek-r1', which both stand for" in cli.refused("sweep", "twice.toml")
