"""What people read of the build: the tables of docs/default-catalog.md, and DATA_LICENSES.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from building.catalog import Built
from building.cells import HERE, ROOT, Row, read_table, written
from building.licences import allowed, decisions
from building.report import Report
from building.rules import LEFT_OUT, MARKS, TAKEN_AS
from building.totals import totals

PAGE = ROOT / "docs" / "default-catalog.md"
LICENSES = ROOT / "DATA_LICENSES.md"
NOTICES = HERE / "notices.md"
LENGTHS = HERE / "raw" / "token_lengths" / "sources.csv"
SPOT_CHECKS = HERE / "spot_checks.csv"
_BLOCK = "<!-- built: {name} -->\n{text}\n<!-- end -->"
_ANY_BLOCK = re.compile(r"<!-- built: (\w+) -->\n.*?<!-- end -->", re.DOTALL)
_TITLES = {
    "default.csv": "the catalog that sweeps read: rows at maximum load",
    "default/architectures.csv": "sizes, layers, attention, KV cache, experts of model architectures",
    "default/accelerators.csv": "memory, bandwidth, FLOP/s, power, links of accelerators, and their nodes",
    "default/stacks.csv": "serving stacks with their versions",
    "default/precisions.csv": "precisions",
    "default/performance.csv": "measured operating points: rates and latencies",
    "default/energy.csv": "measured energy and power, each with its boundary",
    "default/power_floor.csv": "power when idle, at batch 1, on the plateau",
    "default/sources.csv": "sources with licence and link",
}
_AXES = {"hardware": "accelerator", "serving": "serving stack", "precision": "precision"}


def pages(built: Built, report: Report) -> dict[str, str]:
    """Return the text of each page, by its path below the repository."""
    blocks = {
        "tables": _tables(built, report),
        "taken": _table(("rule", "rows", "how figures are taken"), _taken(report)),
        "left": _table(("table", "rows left out", "why"), _left(report)),
        "spots": _table(("row", "column", "here", "published", "read in"), _spots(built)),
        "marks": _table(("table", "rows", "flag", "what it says"), _marks(report)),
        **{
            f"totals_{name}": _table((_AXES[name], "performance", "energy", "default", "architectures"), rows)
            for name, rows in totals(built.performance, built.energy, built.default).items()
        },
    }
    old = PAGE.read_text(encoding="utf-8")
    new = _ANY_BLOCK.sub(lambda found: _BLOCK.format(name=found[1], text=blocks[found[1]]), old)
    return {str(PAGE.relative_to(ROOT)): new, str(LICENSES.relative_to(ROOT)): _licenses(built, report)}


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def _tables(built: Built, report: Report) -> str:
    names = {name: name.removeprefix("default/").removesuffix(".csv") for name in built.tables}
    came = {
        name: ", ".join(f"{count:,} of `{raw}`" for (table, raw), count in report.rows_in.items() if table == one)
        for name, one in names.items()
    }
    return _table(
        ("file", "rows", "from", "content"),
        [(f"`{name}`", f"{report.rows_out[one]:,}", came[name], _TITLES[name]) for name, one in names.items()],
    )


def _taken(report: Report) -> list[Sequence[str]]:
    return [(f"`{rule}`", f"{report.taken[rule]:,}", sentence) for rule, sentence in TAKEN_AS.items()]


def _spots(built: Built) -> list[Sequence[str]]:
    shipped = {row["row_id"]: row for row in (*built.performance, *built.energy)}
    return [
        (row["row_id"], f"`{row['column']}`", shipped[row["row_id"]][row["column"]], _published(row), _read_in(row))
        for row in read_table(SPOT_CHECKS)
    ]


def _published(row: Row) -> str:
    factor = "" if row["factor"] == "1" else f" x {written(float(row['factor']))}"
    return f"{written(float(row['published']), 8)}{factor}"


def _read_in(row: Row) -> str:
    return f"`{row['source_id']}` at {row['read_at']}: {row['place']}"


def _left(report: Report) -> list[Sequence[str]]:
    return [(table, f"{len(ids):,}", LEFT_OUT[rule]) for (table, rule), ids in sorted(report.left.items())]


def _marks(report: Report) -> list[Sequence[str]]:
    return [
        (table, f"{count:,}", f"`{word}`", MARKS.get(word, "What physics says: see `wattquery.catalog.physics`."))
        for (table, word), count in sorted(report.marks.items())
    ]


_LICENSES_HEAD = """\
# Data that others made

The tables of the catalog `default` in `src/wattquery/catalog/data/default` and `default.csv` beside it hold figures
that others measured or published, in a schema of our own; `data/raw` holds the rows that they are built from. This page
names every source, its licence and how many rows name it. `data/build_catalog.py` writes it from `sources.csv`.

- **Changed**: figures were put into common columns and units, joined with one another, marked, left out or converted by
  the rules of [docs/default-catalog.md](docs/default-catalog.md). No source endorses what is made of its figures here.
- **Left out**: rows of sources whose licence is not on the list below. `data/raw/left_out.csv` names each of them, and
  holds none of their figures.
- **MLPerf** is a trademark of MLCommons. Each MLPerf row has the number of its result as its `reference`, of v6.1 a
  file, for those results were read before they had numbers; the round is its source. Figures derived from results, such
  as joules per token or a rate per accelerator, are ours and not verified by MLCommons.
- **Single figures** of other sources, such as a power rating, are quoted with their source.
- **Code**: the libraries in pages of `wattquery explore` stand with their licences in
  `src/wattquery/explorer/document/vendored`.

The catalog `oviedo2026`, the presets and the public claims name their sources in
`src/wattquery/catalog/data/README.md`.
"""


def _of_lengths() -> list[Sequence[str]]:
    return [
        (f"`{row['source_id']}`", f"[{row['source']}]({row['url']})", row["licence"], row["attribution"])
        for row in read_table(LENGTHS)
    ]


def _licenses(built: Built, report: Report) -> str:
    of_licence = [
        (f"`{name}`", f"[{one['title']}]({one['url']})" if one["url"] else one["title"], one["asks"])
        for name, one in allowed().items()
    ]
    of_source = [
        (
            f"`{row['source_id']}`",
            f"[{row['source']}]({row['url']})" if row["url"] else row["source"],
            row["licence"],
            row["attribution"],
            f"{int(row['rows']):,}",
        )
        for row in built.sources
    ]
    of_source += [
        (f"`{one['id']}`", f"{one['title']}, {one['url']}", one["licence"], one["attribution"], "0, `data/raw` alone")
        for one in built.not_named
    ]
    decided = [(says, one.licence or "left out", one.why) for says, one in decisions().items() if says != one.licence]
    return "\n".join(
        [
            _LICENSES_HEAD,
            "## Licences that rows may have\n",
            _table(("licence", "title", "asks"), of_licence),
            "\n## Sources\n",
            _table(("source_id", "source", "licence", "attribution", "rows"), of_source),
            "\n## Sources of workloads\n\nThe named workloads in `src/wattquery/workloads/data` are compressed from "
            "these, see [docs/workloads.md](docs/workloads.md).\n",
            _table(("source_id", "source", "licence", "attribution"), _of_lengths()),
            "\n## Decisions\n\nWhat the raw tables say of a licence, where that is not a name of the list:\n",
            _table(("the table says", "taken as", "why"), decided),
            "",
            NOTICES.read_text(encoding="utf-8"),
        ]
    )
