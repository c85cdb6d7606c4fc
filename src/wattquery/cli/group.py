"""How a command ends: one sentence and an exit code for whatever a user or their system can cause.

Anything else is a mistake of this package and keeps its traceback.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from wattquery.errors import InputError, printable

__all__ = ["BAD_INPUT", "BROKEN_PIPE", "INTERRUPTED", "NOT_REPRODUCED", "CommandLine"]

NOT_REPRODUCED = 1
BAD_INPUT = 2
INTERRUPTED = 130  # as shells report a program that SIGINT ended
BROKEN_PIPE = 141  # and one that SIGPIPE ended: 1 would read as a claim that was missed


class _BadInputError(click.ClickException):
    """An error that prints its message and ends with the exit code for bad input."""

    exit_code = BAD_INPUT


class CommandLine(click.Group):
    """A group whose commands end in one sentence, never in a traceback, for what is not our mistake."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Read the options that stand before a command; see `click.Command.make_context`."""
        try:
            return super().make_context(*arguments, **options)
        except click.ClickException as error:
            _make_printable(error)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see `click.Group.invoke`."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            _make_printable(error)
            raise
        except InputError as error:
            raise _BadInputError(str(error)) from error
        except BrokenPipeError:
            _leave_pipe()
            ctx.exit(BROKEN_PIPE)
        except OSError as error:
            raise _BadInputError(printable(_sentence(error))) from error
        except MemoryError as error:
            raise _BadInputError(
                "The memory that is free does not suffice. Shorten an axis, or run the grid in parts."
            ) from error
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            ctx.exit(INTERRUPTED)


def _make_printable(error: click.ClickException) -> None:
    """Make the words of an error of the parser harmless: it repeats what was typed, or pasted."""
    vars(error)["message"] = str(InputError(error.message))


def _sentence(error: OSError) -> str:
    """Return what the operating system said, with the file's name in front."""
    said = error.strerror or str(error) or type(error).__name__
    return f"{said}." if error.filename is None else f"{str(error.filename)!r}: {said}."


def _leave_pipe() -> None:
    """Send what is still buffered nowhere: the interpreter would complain about it on its way out."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # a stdout without a file, as tests have it
        pass
