"""How one case is run and judged: bounded in time and memory, with nothing let through but answers and sentences."""

from __future__ import annotations

import contextlib
import faulthandler
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["CaseError", "Folder", "HangError", "guarded", "limit_memory", "signature"]

_LOOP_SECONDS = 0.1
"""Of processor time that the loop below takes on the machine on which the next number was chosen."""


def _slowness() -> float:
    """Return how many times slower this machine is, at most 4 times: processors are shared, and change."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        sum(number * number for number in range(2_000_000))
        taken.append(time.process_time() - started)
    return min(max(sorted(taken)[1] / _LOOP_SECONDS, 1.0), 4.0)


SECONDS = 20.0 * _slowness()
"""No case may take longer, on any machine that is not overloaded; the slowest, the headline, takes about 11."""

ADDRESS_SPACE = 4 * 2**30


class CaseError(AssertionError):
    """What must not happen: an escape that is neither an answer nor a refusal in a sentence."""


class HangError(BaseException):
    """A case takes too long; no handler of ordinary errors may take it for one."""


def limit_memory(size: int = ADDRESS_SPACE) -> None:
    """Bound the address space of this process."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size, hard))


@contextlib.contextmanager
def guarded(seconds: float = SECONDS) -> Iterator[None]:
    """Run the block, and fail where it hangs, warns, or leaves an exception that nobody could catch."""

    started = time.monotonic(), time.process_time()

    def hang(number: int, frame: FrameType | None) -> None:
        passed, worked = time.monotonic() - started[0], time.process_time() - started[1]
        # Whoever waits for nothing hangs, and so does whoever has worked so long; a busy machine is no fault of a case.
        if worked < 0.1 * seconds or worked >= seconds or passed >= 6 * seconds:
            raise HangError

    left: list[str] = []

    def unraisable(what: Any) -> None:
        left.append(f"{type(what.exc_value).__name__} in {what.object!r}: {what.exc_value}")

    before = signal.signal(signal.SIGALRM, hang), sys.unraisablehook
    sys.unraisablehook = unraisable
    faulthandler.dump_traceback_later(10 * seconds, exit=True)  # where no bytecode runs, no signal arrives
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.25 * seconds)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.simplefilter("ignore", ResourceWarning)  # of generators and files that a case itself makes
            yield
    except HangError:
        where = traceback.extract_tb(sys.exc_info()[2])
        ours = [f"{Path(one.filename).name}:{one.lineno}" for one in where if "wattquery" in one.filename]
        raise CaseError(f"hangs: over {seconds:.0f} s, in {ours[-1] if ours else '?'}") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before[0])
        sys.unraisablehook = before[1]
    if caught:
        raise CaseError(f"warning escapes: {caught[0].category.__name__}: {str(caught[0].message)[:150]}")
    if left:
        raise CaseError(f"unraisable: {left[0]}")


def signature(error: BaseException) -> str:
    """Return what tells one kind of failure from another: the exception and where in the package it arose."""
    if isinstance(error, CaseError):
        return f"CaseError {str(error).split(chr(10))[0][:90]}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "/wattquery/" in one.filename]
    place = f"{'/'.join(Path(ours[-1].filename).parts[-2:])}:{ours[-1].lineno}" if ours else "outside"
    return f"{type(error).__name__} at {place}"


class Folder:
    """A working folder that every case finds as it was made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept: dict[Path, tuple[int, int]] = {}
        self.content: dict[Path, bytes] = {}

    def remember(self) -> None:
        """Take what is there now as what each case is to find."""
        self.kept = self.present()
        self.content = {one: one.read_bytes() for one in self.kept if one.is_file()}

    def present(self) -> dict[Path, tuple[int, int]]:
        """Return every file and folder with its size and time of change."""
        stats = {one: one.lstat() for one in sorted(self.path.rglob("*"))}
        return {
            one: (stat.st_size if one.is_file() else 0, stat.st_mtime_ns if one.is_file() else 0)
            for one, stat in stats.items()
        }

    def changes(self) -> list[Path]:
        """Return what is new, altered or gone."""
        now = self.present()
        return [one for one in {**now, **self.kept} if now.get(one) != self.kept.get(one)]

    def restore(self) -> None:
        """Undo all changes."""
        for one in reversed(self.changes()):
            if one not in self.kept:
                if one.is_dir() and not one.is_symlink():
                    one.rmdir()
                else:
                    one.unlink()
        for one in self.changes():
            if one in self.content:
                one.parent.mkdir(parents=True, exist_ok=True)
                one.write_bytes(self.content[one])
            elif one.suffix not in (".csv", ".toml", ".nc"):
                one.mkdir(exist_ok=True)
        self.kept = self.present()
