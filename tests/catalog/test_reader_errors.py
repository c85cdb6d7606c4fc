"""What the reader refuses: each problem with its place, what was given, what is allowed and the fix."""

from __future__ import annotations

import pytest

from wattquery import catalog
from wattquery.errors import InputError, InputTypeError

TPS, LENGTH, POWER = "Tokens per Second (TPS)", "Input Length", "Power for Node (kW)"
SIZE = "Total Parameter Count (B)"


def spoil(table, row, column, cell):
    table[row][table[0].index(column)] = cell
    return table


def message(path, **options):
    with pytest.raises(InputError) as caught:
        catalog.read_csv(path, **options)
    return str(caught.value)


def one_problem(path):
    lines = message(path).splitlines()
    assert lines[0] == "'mine.csv' cannot be used, for 1 reason:"
    assert len(lines) == 2
    return lines[1]


@pytest.mark.parametrize(
    "cell", ["fast", "", "NaN", "inf", "-inf", "1e999", "0", "0.0", "-3", "1,2", "1_000", "٣", "NA"]
)
def test_throughput_must_be_positive_and_finite(written, table, cell):
    problem = one_problem(written(spoil(table, 2, TPS, f'"{cell}"')))
    assert problem.startswith(f"mine.csv, row 3, column {TPS!r}: {cell!r} is not allowed; ")
    assert "a positive number, 0.01 to 1e+08 tokens/s is. " in problem


@pytest.mark.parametrize("column", [LENGTH, "Output Length", POWER, SIZE, "TP Size"])
@pytest.mark.parametrize("cell", ["some", "nan", "inf", "0", "-1", "1_0", "N/A"])
def test_other_numbers_must_be_positive_or_not_known(written, table, column, cell):
    problem = one_problem(written(spoil(table, 1, column, cell)))
    assert problem.startswith(f"mine.csv, row 2, column {column!r}: {cell!r} is not allowed; a positive ")
    assert "'NA' or an empty cell for not known is. " in problem


@pytest.mark.parametrize(("column", "cell"), [(POWER, "Variable"), (SIZE, "Variable"), ("TP Size", "2.5")])
def test_what_only_other_columns_allow(written, table, column, cell):
    assert f"column {column!r}: {cell!r} is not allowed" in one_problem(written(spoil(table, 1, column, cell)))


@pytest.mark.parametrize("column", ["Model", "Hardware", "Quantization"])
def test_labels_must_not_be_empty(written, table, column):
    problem = one_problem(written(spoil(table, 3, column, "  ")))
    assert problem.startswith(f"mine.csv, row 4, column {column!r}: '  ' is not allowed; a name (not empty) is. Name")


@pytest.mark.parametrize("place", range(7))
def test_a_required_column_is_missing(written, table, place):
    name = table[0][place]
    problem = one_problem(written([cells[:place] + cells[place + 1 :] for cells in table]))
    assert problem.startswith(f"mine.csv, row 1, column {name!r}: the header lacks it; it has ")
    assert "Add the column" in problem


def test_several_missing_columns_and_bad_cells_come_together(written, table):
    spoil(table, 1, POWER, "lots")
    lines = message(written([cells[2:] for cells in table])).splitlines()
    assert lines[0].endswith("for 3 reasons:")
    assert [line.split(":")[0] for line in lines[1:]] == [
        "mine.csv, row 1, column 'Model'",
        "mine.csv, row 1, column 'Hardware'",
        f"mine.csv, row 2, column {POWER!r}",
    ]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("model", "Model"), ("Output Lenght", "Output Length"), ("Quantisation", "Quantization")],
)
def test_a_required_name_misspelt(written, table, wrong, right):
    table[0][table[0].index(right)] = wrong
    problem = one_problem(written(table))
    assert f"column {right!r}: the header lacks it" in problem
    assert f"Did you mean {wrong!r}?" in problem


@pytest.mark.parametrize(("wrong", "right"), [("serving", "Serving"), ("Servng", "Serving"), ("TP-Size", "TP Size")])
def test_an_optional_name_misspelt_is_not_dropped_silently(written, table, wrong, right):
    table[0][table[0].index(right)] = wrong
    problem = one_problem(written(table))
    assert f"column {wrong!r}: not a known column, but close to one. Did you mean {right!r}? Rename" in problem


