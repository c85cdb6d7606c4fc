"""`wattquery report`: a page from files and names, and where it was written."""

import pytest

import wattquery as wq
from html_pages import Page, check_inert

GRID = """
model = ["DeepSeek-R1", "Llama 3.1 405B"]
method = "exact"

[output_tokens]
"<script>alert(1)</script>" = 300
long = 5000
"""


def test_a_grid_from_a_file(cli):
    name = cli.write("my grid.toml", GRID)
    said = cli.json("report", name, "-o", "page.html", "--pue", "1.2", "--rows", "1")
    assert said["path"] == "page.html"
    page = Page((cli.folder / "page.html").read_text(encoding="utf-8"))
    check_inert(page)
    assert said["answer"] in page.text
    assert "<script>alert(1)</script>" in page.text
    assert "wattquery report 'my grid.toml' -o page.html --pue 1.2 --rows 1 --json" in page.text
    assert "3 more cells are not shown. Write all of them to a file: wattquery sweep 'my grid.toml' -o" in page.text
    assert "pue=1.2" in page.text


def test_a_saved_result(cli):
    ds = wq.sweep("DeepSeek-R1", levers=["none", "serving"], method="exact")
    wq.save(ds, cli.folder / "out.nc")
    text = cli.text("report", "out.nc", "-o", "page.html")
    median = ds["energy"].sel(levers="serving", quantile=0.5).item()
    assert f"takes from {median:.2g} Wh for serving" in " ".join(text.split())
    assert text.endswith("page.html: the whole of it\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing", "-o", "page.html"), "is no model, claim, energy, scenario or preset"),
        (("missing.toml", "-o", "page.html"), "there is no such file"),
        (("missing.nc", "-o", "page.html"), "missing.nc"),
        (("both.toml", "-o", "page.html"), "got both"),
        (("empty.toml", "-o", "page.html"), "'model' is missing"),
        (("saved.nc", "-o", "page.html", "--pue", "1.1"), "got --pue as well"),
        (("frontier", "-o", "page.pdf"), "must end in .html"),
        (("frontier", "-o", "nowhere/page.html"), "Name a directory"),
        (("frontier", "-o", "there.html"), "replace it with --force"),
        (("frontier", "-o", "page.html", "--hardware", "H100"), "takes no 'hardware'"),
        (("mixed", "-o", "page.html", "--serving", "vLLM"), "serving"),
        (("DeepSeek-R1", "-o", "page.html", "--kind", "thing"), "kind must be one of"),
        (("DeepSeek-R1",), "Missing option"),
    ],
)
def test_what_cannot_be_reported_is_refused(cli, arguments, words):
    cli.write("both.toml", 'model = "DeepSeek-R1"\nqueries_per_day = 1e9\n')
    cli.write("empty.toml", "pue = 1.1\n")
    cli.write("there.html", "mine")
    assert words in cli.refused("report", *arguments)


def test_a_fleet_from_a_file(cli):
    cli.write("mine.toml", wq.scenarios.text("mixed"))
    said = cli.json("report", "./mine.toml", "-o", "page.html", "--pue", "1.1")
    assert "fleet mine takes" in said["answer"]
    assert set(said) == {"path", "title", "answer"}
