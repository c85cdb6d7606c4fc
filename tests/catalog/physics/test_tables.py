"""Whole tables: what is refused where, what is vouched for, and how many rows are looked at."""

from __future__ import annotations

import dataclasses

import pytest

import wattquery as wq
from command_line import runner
from wattquery import catalog
from wattquery.catalog import Catalog
from wattquery.catalog.physics import tables
from wattquery.catalog.physics.benchmark_rows import row_findings, setting_of
from wattquery.catalog.physics.screen import worth_a_look
from wattquery.cli import main
from wattquery.errors import InputError

HEADER = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)"
HEADER += ",Concurrency,TPOT (s)"
GOOD = "Llama 3.1 70B,8xH100,FP8,6400,1024,1024,10.2,256,0.039"


def lines(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def test_each_impossible_row_is_one_line_with_its_place(written):
    path = written(lines(GOOD, GOOD.replace("6400", "200000"), GOOD.replace("0.039", "39")))
    with pytest.raises(InputError) as caught:
        catalog.read_csv(path)
    heading, second, third = str(caught.value).splitlines()
    assert heading == "'mine.csv' cannot be used, for 2 reasons:"
    assert second.startswith("mine.csv, row 3, column 'Tokens per Second (TPS)': 200,000 output tokens/s")
    assert second.endswith("If it is meant, write unchecked(200000) there.")
    assert third.startswith("mine.csv, row 4, column 'TPOT (s)': a time per output token of 39 s")
    assert third.endswith("If it is meant, write unchecked(39) there.")


@pytest.mark.parametrize(
    ("bad", "meant"), [("6400", "unchecked(200000)"), ("0.039", "unchecked(39)")], ids=["rate", "time"]
)
def test_what_is_unchecked_is_vouched_for(written, bad, meant):
    table = catalog.read_csv(written(lines(GOOD.replace(bad, meant))))
    assert [one.questions for one in table.deployments()] == [()]


def test_catalogs_made_in_python_are_checked(written):
    row = catalog.read_csv(written(lines(GOOD))).rows[0]
    fast = dataclasses.replace(row, tokens_per_second=200_000.0)
    with pytest.raises(InputError, match="'ours' cannot be used, for 1 reason"):
        Catalog("ours", (row, fast))
    meant = dataclasses.replace(row, tokens_per_second=wq.unchecked(200_000.0))
    assert Catalog("ours", (row, meant)).deployments()[0].questions == ()
    assert len(Catalog("ours", (row, fast), reviewed=True).rows) == 2


def test_of_many_impossible_rows_the_first_are_told(written):
    rows = [GOOD.replace("6400", f"{200_000 + i}") for i in range(60)]
    with pytest.raises(InputError) as caught:
        catalog.read_csv(written(lines(*rows)))
    told = str(caught.value).splitlines()
    assert told[0] == "'mine.csv' cannot be used, for 60 reasons:"
    assert len(told) == 52
    assert told[-1].startswith("... and 10 more")


def test_a_question_reaches_validate_estimate_and_sweep(written):
    rows = [
        f"Llama 3.1 70B,8xH100,FP8,{rate},{inputs},{outputs},10.2,,"
        for rate, inputs, outputs in ((40000, 8192, 1024), (39000, 8000, 1000), (17000, 128, 2048), (14000, 500, 2000))
    ]
    table = catalog.read_csv(written(lines(*rows)))
    words = "questionable row 2: 40,000 output tokens/s of Llama 3 / 3.1 / 3.3 70B in FP8 on 8 H100 SXM need"
    (question,) = table.deployments()[0].questions
    assert question.startswith(words)
    assert question.endswith("(so for 2 rows)")
    assert question in wq.estimate("Llama 3.1 70B", catalog=table, method="exact").notes
    assert words in wq.sweep("Llama 3.1 70B", catalog=table, method="exact").attrs["throughput_notes"]
    validated = runner().invoke(main, ["catalog", "validate", "mine.csv"])
    assert (validated.exit_code, words in validated.stderr) == (0, True)


@pytest.mark.parametrize("model", ["Llama 3.1 70B", "llama-3.1-70b", "meta-llama/Llama-3.1-70B-Instruct"])
@pytest.mark.parametrize("hardware", ["8xH100", "8x h100", "H100 80GB HBM3", "NVIDIA H100", "h100 sxm", "DGX H100"])
def test_names_are_known_in_any_case_and_by_their_aliases(written, model, hardware):
    row = GOOD.replace("Llama 3.1 70B", model).replace("8xH100", hardware).replace("6400", "200000")
    with pytest.raises(InputError, match="its dense peak computes"):
        catalog.read_csv(written(lines(row)))


def test_of_names_that_nobody_knows_only_counts_and_times_are_checked(written):
    unknown = GOOD.replace("Llama 3.1 70B", "Ours 70B").replace("8xH100", "Ours")
    assert catalog.read_csv(written(lines(unknown.replace("6400", "6e6").replace("256", "")))).rows
    with pytest.raises(InputError, match="in milliseconds"):
        catalog.read_csv(written(lines(unknown.replace("0.039", "39"))))


def test_a_rate_of_a_run_and_one_of_a_node_are_both_read(written):
    """Two accelerators: 256 requests at 39 ms are 6,560 tokens/s of the run, 26,250 of a node of eight."""
    header = f"{HEADER},Accelerators"
    for rate, questions in (("6400", 1), ("25000", 0)):  # the first is beside the power of eight
        row = f"{GOOD.replace('6400', rate).replace('8xH100', 'H100').replace('70B', '8B')},2"
        table = catalog.read_csv(written("\n".join([header, row, ""])))
        assert len(table.deployments()[0].questions) == questions
    row = f"{GOOD.replace('8xH100', 'H100').replace('70B', '8B').replace('10.2', '2.55')},2"
    assert catalog.read_csv(written("\n".join([header, row, ""]))).deployments()[0].questions == ()
    row = f"{GOOD.replace('6400', '900000').replace('8xH100', 'H100').replace('70B', '8B')},2"
    with pytest.raises(InputError, match="cannot be used"):
        catalog.read_csv(written("\n".join([header, row, ""])))


def test_rows_far_from_every_limit_are_not_looked_at(written, monkeypatch):
    """A million of them take a few multiplications each."""
    rows = [GOOD.replace("6400", f"{6300 + i}") for i in range(200)]
    looked: list[object] = []
    findings = tables.row_findings
    monkeypatch.setattr(tables, "row_findings", lambda *args: looked.append(args) or findings(*args))
    table = catalog.read_csv(written(lines(*rows)))
    assert looked == []
    assert list(worth_a_look(table.rows)) == []
    shared = dataclasses.replace(table.rows[0], tokens_per_second=60_000.0)
    assert [place for place, _, _ in worth_a_look((*table.rows, shared))] == [200]


def test_a_name_that_counts_too_far_is_no_count(written):
    row = GOOD.replace("8xH100", "9" * 400 + "xH100")
    assert catalog.read_csv(written(lines(row))).rows


def test_screening_lets_nothing_pass_that_a_closer_look_finds(written):
    """Names that count fewer accelerators than a node has, with the power of these, of a node and of none."""
    rows = [
        f"Llama 3.1 8B,{name},FP8,{rate},8192,1024,{power},{concurrency},"
        for name in ("1xH100", "2xH100", "8xH100", "H100", "16xH100")
        for power in ("1.3", "2.6", "10.2", "")
        for rate in (3000, 9000, 27000, 81000)
        for concurrency in ("", "64", "100000")
    ]
    found = catalog.read_csv(written(lines(*rows))).rows
    seen = {place for place, _, _ in worth_a_look(found)}
    for place, row in enumerate(found):
        setting = setting_of(row.model, row.hardware, row.active_parameters, row.total_parameters)
        assert place in seen or not row_findings(row, setting), rows[place]
    assert len(seen) < len(rows)