def test_a_column_twice(written, table):
    table = [[cells[0], *cells] for cells in table]
    assert "column 'Model': the header has it 2 times; once is allowed. Remove" in one_problem(written(table))


@pytest.mark.parametrize("mark", [";", "\t"])
def test_another_separator(written, table, mark):
    lines = message(written("".join(mark.join(cells) + "\n" for cells in table))).splitlines()
    assert f"the cells are separated by {mark!r}; only ',' is read. Export with commas." in lines[1]
    assert len(lines) == 2


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"   \n"])
def test_an_empty_file(written, content):
    assert one_problem(written(content)).startswith("mine.csv: the file is empty; a header line and at least one row")


def test_a_header_without_rows(written, table):
    problem = one_problem(written(table[:1]))
    assert problem == "mine.csv: no rows follow the header; at least one is needed. Add a row below it."


@pytest.mark.parametrize(("change", "count"), [(lambda cells: cells.pop(), 10), (lambda cells: cells.append("x"), 12)])
def test_a_ragged_row(written, table, change, count):
    change(table[2])
    problem = one_problem(written(table))
    assert problem.startswith(f"mine.csv, row 3: {count} cells; the header has 11. Add or remove commas")


def test_a_row_twice_names_both_lines(written, table):
    problem = one_problem(written([*table, [f" {cell}" for cell in table[1]]]))
    assert problem.startswith("mine.csv, row 5: the same, cell by cell, as row 2; ")
    assert problem.endswith("Remove one of the two.")


def test_rows_that_differ_in_one_cell_are_two(written, table):
    assert len(catalog.read_csv(written([*table, [*table[1][:-1], "again"]])).rows) == 4


@pytest.mark.parametrize(
    ("cell", "row"),
    [('"never closed', 3), ('"closed" late', 3)],
)
def test_a_stray_quote(written, table, cell, row):
    spoil(table, 1, TPS, "-1")
    lines = message(written(spoil(table, 2, "Notes", cell))).splitlines()
    assert lines[0].endswith("for 2 reasons:")
    assert lines[1].startswith(f'mine.csv, row {row}: a quote (") is not closed')
    assert lines[1].endswith("what follows was not read.")
    assert f"row 2, column {TPS!r}: '-1'" in lines[2]


def test_a_stray_quote_in_front_of_a_long_file_is_an_error_of_ours(written, table):
    spoil(table, 1, "Notes", '"never closed')
    assert 'mine.csv, row 2: a quote (") is not closed' in message(written(table * 5000))


def test_all_problems_come_at_once_in_the_order_of_the_file(written, table):
    spoil(table, 1, TPS, "nan")
    spoil(table, 1, POWER, "-1")
    spoil(table, 2, "Model", "")
    table[3].pop()
    lines = message(written(table)).splitlines()
    assert lines[0] == "'mine.csv' cannot be used, for 4 reasons:"
    assert [line[10:15] for line in lines[1:]] == ["row 2", "row 2", "row 3", "row 4"]


def test_a_long_cell_is_shortened(written, table):
    problem = one_problem(written(spoil(table, 1, TPS, "x" * 500)))
    assert "xxx...' is not allowed" in problem
    assert len(problem) < 300


def test_a_missing_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = message("nowhere.csv")
    assert text == (
        "'nowhere.csv': there is no such file, and a readable CSV file is needed: "
        "check the spelling and the folder you run from."
    )


def test_a_folder(tmp_path):
    assert "this is a folder, not a file" in message(tmp_path)
    assert "name the file inside it." in message(tmp_path)


def test_a_name_that_no_file_can_have():
    assert "the file cannot be read" in message("a\0b.csv")


def test_a_file_without_permission(written, table, monkeypatch):
    path = written(table)

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)  # root may read everything, so the mode bits would not do
    assert "the file cannot be read (Permission denied)" in message(path)


def test_text_that_is_not_utf_8(written, table):
    path = written(b"Model\nGro" + b"\xdf" + b"\n")
    text = message(path)
    assert text.startswith("'mine.csv' is not UTF-8 text (byte 0xdf in line 2), and only that is read: ")
    assert text.endswith("save the table again as 'CSV UTF-8'.")


@pytest.mark.parametrize("path", [3, None, b"mine.csv", ["mine.csv"]])
def test_what_is_no_path(path):
    with pytest.raises(InputTypeError, match="must be a str or a path object, got"):
        catalog.read_csv(path)
