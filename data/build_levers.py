"""Build the table of measured levers from the catalog's own tables: ratios of rows that differ in one lever alone.

``python data/build_levers.py`` writes `catalog/data/measured_levers.csv`, which ships, and all pairs in
`data/lever_pairs.csv`. With ``--check`` it writes nothing, and fails where a file differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from building import levers
from building.cells import HERE, ROOT, read_table, table_text

SHIPPED = ROOT / "src" / "wattquery" / "catalog" / "data"


def files() -> dict[str, str]:
    """Return the text of each file by its path below the repository."""
    tables = [read_table(SHIPPED / "default" / f"{name}.csv") for name in ("energy", "performance", "architectures")]
    found = levers.pairs(*tables)
    texts = {
        SHIPPED / "measured_levers.csv": table_text(levers.COLUMNS, levers.table(found)),
        HERE / "lever_pairs.csv": table_text(levers.PAIR_COLUMNS, levers.pair_rows(found)),
    }
    return {str(path.relative_to(ROOT)): text for path, text in texts.items()}


def main(arguments_of_call: Sequence[str] | None = None) -> int:
    """Build, or check, as the command line says."""
    parser = argparse.ArgumentParser(description="Build the table of measured levers from the catalog `default`.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file differs")
    arguments = parser.parse_args(arguments_of_call)
    paths = {ROOT / name: text.encode() for name, text in files().items()}
    stale = [path for path, content in paths.items() if not path.is_file() or path.read_bytes() != content]
    for path in stale:
        if arguments.check:
            print(f"{path} is not what data/build_levers.py makes of the catalog. Run `make catalog`.", file=sys.stderr)
        else:
            path.write_bytes(paths[path])
    return int(arguments.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
