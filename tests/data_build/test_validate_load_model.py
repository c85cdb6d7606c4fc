"""One command makes the page, its picture and the scores that ship; whatever is changed by hand is found."""

from __future__ import annotations

import gzip
import re
import shutil

import numpy as np
import pandas as pd
import pytest

import fake_load_model as fake
import validate_load_model as script
from wattquery.throughput.load import QUANTITIES

SUBJECT = script.Subject(fake.fit, fake.configuration, lambda: fake.fake_rows(200, architectures=6))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return a folder with the page, filled by the command."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "docs").mkdir()
    shutil.copy(script.ROOT / script.PAGE, folder / script.PAGE)
    assert script.main(["--processes", "1"], SUBJECT, folder) == 0
    return folder


def check(root):
    return script.main(["--check"], SUBJECT, root)


def test_the_page_has_all_tables_and_the_picture(root):
    page = (root / script.PAGE).read_text()
    assert "Not computed yet" not in page
    for name in re.findall(r"^% table: (\w+)$", page, re.MULTILINE):
        content = page.split(f"% table: {name}\n")[1].split("% end")[0].strip()
        assert content.startswith(("|", "![", "None.")), name
    assert f"]({script.PICTURE.name})" in page
    assert (root / script.PICTURE).read_bytes().startswith(b"\x89PNG")


def test_the_page_says_units_and_the_boundary():
    page = (script.ROOT / script.PAGE).read_text()
    for words in ("accelerators alone", "[J]", "[W]", "[tokens/s]", "[s]", "median absolute log error"):
        assert words in page


def test_the_command_changes_nothing_the_second_time(root):
    paths = (script.PAGE, script.SUMMARY, script.PICTURE)
    before = [(root / path).read_bytes() for path in paths]
    assert check(root) == 0
    assert script.main(["--again"], SUBJECT, root) == 0
    assert [(root / path).read_bytes() for path in paths] == before


@pytest.mark.parametrize(
    ("path", "old", "new"), [(script.PAGE, "| 200 |", "| 201 |"), (script.SUMMARY, "tpot_s", "tpot")]
)
def test_what_was_changed_by_hand_is_found(root, capsys, path, old, new):
    text = (root / path).read_text()
    (root / path).write_text(text.replace(old, new, 1))
    assert check(root) == 1
    assert f"{path.name} is not what follows from" in capsys.readouterr().err
    (root / path).write_text(text)


def test_stored_predictions_are_those_of_the_folds(root):
    table = script.stored(root)
    assert set(table["quantity"]) == set(QUANTITIES)
    assert set(table["points"]) == {0, 1, 2, 4}
    rows = SUBJECT.rows()
    fold = table[(table["by"] == "architecture") & (table["fold"] == "mine-3") & (table["quantity"] == "tpot_s")]
    wanted = np.median(rows.tpot_s[rows.architecture != "mine-3"])
    np.testing.assert_allclose(fold.loc[fold["points"] == 0, "q50"], wanted, rtol=1e-4)
    assert gzip.compress(b"", mtime=0)[4:8] == (root / script.PREDICTIONS).read_bytes()[4:8]


def test_the_start_is_tried_and_changes_nothing_of_a_fit_that_has_none(root):
    starts = pd.read_csv(root / script.STARTS)
    assert len(starts) == script.FROM_NO_START * len(QUANTITIES)
    assert (starts["largest"] < 1e-3).all()
    assert "| median difference [%] | largest [%] |" in (root / script.PAGE).read_text()


def test_a_fit_that_stays_near_its_start_is_seen():
    rows = SUBJECT.rows()

    def fit(part, *, start=None):
        model = fake.fit(part)
        return model if start is None else start

    found = script.cross_validate(rows, "architecture", fit, start=fake.FakeModel(dict.fromkeys(QUANTITIES, 1.0)))
    starts = script.from_no_start(script.Subject(fit, fake.configuration), rows, found)
    assert (starts["median"] > 0.1).all()


def test_without_predictions_the_command_to_make_them_is_named(tmp_path):
    with pytest.raises(SystemExit, match="make validation"):
        script.main(["--check"], SUBJECT, tmp_path)


def test_a_page_without_the_place_of_a_table_is_refused():
    assert script.put("% table: a\nold\n% end\n", "a", ["new"]) == "% table: a\n\nnew\n\n% end\n"
    with pytest.raises(SystemExit, match="no place for 'b'"):
        script.put("% table: a\nold\n% end\n", "b", ["new"])


@pytest.mark.slow
def test_what_ships_follows_from_the_stored_predictions():
    assert script.main(["--check"]) == 0
