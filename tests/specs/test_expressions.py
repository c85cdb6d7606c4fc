"""Labels of specifications read back as what they came from, and nothing else is read."""

from __future__ import annotations

import pytest

from wattquery.errors import InputError
from wattquery.specs import (
    Empirical,
    Exponential,
    Fixed,
    Lever,
    LogNormal,
    Normal,
    ThroughputProportional,
    Triangular,
    Truncated,
    Uniform,
)
from wattquery.specs.expressions import parse_expression, parse_factor

SPECS = [
    LogNormal(p5=1.05, p95=1.6),
    Exponential(median=300),
    Uniform(low=-1, high=2.5e3),
    Triangular(low=1, mode=2, high=3),
    Normal(mu=-1e-3, sigma=0.1),
    Truncated(Normal(mu=1.2, sigma=0.1), low=1),
    Truncated(Truncated(LogNormal(p5=1, p95=2), low=1), high=3),
    ThroughputProportional(base=0.24, span=0.56),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_label_reads_back(spec):
    assert parse_expression(spec.label) == spec
    assert parse_factor("pue", f"  wq.{spec.label}\n") == spec


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("Fixed(1.1)", Fixed(1.1)),
        ("LogNormal(1.05, p95=1.6)", LogNormal(1.05, 1.6)),
        ("LogNormal(1_0, 1e2)", LogNormal(10, 100)),
        ("Empirical(samples=[3, 1, 2])", Empirical(samples=[1, 2, 3])),
        ("Empirical(probabilities=(0, 1), values=[-1, 2])", Empirical(probabilities=[0, 1], values=[-1, 2])),
        ("Truncated(5, low=1)", Truncated(Fixed(5), low=1)),
        ("Lever('mine', LogNormal(p5=1.5, p95=3))", Lever("mine", LogNormal(1.5, 3))),
        ("Lever('mine', 1.5, kind='speculation')", Lever("mine", 1.5, kind="speculation")),
        ("wattquery.Exponential(median=+0300.)".replace("+0300.", "300."), Exponential(300)),
    ],
)
def test_other_ways_to_write_one(text, spec):
    assert parse_expression(text) == spec


@pytest.mark.parametrize(
    ("text", "value"), [("500", 500), ("1_000", 1000), ("1.5", 1.5), ("1e3", 1000.0), (" long ", "long")]
)
def test_numbers_and_names(text, value):
    found = parse_factor("output_tokens", text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("LogNorml(p5=1, p95=2)", "Did you mean 'LogNormal'?"),
        ("LogNormal(p5=1, p59=2)", "no argument 'p59'.*Did you mean 'p5'?"),
        ("LogNormal(p5=1)", "lacks 'p95'"),
        ("LogNormal(1, 2, 3)", "got 3 values"),
        ("LogNormal(1, p5=1, p95=2)", "'p5' more than once"),
        ("LogNormal(p5=1, p5=1, p95=2)", "cannot be read|'p5' more than once"),
        ("LogNormal(**{'p5': 1})", r"no argument '\*\*'"),
        ("LogNormal(*[1, 2])", r"after '\*'"),
        ("LogNormal(p5=1, p95=2", "cannot be read"),
        ("LogNormal(p5=1, p95=2) + 1", "not a distribution"),
        ("(1)", "not a distribution"),
        ("LogNormal(p5=1, p95='2')", "p95 must be a finite number, got '2'"),
        ("LogNormal(p5=1, p95=True)", "A value must be .*got 'True'"),
        ("LogNormal(p5=1, p95=1j)", "A value must be .*got '1j'"),
        ("LogNormal(p5=1, p95=x)", "A value must be .*got 'x'"),
        ("LogNormal(p5=1, p95=10**3)", "A value must be a plain number"),
        ("LogNormal(p5=1, p95=1e999)", "p95 must be a finite number, got inf"),
        ("LogNormal(p5=1, p95=" + "9" * 5000 + ")", "cannot be read"),
        ("Exponential(median=\0)", "cannot be read"),
        ("Truncated(" * 3000 + "1" + ")" * 3000, "cannot be read"),
        ("__import__('os').system('true')", "is not known"),
        ("open('file')", "'open' is not known"),
        ("Exponential(median=open('file'))", "'open' is not known"),
        ("os.LogNormal(p5=1, p95=2)", "'os.LogNormal' is not known"),
        ("(lambda: 1)()", "is not known"),
    ],
    ids=lambda text: text[:40].replace("\0", "NUL"),
)
def test_what_is_not_read(text, named):
    with pytest.raises(InputError, match=rf"(?s)^pue: .*(?:{named})"):
        parse_factor("pue", text)
