"""Tables and lines as narrow as a terminal, with nothing left out; elsewhere they stay whole."""

from __future__ import annotations

import re

import pytest

from wattquery.cli import estimate, output
from wattquery.cli.narrowing import in_lines, shown_width
from wattquery.cli.output import aligned

HEADER = ("model", "levers", "P5", "P50", "P95", "note [words]")
ROWS = [
    ["Llama 3.1 405B", "model+serving+hardware", "0.05064", "0.3922", "1.356", ""],
    [],
    ["DeepSeek-R1", "none", "0.1", "1,234,567", "7", "extrapolated beyond the lengths of its rows"],
    ["架构" * 12, "x" * 70, "1", "2", "3", "bidirectional_identifier_of_a_factor"],
]


def letters(text: str) -> list[str]:
    return sorted(re.sub(r"[\s-]", "", text))


@pytest.fixture(params=[60, 80, 120])
def room(request, monkeypatch):
    for module in (output, estimate):
        monkeypatch.setattr(module, "room_on_terminal", lambda: request.param)
    return request.param


def test_a_table_fits_and_keeps_every_number_in_one_piece(room):
    lines = aligned(HEADER, ROWS, text=(0, 1, 5))
    assert max(map(shown_width, lines)) <= room
    for row in ROWS:
        for number in row[2:5]:
            assert any(re.search(rf"(?<!\S){re.escape(number)}(?!\S)", line) for line in lines)


def test_no_letter_is_lost(room):
    text = "\n".join(aligned(HEADER, ROWS, text=(0, 1, 5)))
    for cell in (cell for row in ROWS for cell in row):
        assert not [one for one in set(letters(cell)) if letters(text).count(one) < letters(cell).count(one)]


def test_columns_that_do_not_fit_stand_below_with_their_labels(room):
    header = ["axis", *(f"column{i}" for i in range(20))]
    rows = [["first", *("1.0000" for _ in range(20))], ["second", *("2.0000" for _ in range(20))]]
    lines = aligned(header, rows, text=(0,))
    tables = "\n".join(lines).split("\n\n")
    assert len(tables) > 1
    assert all(one.split()[0] == "axis" and "first" in one and "second" in one for one in tables)
    assert re.findall(r"column\d+", "\n".join(lines)) == header[1:]


def test_words_that_fit_are_not_broken(room):
    lines = aligned(["factor", "a", "b"], [["power_utilization", "1" * 30, "2" * 30]], text=(0,))
    assert any("power_utilization" in line for line in lines)


def test_elsewhere_a_table_stays_whole():
    assert len(aligned(HEADER, ROWS, text=(0, 1, 5))) == 2 + len(ROWS)
    assert output.room_on_terminal() is None


def test_a_terminal_is_asked_for_its_width(monkeypatch):
    monkeypatch.setattr(output.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "97")
    assert output.room_on_terminal() == 97


@pytest.mark.parametrize("room", [20, 40, 60])
def test_a_line_goes_on_below_its_text(room):
    line = "  power_utilization  LogNormal(p5=0.4, p95=0.9) with a note that is longer than most of them"
    lines = in_lines(line, room)
    assert max(map(len, lines)) <= room
    assert " ".join("".join(lines).split()).replace(" ", "") == line.replace(" ", "")
    if room == 60:
        assert all(one.startswith(" " * 21) for one in lines[1:])


def test_what_commands_print_fits(cli, room):
    cli.write("grid.toml", 'model = ["DeepSeek-R1", "Llama 3.1 405B"]\nlevers = ["none", "serving"]\nmethod = "exact"')
    for words in (
        ["sweep", "grid.toml"],
        ["estimate", "DeepSeek-R1", "--method", "exact"],
        ["catalog", "list"],
        ["fleet"],
    ):
        lines = cli.text(*words).splitlines()
        assert max(map(shown_width, lines)) <= room, words
    assert "0.6310" in cli.text("sweep", "grid.toml")


def test_files_are_printed_as_they_are(cli, room):
    from wattquery import scenarios

    assert cli.text("fleet", "--show", "mixed") == scenarios.text("mixed")
