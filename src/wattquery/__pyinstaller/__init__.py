"""What a frozen application takes along: for PyInstaller, which finds this folder by the entry point ``hook-dirs``.

Tables and scenarios are data files. Modules are imported by name when they are first used, where no analysis of the
code sees it. The sources of the kernels go along too: without them compiled kernels could not be kept on disk, and
would be compiled at each start.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_files", "hook_folders", "modules"]

PACKAGE = Path(__file__).parents[1]
NO_DATA = {".py", ".pyc", ".pyi"}


def hook_folders() -> list[str]:
    """Return where PyInstaller finds the hook."""
    return [str(Path(__file__).parent)]


def data_files() -> list[tuple[str, str]]:
    """Return each file that is to go along, and the folder of the application that it goes to."""
    data = [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in NO_DATA]
    sources = (PACKAGE / "kernels").rglob("*.py")
    return [(str(path), str(path.parent.relative_to(PACKAGE.parent))) for path in sorted([*data, *sources])]


def modules() -> list[str]:
    """Return the names of all modules of the package."""
    paths = (path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py"))
    parts = (path.parts[:-1] if path.name == "__init__" else path.parts for path in paths)
    return sorted(".".join(one) for one in parts if all(part.isidentifier() for part in one))
