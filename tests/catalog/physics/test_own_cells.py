"""Headers and cells of columns of a user's own: what is understood, in which unit, and what is left alone."""

from __future__ import annotations

import pytest

from wattquery.catalog.physics.own_cells import cell_number, is_unread, own_column
from wattquery.quantities import UncheckedNumber


@pytest.mark.parametrize(
    ("header", "field", "scale"),
    [
        ("Concurrency", "concurrency", 1.0),
        ("max_concurrency", "concurrency", 1.0),
        ("Concurrent Requests", "concurrency", 1.0),
        ("Average Batch Size", "running", 1.0),
        ("TTFT (ms)", "first_token", 1e-3),
        ("Time to First Token [s]", "first_token", 1.0),
        ("mean_ttft_ms", "first_token", 1e-3),
        ("TPOT", "per_token", 1.0),
        ("Time per Output Token (ms)", "per_token", 1e-3),
        ("ITL ms", "per_token", 1e-3),
        ("Requests per Second", "request_rate", 1.0),
        ("Joules per Output Token", "joules_per_token", 1.0),
        ("Energy (mJ/token)", "joules_per_token", 1e-3),
        ("Energy (Wh/request)", "joules_per_request", 3600.0),
        ("Power per GPU (W)", "power", 1.0),
        ("Average power per accelerator (kW)", "power", 1e3),
        ("GPU Power", "power", 1.0),
        ("Total Power (kW)", "total_power", 1e3),
        ("Wall Power (W)", "node_measured", 1.0),
        ("Average Power of Node (kW)", "node_measured", 1e3),
        ("Power Draw (W)", "any_power", 1.0),
        ("Accelerators", "accelerators", 1.0),
        ("Number of GPUs", "accelerators", 1.0),
        ("num_gpus", "accelerators", 1.0),
        ("EP Size", "expert_parallel", 1.0),
        ("Nodes", "nodes", 1.0),
        ("Phase", "phase", 1.0),
        ("Speculative Decoding", "speculation", 1.0),
    ],
)
def test_headers_that_are_understood(header, field, scale):
    column = own_column(header)
    assert (column.field, column.scale) == (field, scale)


@pytest.mark.parametrize(
    "header",
    [
        "Price per hour",
        "Power for Node (hp)",
        "Scaled Power",
        "TPOT (min)",
        "Batch",
        "Tokens",
        "GPU",
        "Power Limit (W)",
        "",
    ],
)
def test_other_headers_are_left_alone(header):
    assert own_column(header) is None


@pytest.mark.parametrize("cell", ["", "nan", "inf", "-1", "0", "64 GB", "Dynamic", "unchecked(x)", "1e999", "1,000"])
def test_cells_without_a_number_above_0(cell):
    assert cell_number(cell) is None


def test_a_vouched_number_stays_one():
    assert isinstance(cell_number("unchecked(39)"), UncheckedNumber)
    assert cell_number("39") == 39.0


def test_a_header_of_brackets_is_left_alone_at_once():
    """Looking for a unit in it would take a time that grows with the square of its length."""
    assert own_column("(" * 130_000) is None
    assert own_column("TTFT " + "(s)" * 40) is None


@pytest.mark.parametrize("cell", ["64 users", "1,024", "sixty-four", "-5", "1e13", "1e999"])
def test_cells_that_say_something_unread(cell):
    assert is_unread(cell)


@pytest.mark.parametrize("cell", ["64", "unchecked(64)", "", "N/A", "-", "dynamic", "0", "0.0"])
def test_cells_that_are_read_or_say_nothing(cell):
    assert not is_unread(cell)
