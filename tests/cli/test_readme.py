"""What documents show of the command line: all of it parses, and what the README shows runs as it is printed."""

from __future__ import annotations

import pytest

from shell_lines import ROOT, SLOW, check_parses, documented, run

README = documented((ROOT / "README.md").read_text(encoding="utf-8"))
PAGES = {
    f"{path.name}: {line}": line
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for line in documented(path.read_text(encoding="utf-8"))
    if line.startswith("wattquery ")
}
ELSEWHERE = ("make ", ".venv/bin/python ")
"""Lines of the README that set up or measure, and are no part of this."""


@pytest.mark.parametrize("line", PAGES.values(), ids=PAGES)
def test_what_documents_show_parses(line: str) -> None:
    check_parses(line)


def test_what_the_readme_shows_runs_in_its_order_in_an_empty_folder(cli) -> None:
    lines = [line for line in README if not line.startswith(ELSEWHERE)]
    assert len(lines) > 10
    for line in lines:
        if not line.startswith(SLOW):
            run(line, cli)
    assert {"grid.toml", "grid.nc", "models.png", "shares.svg", "my-benchmarks.csv"} <= set(cli.files())
