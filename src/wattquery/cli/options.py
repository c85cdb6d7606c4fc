"""Options that several commands share, and numbers as people write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from wattquery.cli import completing
from wattquery.errors import quoted
from wattquery.quantities import AXES, LOAD_AXES, METHODS, QUANTITIES

__all__ = [
    "SPEC_AXES",
    "PathType",
    "at_least_1",
    "axis_options",
    "decorated",
    "factor_number",
    "json_option",
    "load_options",
    "no_progress_option",
    "run_options",
    "sampling_options",
    "study_options",
    "threads_option",
    "whole_number",
]

F = TypeVar("F", bound=Callable[..., Any])


class PathType(click.Path):
    """A path, also one that the system cannot look at, such as text with a NUL."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or refuse it in a sentence."""
        try:
            return super().convert(value, param, ctx)
        except ValueError as error:
            self.fail(f"{quoted(value)} is not a path ({error}). Give the name of a file.", param, ctx)


def whole_number(text: str, smallest: int) -> int:
    """Return a whole number written as 1000000, 1_000_000 or 1e6.

    Raises
    ------
    click.BadParameter
        If it is not one, or too small.
    """
    try:
        value = int(text)
    except ValueError:
        value = _from_decimal(text)
    if value < smallest:
        raise click.BadParameter(f"must be a whole number of {smallest} or more, got {text}.")
    return value


def _from_decimal(text: str) -> int:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not number.is_integer():
        raise click.BadParameter(f"must be a whole number, got {text!r}. Write for example 1000000, 1_000_000 or 1e6.")
    return int(number)


def at_least_1(text: str) -> int:
    """Return a whole number of 1 or more; see `whole_number`."""
    return whole_number(text, 1)


def _at_least_0(text: str) -> int:
    return whole_number(text, 0)


