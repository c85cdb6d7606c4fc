"""The oldest releases that ``pyproject.toml`` allows, for `make test-floors`: its ``>=`` read as ``==``.

Prints one requirement per line: the core's, those of the extras named as arguments, and what runs the tests as new as
it comes.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

RUNNERS = ("pytest", "hypothesis")


def floors(project: Path, extras: list[str]) -> list[str]:
    """Return the requirements of a project and of some of its extras, each at its oldest release."""
    declared = tomllib.loads(project.read_text())["project"]
    optional = declared["optional-dependencies"]
    wanted = [*declared["dependencies"], *(one for extra in extras for one in optional[extra])]
    found = []
    for requirement in wanted:
        name, sign, version = requirement.partition(">=")
        if not sign or not version.replace(".", "").isdigit():
            raise SystemExit(f"{requirement!r} states no oldest release. Write it as 'name>=1.2'.")
        found.append(f"{name}=={version}")
    return [*found, *(one for one in optional["test"] if one.partition(">=")[0] in RUNNERS)]


if __name__ == "__main__":
    print("\n".join(floors(Path(__file__).parents[1] / "pyproject.toml", sys.argv[1:])))
