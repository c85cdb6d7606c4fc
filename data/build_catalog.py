"""Build the catalog `default` from `data/raw`: tables, report and pages, bit for bit the same on any machine.

``python data/build_catalog.py`` writes what ships and the pages about it, and prints the report. With ``--check`` it
writes nothing, and fails where what ships differs; with ``--out DIR`` it writes the tables below DIR, and no pages.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from building import page, totals
from building.catalog import Built
from building.cells import HERE, ROOT

SHIPPED = ROOT / "src" / "wattquery" / "catalog" / "data"


def main(arguments_of_call: Sequence[str] | None = None) -> int:
    """Build, or check, as the command line says."""
    parser = argparse.ArgumentParser(description="Build the catalog `default` from data/raw.")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="where the tables go (default: where they ship from)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where what ships differs")
    parser.add_argument("--quiet", action="store_true", help="print no report")
    arguments = parser.parse_args(arguments_of_call)
    built = Built(HERE / "raw")
    files = {arguments.out / name: content for name, content in built.files().items()}
    report = built.finish()
    if arguments.out == SHIPPED:
        files |= {ROOT / name: text.encode() for name, text in page.pages(built, report).items()}
    if not arguments.quiet:
        print(report.text())
        print(totals.text(totals.totals(built.performance, built.energy, built.default)))
    stale = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    if arguments.check:
        for path in stale:
            print(f"{path} is not what data/build_catalog.py makes of data/raw. Run `make catalog`.", file=sys.stderr)
        return int(bool(stale))
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
