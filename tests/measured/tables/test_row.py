"""Words and numbers of a row, and a sentence for each cell that cannot be."""

from __future__ import annotations

import pytest

from wattquery.measured.tables.row import Row


def row(**cells: str) -> Row:
    return Row(tuple(cells), tuple(cells.values()))


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "NA", "n/a", "None", "unknown", "-"])
def test_what_is_missing_is_no_problem(cell: str) -> None:
    one = row(n_gpus=cell, avg_power_w_per_gpu=cell, model=cell)
    assert (one.key("accelerators"), one.value("power_w_per_accelerator"), one.word("model")) == (None, None, "")
    assert not one.wrong
    assert not one.unscored
    assert not one.has("accelerators")


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("eight", "is not a number"),
        ("8 GPUs", "is not a number"),
        ("1_000", "is not a number"),
        ("1,000", "is not a number"),
        ("-8", "1 to 100000 can"),
        ("0", "1 to 100000 can"),
        ("inf", "1 to 100000 can"),
        ("1e300", "1 to 100000 can"),
        ("2.5", "a whole number can"),
    ],
)
def test_a_key_number_that_cannot_be_makes_the_row_useless(cell: str, why: str) -> None:
    one = row(n_gpus=cell)
    assert one.key("accelerators") is None
    (sentence,) = one.wrong
    assert sentence.startswith(f"n_gpus '{cell}' ")
    assert why in sentence
    assert not one.unscored


@pytest.mark.parametrize("cell", ["much", "-1", "0", "inf", "1e300"])
def test_a_measured_number_that_cannot_be_is_left_out_alone(cell: str) -> None:
    one = row(joules_per_output_token=cell, output_tokens_per_s="100")
    assert one.value("joules_per_output_token") is None
    assert one.value("output_tps") == 100.0
    assert not one.wrong
    assert len(one.unscored) == 1


def test_the_first_of_several_names_that_is_not_empty_counts() -> None:
    one = row(batch_size_avg="", batch="32", output_tokens_per_s="7", output_tps="8")
    assert one.key("batch") == 32.0
    assert one.value("output_tps") == 7.0


@pytest.mark.parametrize(
    ("header", "field", "value"),
    [
        ("median_itl_ms", "median_itl_s", 0.025),
        ("tpot_mean_ms", "tpot_s", 0.025),
        ("tpot_mean_s", "tpot_s", 25.0),
        ("avg_power_kw_total", "power_w_total", 25_000.0),
        ("mj_per_output_token", "joules_per_output_token", 0.025),
        ("wh_per_request", "joules_per_request", 90_000.0),
    ],
)
def test_the_unit_is_that_of_the_header(header: str, field: str, value: float) -> None:
    assert row(**{header: "25"}).value(field) == pytest.approx(value)


def test_a_source_that_writes_0_for_what_it_does_not_state() -> None:
    one = row(ep="0", tp="0")
    assert one.key("ep") is None
    assert not one.wrong
    one.key("tp")
    assert one.wrong
