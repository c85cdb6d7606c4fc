"""Numbers, names and distributions written as text: ``LogNormal(p5=1.05, p95=1.6)``.

Text is parsed and matched against the known kinds; nothing of it is ever run.
"""

from __future__ import annotations

import ast
import dataclasses
import warnings
from typing import Any

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.specs import Boundary, Distribution, Lever, Step, ThroughputProportional, unchecked

__all__ = ["parse_expression", "parse_factor", "parse_value"]

_MODULES = frozenset({"wq", "wattquery"})  # so that what Python code says can be pasted
_EXAMPLE = "Write for example LogNormal(p5=1.05, p95=1.6)."
UNCHECKED = "unchecked"
_KINDS = ("distribution", "power_utilization", "lever", "boundary", "step")
"""Keys of tables that describe one value, and so are not the labels of an axis."""


def parse_value(name: str, value: object) -> object:
    """Return a value read from a file with every text in it that is a number or a distribution made one.

    Parameters
    ----------
    name
        What the user calls the value, for messages.
    value
        Text, a number, a list, or a table: of labels, or one that describes a distribution, power rule or lever.

    Examples
    --------
    >>> parse_value("pue", [1.1, "LogNormal(p5=1.05, p95=1.6)"])
    [1.1, LogNormal(p5=1.05, p95=1.6)]
    """
    if name == "workload":
        return value  # names, and tables of numbers and sentences
    if isinstance(value, str):
        return parse_factor(name, value)
    if isinstance(value, list):
        return [parse_value(name, one) for one in value]
    if isinstance(value, dict):
        described = [kind for kind in _KINDS if kind in value]
        if not described:
            return {label: parse_value(name, one) for label, one in value.items()}
        # The last of these names the kind; "distribution" beside a lever is the lever's own. Sources are plain text.
        plain = (described[-1], "kind", "source", "share_source")
        return {key: one if key in plain else parse_value(name, one) for key, one in value.items()}
    return value


def parse_factor(name: str, text: str) -> object:
    """Return the number or the specification that a text stands for, or the text itself as a name.

    Parameters
    ----------
    name
        What the user calls the value, for messages.
    text
        What the user wrote.

    Raises
    ------
    InputError
        If it looks like a call and cannot be read.

    Examples
    --------
    >>> parse_factor("pue", "1.1"), parse_factor("output_tokens", "long")
    (1.1, 'long')
    >>> parse_factor("output_tokens", "Exponential(median=300)")
    Exponential(median=300.0)
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if "(" not in text:
        return text.strip()
    try:
        return parse_expression(text)
    except InputError as error:
        raise type(error)(f"{name}: {error}") from error


def parse_expression(text: str) -> object:
    """Return the distribution, power rule, lever or boundary that a text is the label of.

    Raises
    ------
    InputError
        If it is not a call of a known kind with plain numbers, or the kind refuses them.

    Examples
    --------
    >>> parse_expression("Truncated(Normal(mu=1.2, sigma=0.1), low=1)").label
    'Truncated(Normal(mu=1.2, sigma=0.1), low=1)'
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the parser's remarks on odd literals, which are refused anyway
            tree = ast.parse(text.strip(), mode="eval").body
        if not isinstance(tree, ast.Call):
            raise InputError(f"{text!r} is not a distribution. {_EXAMPLE}")
        return _built(tree)
    except (SyntaxError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
        raise InputError(f"{text!r} cannot be read: {reason}. {_EXAMPLE}") from error
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{text!r} cannot be read: {error}. {_EXAMPLE}") from error  # a NUL character


def _built(call: ast.Call) -> object:
    """Return what a call makes, once its kind and the names of its arguments are known to be right."""
    if _called(call.func) == UNCHECKED:
        if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
            raise InputError(f"{UNCHECKED} takes one number or distribution. Write for example {UNCHECKED}(3000).")
        value: Any = _value(call.args[0])
        return unchecked(value)
    name, kind = _kind(call.func)
    fields = dataclasses.fields(kind)
    names = [field.name for field in fields]
    if len(call.args) > len(names):
        raise InputError(f"{name} got {len(call.args)} values. Its arguments are {listed(names)}. Remove the rest.")
    if any(isinstance(one, ast.Starred) for one in call.args):
        raise InputError(f"{name} got values after '*'. Write its arguments one by one: {listed(names)}.")
    given: dict[str, ast.expr] = dict(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in names:
            unknown = "'**'" if keyword.arg is None else repr(keyword.arg)
            raise InputError(
                f"{name} has no argument {unknown}. Its arguments are "
                f"{listed(names)}.{did_you_mean(keyword.arg, names)}"
            )
        if keyword.arg in given:
            raise InputError(f"{name} got {keyword.arg!r} more than once. Give it once.")
        given[keyword.arg] = keyword.value
    missing = [field.name for field in fields if field.name not in given and field.default is dataclasses.MISSING]
    if missing:
        raise InputError(f"{name} lacks {listed(missing)}. Its arguments are {listed(names)}. Add what is missing.")
    return kind(**{argument: _value(node) for argument, node in given.items()})


def _kind(function: ast.expr) -> tuple[str, type[Any]]:
    """Return the kind that a call names."""
    known: dict[str, type[Any]] = {
        **Distribution.by_name,
        "ThroughputProportional": ThroughputProportional,
        "Lever": Lever,
        "Boundary": Boundary,
        "Step": Step,
    }
    name = _called(function)
    if name not in known:
        allowed = [*known, UNCHECKED]
        raise InputError(
            f"{name!r} is not known; what can be written is {listed(allowed, 20)}.{did_you_mean(name, allowed)}"
        )
    return name, known[name]


def _called(function: ast.expr) -> str:
    """Return the name that is called, without that of this package."""
    if isinstance(function, ast.Attribute) and ast.unparse(function.value) in _MODULES:
        return function.attr
    return ast.unparse(function)


def _value(node: ast.expr) -> object:
    """Return a literal number, text, list or dict of them, or what a nested call makes."""
    match node:
        case ast.Constant(value=int() | float() | str() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {_value(key): _value(value) for key, value in zip(keys, values, strict=True) if key is not None}
        case ast.Call():
            return _built(node)
    raise InputError(
        f"A value must be a plain number, a list of them in [], or a distribution, got {ast.unparse(node)!r}. Write "
        "the number itself."
    )
