"""Where ln E bends: the lengths at which the throughput reaches the largest that was observed.

In the log-linear form it stays there: a straight line in (ln L_in, ln L_out). The reciprocal form has no cap; there
only power that follows throughput bends, along the curve a + b (L_in + L_out/2) + c L_in/L_out = 1/TPS_max. Given the
input it is crossed twice at most: short outputs are slowed by their prompt, long ones by their context.

Under load it bends where a context reaches a window or the top k of sparse attention, and where all of a prompt is
cached.

``numbers`` are those that `wattquery.kernels.equation.LENGTH_FORM_NUMBERS` names, and ``span`` is 0 for power that does
not follow throughput.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from wattquery.kernels.equation import is_load_form, is_reciprocal

__all__ = ["Numbers", "context_kinks", "input_kinks", "output_kinks", "power_bends", "tangent_input"]

Numbers = Sequence[float]

LARGEST_LOG = 700.0  # whose exponential a float still holds


def output_kinks(numbers: Numbers, span: float, input_: float) -> list[float]:
    """Return the output lengths at which ln E bends, given the input, in no order [tokens]."""
    if is_load_form(numbers):
        return [cap - input_ for cap in context_kinks(numbers) if cap > input_]
    b0, b1, b2, most, a, b, c = numbers[:7]
    if not is_reciprocal(numbers):
        return _linear_kink(b2, b1 * math.log(input_), b0, most)
    spare = math.exp(-most) - a - b * input_
    square = spare * spare - 2.0 * b * c * input_
    if span == 0.0 or spare <= 0.0 or square < 0.0:
        return []
    # b/2 L^2 - spare L + c L_in = 0, so that no digits cancel.
    both = spare + math.sqrt(square)
    return [one for one in (2.0 * c * input_ / both, both / b if b > 0.0 else 0.0) if one > 0.0]


def input_kinks(numbers: Numbers, span: float, output: float) -> list[float]:
    """Return the input lengths at which ln E bends, given the output: one at most, but under load [tokens]."""
    if is_load_form(numbers):
        of_contexts = [cap - output for cap in context_kinks(numbers) if cap > output]
        return [*of_contexts, *_prompt_kinks(numbers)]
    b0, b1, b2, most, a, b, c = numbers[:7]
    if not is_reciprocal(numbers):
        return _linear_kink(b1, b2 * math.log(output), b0, most)
    spare = math.exp(-most) - a - 0.5 * b * output
    per_input = b + c / output
    return [spare / per_input] if span > 0.0 and spare > 0.0 and per_input > 0.0 else []


def tangent_input(numbers: Numbers, span: float) -> list[float]:
    """Return the input length above which no output reaches TPS_max, where two that do meet [tokens]."""
    most, a, b, c = numbers[3:7]
    spare = math.exp(-most) - a
    if not is_reciprocal(numbers) or span == 0.0 or b == 0.0 or c == 0.0 or spare <= 0.0:
        return []
    # (spare - b L)^2 = 2 b c L, the smaller root
    return [spare * spare / (b * (spare + c + math.sqrt(c * c + 2.0 * spare * c)))]


def power_bends(numbers: Numbers, span: float, outputs: tuple[float, float], inputs: tuple[float, float]) -> bool:
    """Return whether ln E of the reciprocal form bends within ranges of both lengths [tokens]."""
    most, a, b, c = numbers[3:7]
    # 1/TPS grows with the input, and is convex in the output.
    best = min(max(math.sqrt(2.0 * c * inputs[0] / b), outputs[0]), outputs[1]) if b > 0.0 else outputs[1]
    least = a + b * (inputs[0] + 0.5 * best) + c * inputs[0] / best
    largest = max(a + b * (inputs[1] + 0.5 * one) + c * inputs[1] / one for one in outputs)
    return span > 0.0 and least < math.exp(-most) < largest


def context_kinks(numbers: Numbers) -> list[float]:
    """Return the contexts beyond which some layers read no more in decoding, under load [tokens]."""
    return [
        cap for weight, cap in ((numbers[12], numbers[19]), (numbers[13], numbers[18])) if weight > 0.0 < cap < math.inf
    ]


def _prompt_kinks(numbers: Numbers) -> list[float]:
    """Return the inputs at which what a prompt takes bends under load, whatever the output [tokens].

    Where the prompt, or what is cached of it, reaches what a layer sees; and where all of it is cached.
    """
    share, number = numbers[21], numbers[22]
    of_pairs = [cap for weight, cap in ((numbers[15], numbers[19]), (numbers[16], numbers[18])) if weight > 0.0]
    caps = [cap for cap in (*of_pairs, *context_kinks(numbers)) if 0.0 < cap < math.inf]
    of_cached = [(cap - number) / share for cap in caps if share > 0.0 and cap > number]
    all_cached = [number / (1.0 - share)] if number > 0.0 and share < 1.0 else []
    return list(dict.fromkeys([*caps, *of_cached, *all_cached]))


def _linear_kink(slope: float, other: float, intercept: float, most: float) -> list[float]:
    if slope == 0.0:
        return []
    kink = (most - intercept - other) / slope
    return [math.exp(kink)] if abs(kink) < LARGEST_LOG else []
