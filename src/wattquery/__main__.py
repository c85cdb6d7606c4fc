"""``wattquery`` as a program: ``python -m wattquery``, and the script of that name.

The command line is imported within, so that an interrupt is a sentence from the start.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

__all__ = ["run"]

INTERRUPTED = 130
"""As shells report a program that an interrupt ended."""


def run() -> None:
    """Run the command line, and end within two seconds of an interrupt."""
    try:
        _open_closed_streams()
        from wattquery.interrupts import heard_once

        with heard_once():
            from wattquery.cli import main

            main(prog_name="wattquery")
    except KeyboardInterrupt:  # before the command line could heed it, or after
        with suppress(OSError, AttributeError):
            sys.stderr.write("\nInterrupted.\n")
        _end(INTERRUPTED)
    except SystemExit as end:
        _end(end.code)


def _open_closed_streams() -> None:
    """Send nowhere what is written to a stream that was closed: old releases of NumPy and click take it to be there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 -- open until the end


def _end(code: int | str | None) -> None:
    """Leave the process; at once where it was interrupted, or a thread is still within a step that nothing breaks off.

    Taking large libraries down takes a second, and more on a busy machine. What has to be ended was, before this.
    """
    stopping = sys.modules.get("wattquery.stopping")
    if code != INTERRUPTED and (stopping is None or not stopping.still_running()):
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    run()
