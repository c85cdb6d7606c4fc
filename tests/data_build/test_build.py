"""What ships is what the script makes of the raw tables, byte for byte, and the pages say the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from build_catalog import main
from building import page
from building.cells import HERE, ROOT, number, tidy, written

SHIPPED = ROOT / "src" / "wattquery" / "catalog" / "data"


def run(*arguments, **environment):
    command = [sys.executable, str(HERE / "build_catalog.py"), "--quiet", *map(str, arguments)]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60
    )


def test_what_ships_is_what_the_script_makes(built):
    files = built.files()
    assert {f"default/{path.name}" for path in (SHIPPED / "default").iterdir()} == set(files) - {"default.csv"}
    for name, content in files.items():
        assert (SHIPPED / name).read_bytes() == content, f"{name} is not what the script makes: run `make catalog`"
        assert b"\r" not in content


def test_another_process_makes_the_same_bytes(built, tmp_path):
    """With another order of sets, another locale and no docstrings."""
    done = run("--out", tmp_path, PYTHONHASHSEED="271828", LC_ALL="C", PYTHONOPTIMIZE="2")
    assert (done.returncode, done.stderr) == (0, "")
    for name, content in built.files().items():
        assert (tmp_path / name).read_bytes() == content, name


def test_check_tells_what_differs(built, tmp_path, capsys):
    for name, content in built.files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert main(["--check", "--quiet", "--out", str(tmp_path)]) == 0
    changed = built.files()["default.csv"].replace(b"10.2", b"10.3", 1)
    (tmp_path / "default.csv").write_bytes(changed)
    assert main(["--check", "--quiet", "--out", str(tmp_path)]) == 1
    assert re.fullmatch(r".*default\.csv is not what .* Run `make catalog`\.\n", capsys.readouterr().err)
    assert (tmp_path / "default.csv").read_bytes() == changed  # checking writes nothing


def test_the_pages_agree_with_the_report(built, report):
    for name, text in page.pages(built, report).items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, f"{name} is out of date: run `make catalog`"


def test_every_row_is_accounted_for(built, report):
    """Rows in are rows out and rows left out."""
    for table in ("performance", "energy", "power_floor", "default"):
        came = sum(count for (one, _), count in report.rows_in.items() if one == table)
        left = {rule: ids for (one, rule), ids in report.left.items() if one == table and rule != "licence"}
        assert came == report.rows_out[table] + sum(map(len, left.values())), table
        assert len({row_id for ids in left.values() for row_id in ids}) == sum(map(len, left.values())), table


def test_the_report_says_all(report):
    text = report.text()
    for ids in report.left.values():
        assert f"{len(ids):6,} left out: " in text
    assert "default.csv: " in text


def test_what_ships_is_small(built):
    assert sum(map(len, built.files().values())) < 3_000_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (921.6, "921.6"),
        (1 / 3, "0.333333"),
        (1234567.0, "1234570"),
        (120.0, "120"),
        (1.5e-3, "0.0015"),
        (0.1 + 0.2, "0.3"),
        (None, ""),
    ],
)
def test_how_a_computed_number_is_written(value, text):
    assert written(value) == text
    assert number(text) == (None if value is None else pytest.approx(value, rel=5e-6))


def test_how_a_published_number_is_written():
    assert [tidy(cell) for cell in ("80.0", "3.35", "10.50", "7", "", "100")] == ["80", "3.35", "10.50", "7", "", "100"]
