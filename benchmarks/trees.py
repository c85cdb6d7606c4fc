"""The two trees that the regression gate compares, and a process that runs one of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


class BadInputError(Exception):
    """What was asked for cannot be compared."""


@contextlib.contextmanager
def checkout(revision: str) -> Iterator[Path]:
    """Give a temporary worktree of ``revision``, and remove it whatever happens.

    Raises
    ------
    BadInputError
        If the revision is unknown, or holds no package.
    """
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", check=False)
    if found.returncode != 0:
        raise BadInputError(
            f"BASE = {revision!r} is no revision of this repository: give a commit, branch or tag that is here "
            "(in a shallow clone, fetch it first)."
        )
    with tempfile.TemporaryDirectory(prefix="wattquery-base-") as directory:
        tree = Path(directory) / "tree"
        try:
            _git("worktree", "add", "--quiet", "--detach", str(tree), found.stdout.strip())
            if not (tree / "src" / "wattquery").is_dir():
                raise BadInputError(f"BASE = {revision!r} holds no src/wattquery: give a later revision.")
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree), check=False)


def _git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run git in the repository."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=check, capture_output=True, text=True)


class Side:
    """A worker process that imports the package from ``tree`` and the benchmarks from here.

    Both sides use the packages of the interpreter that runs this: nothing is installed, and what differs is the
    package's own source. Each has a cache directory of its own, so that neither is served the other's kernels.
    """

    def __init__(self, name: str, tree: Path, cache: Path) -> None:
        source = tree / "src"
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(source), str(ROOT))),
            "PYTHONHASHSEED": "0",
            "WATTQUERY_CACHE_DIR": str(cache),
        }
        command = [sys.executable, "-m", "benchmarks.worker"]
        self.name = name
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        if not Path(self.answer()["source"]).is_relative_to(source.resolve()):
            raise BadInputError(f"{name} would be timed with a package from elsewhere: run this without PYTHONPATH.")

    def send(self, **request: Any) -> None:
        """Send a request; `answer` waits for it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")

    def answer(self) -> dict[str, Any]:
        """Return the answer to the oldest request."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BadInputError(f"{self.name} cannot run with the packages installed here; its own message is above.")
        return dict(json.loads(line))

    def close(self) -> None:
        """End the process, also one that is busy: a cancelled job has few seconds to clean up."""
        self._process.kill()
        self._process.communicate()
