"""Calls that a page prints can be run, and give what the page is about."""

import wattquery as wq
from wattquery.reports.calls import call, written


def test_a_call_can_be_run_again():
    arguments = {
        "output_tokens": {"short": wq.Exponential(median=100), "a 'b'": 300},
        "pue": [wq.LogNormal(p5=1.1, p95=1.4), wq.Truncated(wq.LogNormal(p5=1.1, p95=1.4), low=1)],
        "levers": wq.Lever("mine", wq.LogNormal(p5=1, p95=2)),
        "draws": 1000,
        "relative_stderr": None,
    }
    text = call("sweep", ["DeepSeek-R1"], arguments)
    head, code = text.split("\n\n")
    assert head == "import wattquery as wq"
    again = eval(code, {"wq": wq})  # what the page tells its reader to do
    assert again.equals(wq.sweep(["DeepSeek-R1"], **arguments))


def test_all_labels_are_a_word():
    assert written(wq.ALL) == "wq.ALL"


def test_long_lists_are_cut():
    assert "and 10 more" in written(list(range(60)))