def _levels(text: str) -> tuple[float, ...]:
    """Return probability levels written with commas between them; what they may be, the sweep knows."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(
            f"must be numbers with commas between them, got {text!r}. Write for example 0.05,0.5,0.95."
        ) from None


def _share(text: str) -> float:
    """Return a number, also one in percent; what it may be, the sweep knows."""
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        raise click.BadParameter(f"must be a number, got {text!r}. Write for example 0.001, or 0.1%.") from None


def factor_number(text: str) -> Any:
    """Return a number, or one in ``unchecked(...)``; what it may be, the quantity knows.

    Raises
    ------
    click.BadParameter
        If it is neither.
    """
    try:
        return float(text)
    except ValueError:
        pass
    if "(" in text:
        from wattquery.specs.expressions import parse_expression

        return parse_expression(text)
    raise click.BadParameter(f"must be a number, got {text!r}. Write for example 0.03, or unchecked(30).")


threads_option = click.option("--threads", type=at_least_1, metavar="N", help="Threads; one per core by default.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else there.")
no_progress_option = click.option("--no-progress", is_flag=True, help="Show no progress.")


_AXIS_HELP = {
    "hardware": ("NAME|FILE", "Accelerators of the node, as the catalog names them."),
    "accelerators": ("N", "Of one instance, which holds the weights once; only under a load."),
    "load": ("X", "Running sequences as a share of the most that run at once, as in 0.5."),
    "concurrency": ("X", "Mean number of running sequences of one instance, in the place of a load."),
    "cached_tokens": ("X", "Input tokens in a cache already, a number or a share of the input; only under a load."),
    "workload": (
        "NAME",
        "Pairs of output and input lengths, in the place of both: a name, or log.csv[,output=COLUMN].",
    ),
    "output_tokens": ("FACTOR", "Length of the answer, or a name of the preset; traditional by default."),
    "input_tokens": ("FACTOR", "Length of the prompt [tokens]."),
    "levers": ("NAME+NAME", "Efficiency levers: none, or several joined by +."),
    "boundary": (
        "NAME+STEP",
        "What is counted: accelerator, node or facility (by default), and further steps joined by +.",
    ),
}
"""Metavar and help of axes that take more than a number or a distribution."""

SPEC_AXES = (*LOAD_AXES, *AXES[AXES.index("boundary") :])
"""Axes that an option can replace in a file: one grid is often computed at several loads, or at other boundaries."""


def axis_options(names: Iterable[str], *, several: bool = False) -> Callable[[F], F]:
    """Return a decorator for an option for each axis; with ``several``, one that may be repeated to make an axis."""
    options = [_axis_option(name, several) for name in names]
    return lambda function: decorated(function, options)


def _axis_option(name: str, several: bool) -> Callable[[F], F]:
    quantity = QUANTITIES[name]
    unit = "" if quantity.unit in ("", "1") else f" [{quantity.unit}]"
    plain = f"{quantity.long_name[0].upper()}{quantity.long_name[1:]}{unit}."
    metavar, text = _AXIS_HELP.get(name, ("FACTOR", plain))
    if several:
        text = f"{text.removesuffix('.')}; repeated, an axis."
    return click.option(
        f"--{name.replace('_', '-')}",
        metavar=metavar,
        multiple=several,
        help=text,
        shell_complete=completing.AXES.get(name),
    )


def deployment_options(function: F) -> F:
    """Add the options that tell the deployments of a model apart."""
    options = (
        click.option(
            "--hardware",
            metavar="NAME|FILE",
            help="Accelerators of the node, as the catalog names them.",
            shell_complete=completing.hardware,
        ),
        click.option("--serving", metavar="NAME", help="Serving system, as the catalog names it."),
        click.option("--precision", metavar="NAME", help="Precision of the weights, as the catalog names it."),
    )
    return decorated(function, options)


def load_options(function: F) -> F:
    """Add the options that say what holds of an instance under a load, beside its axes."""
    options = (
        click.option(
            "--batch-workload",
            metavar="NAME[=X]",
            multiple=True,
            help="What fills the batch, where it is not the query itself; several with their weights.",
            shell_complete=completing.workloads,
        ),
        click.option("--kv-precision", metavar="NAME", help="Of keys and values: BF16 or FP8."),
        click.option("--max-sequences", type=at_least_1, metavar="N", help="That run at once; 256 by default."),
        click.option("--speculation", metavar="NAME", help="Tokens made several at a time: off, on or unknown."),
        click.option(
            "--measured",
            metavar="FILE",
            multiple=True,
            help="Measurements of your own that calibrate the load model; repeatable.",
        ),
    )
    return decorated(function, options)


def run_options(
    seed: int | None = None, *, relative_stderr: bool = True, method: str = "monte_carlo", quasi_draws: int = 8192
) -> Callable[[F], F]:
    """Return a decorator for the options that say how to compute; a command may leave out ``relative_stderr``."""
    drawn = f"Draws per cell; 1e6 by default, or {quasi_draws} quasi-random ones."
    until = "Instead of --draws: draw until every quantile's error is at most this share of it, as in 0.001."
    options = (
        click.option("--method", type=click.Choice(METHODS), help=f"How to compute; {method} by default."),
        click.option("--draws", type=at_least_1, metavar="N", help=drawn),
        *((click.option("--relative-stderr", type=_share, metavar="X", help=until),) if relative_stderr else ()),
        *_sampling(seed),
        no_progress_option,
        json_option,
    )
    return lambda function: decorated(function, options)


def _sampling(seed: int | None = None) -> tuple[Callable[[F], F], ...]:
    return (
        click.option(
            "--seed",
            type=_at_least_0,
            metavar="N",
            help="Random seed.",
            default=seed,
        ),
        threads_option,
    )


def sampling_options(function: F) -> F:
    """Add the options that name the random numbers and the threads."""
    return decorated(function, _sampling())


throughput_model_option = click.option(
    "--throughput-model",
    metavar="FORM",
    help="Form of throughput: auto, reciprocal or log_linear; auto by default.",
)


catalog_option = click.option(
    "--catalog",
    metavar="NAME|PATH",
    help="A shipped catalog, or a CSV file of your own.",
    shell_complete=completing.catalogs,
)
preset_option = click.option(
    "--preset",
    metavar="NAME",
    help="Where all that is left out comes from; v2-code by default.",
    shell_complete=completing.presets,
)


def study_options(function: F) -> F:
    """Add the options that say what to compute, beside the axes themselves."""
    options = (
        catalog_option,
        preset_option,
        click.option(
            "--prefill-weight", type=factor_number, metavar="X", help="Weight of an input token; 0 by default."
        ),
        throughput_model_option,
        click.option("--round-tokens/--no-round-tokens", default=None, help="Whether lengths are whole tokens."),
        click.option("--quantiles", type=_levels, metavar="Q,Q,...", help="Levels, as in 0.05,0.5,0.95."),
    )
    return decorated(function, options)


def decorated(function: F, options: Sequence[Callable[[F], F]]) -> F:
    """Add options to a command, in the order in which its help lists them."""
    for option in reversed(options):  # help lists them in the order of application, last first
        function = option(function)
    return function
