"""Means over the queries of a batch, against closed forms, sums and quadrature written out here."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

import wattquery as wq
from wattquery.throughput.load.attention_reach import PLAIN_ATTENTION, AttentionReach
from wattquery.throughput.load.query_means import query_means

BENT = AttentionReach(
    windowed_reads=0.6,
    indexed_reads=0.1,
    windowed_pairs=0.7,
    indexed_pairs=0.2,
    window_tokens=600,
    topk_tokens=2048,
)
REACHES = {"plain": PLAIN_ATTENTION, "bent": BENT}
OUTPUTS = {
    "exponential": wq.Exponential(median=300),
    "lognormal": wq.LogNormal(p5=20, p95=2000),
    "uniform": wq.Uniform(low=100, high=900),
    "sample": wq.Empirical([10, 150, 400, 3000]),
}
INPUTS = {
    "fixed": wq.Fixed(500),
    "lognormal": wq.Truncated(wq.LogNormal(p5=100, p95=5000), high=8000),
    "uniform": wq.Uniform(low=100, high=5000),
    "sample": wq.Empirical([1, 590, 2000, 30000]),
}


def seen(start, stop, cap):
    """Return what positions see, as the area under a line that bends at the cap."""
    over = np.maximum(stop - cap, 0.0) ** 2 - np.maximum(start - cap, 0.0) ** 2 if np.isfinite(cap) else 0.0
    return 0.5 * (stop**2 - start**2 - over)


def reads_of(reach, output, inputs):
    stop, topk = inputs + output, reach.topk_tokens or np.inf
    windowed = seen(inputs, stop, reach.window_tokens or np.inf)
    full, plain = seen(inputs, stop, topk), seen(inputs, stop, np.inf)
    return (1 - reach.windowed_reads) * full + reach.windowed_reads * windowed + reach.indexed_reads * plain


def pairs_of(reach, inputs, cached):
    windowed = seen(cached, inputs, reach.window_tokens or np.inf)
    full, plain = seen(cached, inputs, reach.topk_tokens or np.inf), seen(cached, inputs, np.inf)
    return (1 - reach.windowed_pairs) * full + reach.windowed_pairs * windowed + reach.indexed_pairs * plain


def many(distribution, count=1000):
    """Return quantiles in the middle of each of many equal parts."""
    return distribution.ppf((np.arange(count) + 0.5) / count)


@pytest.mark.parametrize("reach", REACHES)
def test_fixed_lengths(reach):
    means = query_means(output_tokens=300, input_tokens=3000, cached_tokens=1000, reach=REACHES[reach])
    assert means.output_tokens == 300
    assert means.context_reads == pytest.approx(reads_of(REACHES[reach], 300.0, 3000.0), rel=1e-13)
    assert means.attention_pairs == pytest.approx(pairs_of(REACHES[reach], 3000.0, 1000.0), rel=1e-13)
    assert means.prefill_tokens == pytest.approx(2000 + 0.05 * 1000)


def test_exponential_outputs_hold_twice_their_mean():
    output = wq.Exponential(median=300)
    means = query_means(output_tokens=output, input_tokens=500)
    assert means.resident_context == pytest.approx(500 + output.mean(), rel=1e-13)
    assert means.resident_reads == pytest.approx(means.resident_context)
    assert means.prefill_per_output == pytest.approx(500 / output.mean())
    assert means.pairs_per_output == pytest.approx(500**2 / 2 / output.mean())


@pytest.mark.parametrize("name", ["exponential", "lognormal", "uniform"])
@pytest.mark.parametrize("inputs", [100.0, 599.0, 700.0, 5000.0])
def test_outputs_by_quadrature(name, inputs):
    """E of reads is the integral of what the next token sees over the probability that it comes."""
    output = OUTPUTS[name]
    bends = [max(cap - inputs, 0.0) for cap in (600.0, 2048.0)]
    ends = sorted({0.0, *bends, 20.0, 100.0, 900.0, 4000.0, *(10.0**k for k in range(4, 13))})
    for reach in REACHES.values():
        expected = 0.0
        for low, high in itertools.pairwise(ends):

            def integrand(x, reach=reach):
                here = inputs + x
                topk, window = min(here, reach.topk_tokens or math.inf), min(here, reach.window_tokens or math.inf)
                share = reach.windowed_reads
                return ((1 - share) * topk + share * window + reach.indexed_reads * here) * float(output.sf(x))

            expected += quad(integrand, low, high, epsabs=1e-9, epsrel=1e-12, limit=200)[0]
        found = query_means(output_tokens=output, input_tokens=inputs, reach=reach)
        assert found.context_reads == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("reach", REACHES)
@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_pairs_of_distributions(output, inputs, reach):
    """Against midpoints of equal probability of lengths that end."""
    longest = wq.Truncated(OUTPUTS[output], high=4000)
    of_output, of_input = many(longest)[:, None], many(INPUTS[inputs])[None]
    means = query_means(output_tokens=longest, input_tokens=INPUTS[inputs], reach=REACHES[reach])
    assert means.context_reads == pytest.approx(reads_of(REACHES[reach], of_output, of_input).mean(), rel=1e-3)
    assert means.attention_pairs == pytest.approx(pairs_of(REACHES[reach], of_input, 0.0).mean(), rel=1e-3)
    assert means.output_tokens == pytest.approx(longest.mean())
    assert means.prefill_tokens == pytest.approx(INPUTS[inputs].mean())


@pytest.mark.parametrize("reach", REACHES)
@pytest.mark.parametrize("inputs", INPUTS)
def test_the_closed_form_is_what_quadrature_gives(inputs, reach):
    output = OUTPUTS["exponential"]
    closed = query_means(output_tokens=output, input_tokens=INPUTS[inputs], reach=REACHES[reach])
    cut = wq.Truncated(output, high=60 * output.mean())
    quadrature = query_means(output_tokens=cut, input_tokens=INPUTS[inputs], reach=REACHES[reach])
    np.testing.assert_allclose(closed.drivers, quadrature.drivers, rtol=1e-10)


def test_inputs_that_reach_the_cap_with_some_outputs():
    """Where the mean over the output bends with the input, and between: even inputs have a closed form."""
    low, high, outputs = 100.0, 700.0, np.array([10.0, 150.0, 400.0, 3000.0])
    means = query_means(output_tokens=wq.Empirical(outputs), input_tokens=wq.Uniform(low=low, high=high), reach=BENT)

    def over(shift, cap):
        """Return the mean square of what inputs with ``shift`` more are beyond a cap."""
        cubes = np.maximum(high + shift - cap, 0.0) ** 3 - np.maximum(low + shift - cap, 0.0) ** 3
        return cubes / (3.0 * (high - low))

    plain = np.mean(outputs * 0.5 * (low + high) + 0.5 * outputs**2)
    windowed, topk = (plain - 0.5 * np.mean(over(outputs, cap) - over(0.0, cap)) for cap in (600.0, 2048.0))
    assert means.context_reads == pytest.approx(0.4 * topk + 0.6 * windowed + 0.1 * plain, rel=1e-12)


def test_even_inputs_with_even_outputs():
    """Two densities with ends, and a window in the middle of both: a sum of fourth powers."""
    low, high, least, most, cap = 100.0, 700.0, 100.0, 400.0, 600.0
    reach = AttentionReach(windowed_reads=1.0, windowed_pairs=1.0, window_tokens=cap)
    lengths = {"output_tokens": wq.Uniform(low=least, high=most), "input_tokens": wq.Uniform(low=low, high=high)}
    means = query_means(**lengths, reach=reach)

    def beyond(total, power):
        return max(total - cap, 0.0) ** power

    corners = beyond(high + most, 4) - beyond(low + most, 4) - beyond(high + least, 4) + beyond(low + least, 4)
    of_both = corners / (12.0 * (high - low) * (most - least))
    of_input = (beyond(high, 3) - beyond(low, 3)) / (3.0 * (high - low))
    plain = 0.25 * (low + high) * (least + most) + (most**3 - least**3) / (6.0 * (most - least))
    assert means.context_reads == pytest.approx(plain - 0.5 * (of_both - of_input), rel=1e-12)


@pytest.mark.parametrize("reach", REACHES)
def test_a_workload_is_the_sum_of_its_nodes(reach):
    output, inputs, cached = np.array([50.0, 3000.0]), np.array([9000.0, 400.0]), np.array([8000.0, 0.0])
    workload = wq.Workload(output, inputs, cached, weights=[3, 1])
    means, weights = query_means(workload, reach=REACHES[reach]), np.array([0.75, 0.25])
    assert means.context_reads == pytest.approx(weights @ reads_of(REACHES[reach], output, inputs), rel=1e-13)
    assert means.attention_pairs == pytest.approx(weights @ pairs_of(REACHES[reach], inputs, cached), rel=1e-13)
    assert means.prefill_tokens == pytest.approx(weights @ (inputs - 0.95 * cached), rel=1e-13)
    held = 0.4 * seen(inputs, inputs + output, np.inf) + 0.6 * seen(inputs, inputs + output, 600.0)
    if reach == "bent":
        assert means.context_held == pytest.approx(weights @ (held + 0.1 * seen(inputs, inputs + output, np.inf)))


def test_independent_lengths_are_those_of_their_product():
    output, inputs = wq.Empirical([10, 150, 400]), wq.Empirical([590, 2000])
    both = wq.Workload([10, 150, 400] * 2, [590] * 3 + [2000] * 3)
    apart, joint = query_means(output_tokens=output, input_tokens=inputs, reach=BENT), query_means(both, reach=BENT)
    np.testing.assert_allclose(apart.drivers, joint.drivers, rtol=1e-12)
    assert apart.context_held == pytest.approx(joint.context_held, rel=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"output_tokens": 300}, "needs both lengths"),
        ({"workload": wq.Workload([1], [1]), "output_tokens": 3}, "a workload or lengths, got both"),
        ({"output_tokens": 300, "input_tokens": wq.Normal(mu=500, sigma=10)}, "must be 0 or more"),
        ({"output_tokens": 300, "input_tokens": 500, "cached_tokens": 501}, "from 0 to the shortest input, 500"),
        ({"output_tokens": 300, "input_tokens": 500, "cached_tokens": 500}, "at least one input token"),
        ({"output_tokens": 0, "input_tokens": 500}, "output_tokens must be above 0"),
        ({"workload": wq.Workload([10], [100], [100])}, "at least one input token"),
        ({"output_token": 300}, "did you mean|Did you mean 'output_tokens'"),
    ],
)
def test_refusals(options, words):
    with pytest.raises(wq.InputError, match=words):
        query_means(**options)


@pytest.mark.parametrize("reach", REACHES)
def test_a_cached_share(reach):
    """Against midpoints of equal probability, each input with its own cached tokens."""
    inputs, share = INPUTS["lognormal"], 0.7
    lengths = many(inputs, 20000)
    means = query_means(output_tokens=300, input_tokens=inputs, cached_share=share, reach=REACHES[reach])
    assert means.attention_pairs == pytest.approx(pairs_of(REACHES[reach], lengths, share * lengths).mean(), rel=1e-4)
    assert means.prefill_tokens == pytest.approx((0.3 + 0.7 * 0.05) * inputs.mean(), rel=1e-12)
    same = query_means(output_tokens=300, input_tokens=3000, cached_share=share, reach=REACHES[reach])
    assert same == query_means(output_tokens=300, input_tokens=3000, cached_tokens=share * 3000, reach=REACHES[reach])


def test_a_cached_share_and_a_cached_number_are_refused_together():
    with pytest.raises(wq.InputError, match="got both"):
        query_means(output_tokens=300, input_tokens=500, cached_share=0.5, cached_tokens=10)
    with pytest.raises(wq.InputError, match="0 to 1"):
        query_means(output_tokens=300, input_tokens=500, cached_share=95)
    with pytest.raises(wq.InputError, match="not cached"):
        query_means(output_tokens=300, input_tokens=500, cached_share=1.0)
    with pytest.raises(wq.InputError, match="cached_share, which the workload has"):
        query_means(wq.Workload([100], [1000]), cached_share=0.5)
