"""A file of another kind than a command takes: each refusal says what it is, and names a command that takes it."""

from __future__ import annotations

import re

import pytest

from shell_lines import check_parses
from wattquery.cli.examples import GRID
from wattquery.cli.wrong_files import kind_of

SCENARIO = '[classes.chat]\nshare = 1.0\nmodel = "DeepSeek-R1"\n'
FILES = {
    "grid.nc": "result",
    "grid.zarr": "store",
    "grid.csv": "table",
    "grid.toml": "spec",
    "fleet.toml": "scenario",
}
TAKES = {
    "sweep": {"spec"},
    "sensitivity": {"spec"},
    "fleet": {"scenario"},
    "trajectory": {"scenario"},
    "plan-capacity": {"scenario"},
    "fleet --find": {"scenario"},
    "estimate": set(),
    "power-profile --hardware H100": set(),
    "status": {"store"},
    "plot --kind heatmap -o out.png": {"result", "store"},
    "explore -o out.html": {"result", "store", "spec"},
    "workloads": {"table"},
    "catalog validate": {"table"},
    "catalog import": {"table"},
    "catalog measured": {"table"},
}


@pytest.fixture
def files(cli) -> None:
    cli.write("grid.nc", b"CDF\x01")
    (cli.folder / "grid.zarr").mkdir()
    cli.write("grid.zarr/zarr.json", "{}")
    cli.write("grid.csv", "model,energy\n")
    cli.write("grid.toml", GRID)
    cli.write("fleet.toml", SCENARIO)


@pytest.mark.parametrize("command", TAKES)
@pytest.mark.usefixtures("files")
def test_each_command_says_what_else_takes_a_file(cli, command: str) -> None:
    for name, kind in FILES.items():
        if kind in TAKES[command]:
            continue
        said = cli.refused(*command.split(), name)
        assert f"'{name}' is a " in said
        assert f" and wattquery {command.partition(' -o')[0].partition(' --k')[0].partition(' --h')[0]} takes " in said
        offered = re.findall(r"wattquery ((?!takes)[a-z]+(?: validate)?) [^.,;]*?" + re.escape(name), said)
        assert offered or kind == "result", said
        for other in offered:  # which do take it
            assert kind in next(kinds for words, kinds in TAKES.items() if words.split()[0] == other.split()[0]), said


@pytest.mark.usefixtures("files")
def test_what_to_do_with_a_result_can_be_typed(cli) -> None:
    said = cli.refused("sweep", "grid.nc")
    line = re.search(r"wattquery plot grid\.nc --kind heatmap -o grid\.png", said)[0]
    check_parses(line)
    assert all(word in said for word in ("--select", "open_dataset('grid.nc')", "wattquery.convert", "wattquery.save"))
    assert "--store grid.zarr" in cli.refused("sweep", "grid.zarr")


@pytest.mark.usefixtures("files")
def test_an_explorer_is_offered(cli) -> None:
    assert "wattquery explore grid.nc -o grid.html" in cli.refused("sweep", "grid.nc")


def test_names_and_files_that_cannot_be_told_pass(cli) -> None:
    cli.write("broken.toml", "[")
    cli.write("abacus.toml", 'name = "Abacus 2"\n')
    (cli.folder / "mixed").mkdir()
    for name in ("mixed", "broken.toml", "abacus.toml", "missing.nc", "a\0b", "x" * 5000):
        assert kind_of(name) is None
    assert "there is no such file" in cli.refused("sweep", "missing.nc")


@pytest.mark.usefixtures("files")
def test_a_store_is_told_by_what_it_holds_whatever_its_name(cli) -> None:
    (cli.folder / "grid.zarr").rename(cli.folder / "mine")
    assert kind_of("mine") == "store"
    assert "Zarr folder" in cli.refused("sweep", "mine")
