"""Arguments that a function does not have: a sentence of ours names the nearest one, whichever function it is."""

import inspect
import operator

import pytest

import wattquery as wq
from wattquery.inputs.arguments import refuses_unknown

ROOMS = ("", "catalog", "claims", "paper", "plot", "scenarios", "sensitivity")


def _public_functions():
    for room in ROOMS:
        for name in operator.attrgetter(room)(wq).__all__ if room else wq.__all__:
            dotted = ".".join(filter(None, (room, name)))
            value = operator.attrgetter(dotted)(wq)
            if inspect.isfunction(value) and inspect.signature(value).parameters:
                yield dotted


@pytest.mark.parametrize("dotted", [*_public_functions()])
def test_every_public_function_refuses_what_it_does_not_take(dotted):
    function = operator.attrgetter(dotted)(wq)
    parameters = inspect.signature(function).parameters
    taken = {name: one.default for name, one in parameters.items() if one.kind is not one.VAR_KEYWORD}
    last = [*taken][-1]
    required = {name: None for name, default in taken.items() if default is inspect.Parameter.empty}
    with pytest.raises(wq.InputTypeError) as caught:
        function(**{**required, f"{last}s": None})
    assert f"{function.__name__}() has no argument '{last}s'. Did you mean '{last}'?" in str(caught.value)


def test_former_names_are_told_in_a_sentence():
    with pytest.raises(wq.InputTypeError, match=r"sweep\(\) has no argument 'samples': it is now called 'draws'"):
        wq.sweep("DeepSeek-R1", samples=10)
    with pytest.raises(wq.InputTypeError, match=r"relative_stderr=0\.001 in sweep or estimate"):
        wq.sensitivity.sobol("DeepSeek-R1", precision=0.001)


def test_the_signature_stays():
    assert list(inspect.signature(wq.sweep).parameters)[:2] == ["model", "hardware"]
    assert wq.sweep.__globals__ is inspect.getmodule(wq.sweep).__dict__  # or its examples would not be tested


def test_values_pass_through():
    @refuses_unknown
    def power(base, *, exponent=2):
        return base**exponent

    assert (power(3), power(base=2, exponent=3)) == (9, 8)


def test_a_comparison_names_itself():
    with pytest.raises(wq.InputTypeError, match=r"compare\(\) has no argument 'puee'\. Did you mean 'pue'"):
        wq.claims.compare("altman_2025", puee=1.2)
