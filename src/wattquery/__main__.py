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
