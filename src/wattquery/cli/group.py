"""How a command ends: one sentence and an exit code for whatever a user or their system can cause.

Anything else is a mistake of this package and keeps its traceback.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Any, TextIO

import click

from wattquery.errors import InputError, printable, quoted
from wattquery.inputs.arguments import how_to, new_name

__all__ = ["BAD_INPUT", "BROKEN_PIPE", "INTERRUPTED", "NOT_REPRODUCED", "CommandLine"]

NOT_REPRODUCED = 1
BAD_INPUT = 2
INTERRUPTED = 130  # as shells report a program that SIGINT ended
BROKEN_PIPE = 141  # and one that SIGPIPE ended: 1 would read as a claim that was missed


_LIBRARIES_BYTES = 700_000_000
"""Address space that the libraries and a first run take."""

_CONFINED = (
    "The address space that this process may have does not suffice: the libraries alone take 0.5 GB of it. Raise the "
    "limit (ulimit -v) to 1 GB or more; a limit on memory itself, as of a container, may be lower."
)
_OUT_OF_MEMORY = "The memory that is free does not suffice. Shorten an axis, or run the grid in parts."


class _BadInputError(click.ClickException):
    """An error that prints its message and ends with the exit code for bad input."""

    exit_code = BAD_INPUT


class CommandLine(click.Group):
    """A group whose commands end in one sentence, never in a traceback, for what is not our mistake."""

    def main(self, *args: Any, **keywords: Any) -> Any:
        """Run, and end as a program does; see `click.Command.main`."""
        try:
            return super().main(*args, **keywords)
        except BrokenPipeError:  # of the stream that an error was to go to: its exit code still tells
            _leave(sys.stderr)
            sys.exit(BAD_INPUT)
        except OSError as error:  # of a stream that takes no more: a full disk
            _leave(sys.stdout)
            with contextlib.suppress(OSError):
                click.echo(f"Error: {_sentence(error)}", err=True)
            _leave(sys.stderr)
            sys.exit(BAD_INPUT)

    def make_context(self, *args: Any, **keywords: Any) -> click.Context:
        """Read the options that stand before a command; see `click.Command.make_context`. Help is printed here."""
        try:
            return super().make_context(*args, **keywords)
        except click.ClickException as error:
            _reword(error)
            raise
        except BrokenPipeError:
            _leave(sys.stdout)
            raise click.exceptions.Exit(BROKEN_PIPE) from None
        except KeyboardInterrupt:  # click would end with 1, which is a claim that was missed
            click.echo("\nInterrupted.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see `click.Group.invoke`."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            _reword(error)
            raise
        except InputError as error:
            raise _BadInputError(str(error)) from error
        except BrokenPipeError:
            _leave(sys.stdout)
            ctx.exit(BROKEN_PIPE)
        except UnicodeEncodeError as error:  # half of a character in the name of a file
            raise _BadInputError(
                f"{quoted(error.object)} has characters that cannot be written. Use others in the name."
            ) from error
        except (ImportError, OSError) as error:
            # Libraries that find no room say that they were not found.
            if getattr(error, "errno", None) in (None, errno.ENOMEM) and _is_confined():
                raise _BadInputError(_CONFINED) from error
            if isinstance(error, ImportError):
                raise
            with contextlib.suppress(AttributeError, ValueError):
                _leave_if_full(sys.stdout)
            raise _BadInputError(printable(_sentence(error))) from error
        except MemoryError as error:
            raise _BadInputError(_CONFINED if _is_confined() else _OUT_OF_MEMORY) from error
        except KeyboardInterrupt as interrupt:  # whose message, if it has one, says how to go on
            click.echo("\n" + printable(f"Interrupted. {interrupt}".rstrip()), err=True)
            ctx.exit(INTERRUPTED)


def _reword(error: click.ClickException) -> None:
    """Name the new option for one that was renamed, and make the parser's words harmless: it repeats what was typed."""
    message = error.message
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        name = error.option_name.lstrip("-").replace("-", "_")
        renamed = new_name(name, [parameter.name or "" for parameter in error.ctx.command.params])
        with_dashes = f"--{name.replace('_', '-')}"
        if renamed:
            message = f"{error.option_name} is now called --{renamed.replace('_', '-')}. {how_to(name, '--level 0.9')}"
            vars(error)["possibilities"] = None
        elif any(with_dashes in parameter.opts for parameter in error.ctx.command.params):
            message = f"No such option '{error.option_name}': options are written with dashes. Write {with_dashes}."
            vars(error)["possibilities"] = None
    vars(error)["message"] = str(InputError(message))


def _sentence(error: OSError) -> str:
    """Return what the operating system said, with the file's name in front."""
    said = error.strerror or str(error) or type(error).__name__
    return f"{said}." if error.filename is None else f"{str(error.filename)!r}: {said}."


def _leave(stream: TextIO) -> None:
    """Send what a stream still buffers nowhere: the interpreter would complain about it on its way out."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (AttributeError, OSError, ValueError):  # a stream without a file, as tests have it, or none at all
        pass


def _leave_if_full(stream: TextIO) -> None:
    """Leave a stream that takes no more of what it buffers."""
    try:
        stream.flush()
    except OSError:
        _leave(stream)


def _is_confined() -> bool:
    """Return whether this process may not have the address space that its libraries need."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return False
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return limit != resource.RLIM_INFINITY and limit < _LIBRARIES_BYTES
