"""The energy of one query, slow and obvious: an independent reference for every method.

Written from the description of the method (design, section 1), never from the kernels. NumPy and SciPy only; nothing
of the package may be imported here.

    E = PUE * P_node * PU * L_eff / (3.6 * TPS(L_in, L_out)) / (M_1 * M_2 * ...)
    L_eff = L_out + prefill_weight * L_in
    ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)   or   1/TPS = a + b (L_in + L_out/2) + c L_in/L_out

Powers in kW, lengths in tokens, throughput in tokens/s, energies in Wh. Given both lengths, ln E is normal, so that

    P(E <= x) = sum (or integral) over the lengths of Phi((ln x - m(L_out, L_in)) / sigma)

Whole-token lengths are max(1, round(L)) where they are random, and summed one by one; continuous ones are integrated by
quadrature. A number is used as written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.integrate import quad_vec
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

Z95 = 1.645
TAIL = 1e-14  # lengths beyond these probabilities are left out
SOME = np.array([TAIL, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0 - TAIL])
NARROW, VERY_NARROW = 2e-3, 1e-4  # sigmas whose steps are too steep for the quadrature, or for slices, of lengths
MASK = 0xFFFFFFFF


@dataclass(frozen=True)
class LogNormal:
    """A length or a factor with ln X ~ N(mu, sigma), by its P5 and P95."""

    p5: float
    p95: float

    @property
    def sigma(self) -> float:
        return math.log(self.p95 / self.p5) / (2 * Z95)

    @property
    def mu(self) -> float:
        return math.log(self.p5) + Z95 * self.sigma

    def cdf(self, x: Any) -> Any:
        return ndtr((np.log(x) - self.mu) / self.sigma)

    def density(self, x: Any) -> Any:
        z = (np.log(x) - self.mu) / self.sigma
        return np.exp(-0.5 * z * z) / (math.sqrt(2 * math.pi) * self.sigma * x)

    def ppf(self, p: Any) -> Any:
        return np.exp(self.mu + self.sigma * ndtri(p))

    def draw(self, rng: np.random.Generator, n: int) -> Any:
        return np.exp(rng.normal(self.mu, self.sigma, n))


@dataclass(frozen=True)
class Exponential:
    """A length with P(X <= x) = 1 - 2**(-x / median)."""

    median: float

    def cdf(self, x: Any) -> Any:
        return -np.expm1(-np.asarray(x) * math.log(2) / self.median)

    def density(self, x: Any) -> Any:
        return math.log(2) / self.median * np.exp(-np.asarray(x) * math.log(2) / self.median)

    def ppf(self, p: Any) -> Any:
        return -self.median / math.log(2) * np.log1p(-np.asarray(p))

    def draw(self, rng: np.random.Generator, n: int) -> Any:
        return rng.exponential(self.median / math.log(2), n)


@dataclass(frozen=True)
class Uniform:
    """A length that is even between two ends."""

    low: float
    high: float

    def cdf(self, x: Any) -> Any:
        return np.clip((np.asarray(x) - self.low) / (self.high - self.low), 0.0, 1.0)

    def density(self, x: Any) -> Any:
        return np.where((x >= self.low) & (x <= self.high), 1.0 / (self.high - self.low), 0.0)

    def ppf(self, p: Any) -> Any:
        return self.low + (self.high - self.low) * np.asarray(p)

    def draw(self, rng: np.random.Generator, n: int) -> Any:
        return rng.uniform(self.low, self.high, n)


@dataclass(frozen=True)
class Truncated:
    """A length given that it lies between two ends."""

    of: LogNormal | Exponential
    low: float
    high: float

    @property
    def ends(self) -> tuple[float, float]:
        return float(self.of.cdf(self.low)), float(self.of.cdf(self.high))

    def cdf(self, x: Any) -> Any:
        below, upto = self.ends
        return (self.of.cdf(np.clip(x, self.low, self.high)) - below) / (upto - below)

    def density(self, x: Any) -> Any:
        below, upto = self.ends
        return np.where((x >= self.low) & (x <= self.high), self.of.density(x) / (upto - below), 0.0)

    def ppf(self, p: Any) -> Any:
        below, upto = self.ends
        return np.clip(self.of.ppf(below + np.asarray(p) * (upto - below)), self.low, self.high)

    def draw(self, rng: np.random.Generator, n: int) -> Any:
        return self.ppf(rng.uniform(size=n))


@dataclass(frozen=True)
class Proportional:
    """PU = base + span * TPS / TPS_max."""

    base: float
    span: float


Length = float | LogNormal | Exponential | Uniform | Truncated
Factor = float | LogNormal


@dataclass(frozen=True)
class Throughput:
    """Coefficients b0, b1, b2 of ln TPS, and TPS_max."""

    b0: float
    b1: float
    b2: float
    maximum: float

    def __call__(self, outputs: Any, inputs: Any) -> Any:
        return np.minimum(np.exp(self.b0 + self.b1 * np.log(inputs) + self.b2 * np.log(outputs)), self.maximum)

    def log_length_at_cap(self, which: str, log_other: Any) -> Any:
        """Return ln L of one length at which the throughput reaches its cap, given the other; infinite if nowhere."""
        own, other = (self.b2, self.b1) if which == "output" else (self.b1, self.b2)
        if own == 0.0:
            return np.full((*np.shape(log_other), 1), np.inf)
        return np.expand_dims((math.log(self.maximum) - self.b0 - other * log_other) / own, -1)


@dataclass(frozen=True)
class Reciprocal:
    """Coefficients a, b, c of 1/TPS, and TPS_max, which caps the power that follows throughput alone."""

    a: float
    b: float
    c: float
    maximum: float

    def __call__(self, outputs: Any, inputs: Any) -> Any:
        return 1.0 / (self.a + self.b * (inputs + outputs / 2) + self.c * inputs / outputs)

    def log_length_at_cap(self, which: str, log_other: Any) -> Any:
        """Return ln L of one length at which the throughput is TPS_max, given the other; infinite if nowhere."""
        least, others = 1.0 / self.maximum, np.exp(log_other)
        if which == "input":
            lengths = [(least - self.a - self.b * others / 2) / (self.b + self.c / others)]
        else:
            middle = least - self.a - self.b * others
            with np.errstate(divide="ignore", invalid="ignore"):
                root = np.sqrt(middle**2 - 2 * self.b * self.c * others)
                ends = [(middle - root) / self.b, (middle + root) / self.b]
            lengths = ends if self.b > 0 else [self.c * others / middle]
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.stack([np.log(one) for one in lengths], axis=-1)
        return np.where(np.isfinite(logs), logs, np.inf)


def least_squares(rows: Sequence[tuple[float, float, float]]) -> Throughput:
    """Return the throughput of a deployment from rows of (input tokens, output tokens, tokens/s)."""
    inputs, outputs, rates = np.array(rows, dtype=float).T
    if len(rows) < 3:
        return Throughput(math.log(rates.max()), 0.0, 0.0, rates.max())
    design = np.column_stack([np.ones(len(rows)), np.log(inputs), np.log(outputs)])
    b = np.linalg.lstsq(design, np.log(rates), rcond=None)[0]
    return Throughput(float(b[0]), float(b[1]), float(b[2]), float(rates.max()))


@dataclass(frozen=True)
class Cell:
    """Everything that one query's energy depends on."""

    throughput: Throughput | Reciprocal
    node_power: Factor
    output: Length
    input: Length = 500.0
    whole: bool = True
    pue: Factor = 1.0
    power: Factor | Proportional = 1.0
    levers: tuple[Factor, ...] = ()
    prefill_weight: float = 0.0

    @property
    def factors(self) -> list[tuple[Factor, float]]:
        """Every factor but the lengths, with +1 where it multiplies the energy and -1 where it divides it."""
        own = [] if isinstance(self.power, Proportional) else [(self.power, 1.0)]
        return [(self.node_power, 1.0), (self.pue, 1.0), *own, *((lever, -1.0) for lever in self.levers)]

    @property
    def mean_log(self) -> float:
        return sum(sign * (f.mu if isinstance(f, LogNormal) else math.log(f)) for f, sign in self.factors)

    @property
    def sigma(self) -> float:
        return math.sqrt(sum(f.sigma**2 for f, _ in self.factors if isinstance(f, LogNormal)))

    def energy(self, product: Any, outputs: Any, inputs: Any) -> Any:
        """Return E for given lengths and the given product of all other factors."""
        rate = self.throughput(outputs, inputs)
        share = 1.0
        if isinstance(self.power, Proportional):
            share = self.power.base + self.power.span * np.minimum(rate / self.throughput.maximum, 1.0)
        return product * share * (outputs + self.prefill_weight * inputs) / (3.6 * rate)

    def typical(self, outputs: Any, inputs: Any) -> Any:
        """Return E with every other factor at its median."""
        return self.energy(math.exp(self.mean_log), outputs, inputs)


def simulate(cell: Cell, draws: int, rng: np.random.Generator) -> Any:
    """Return plain draws of E."""

    def drawn(one: Length) -> Any:
        return np.full(draws, float(one)) if _is_number(one) else one.draw(rng, draws)

    lengths = [drawn(cell.output), drawn(cell.input)]
    if cell.whole:
        lengths = [
            one if _is_number(length) else np.maximum(1.0, np.round(one))
            for one, length in zip(lengths, (cell.output, cell.input), strict=True)
        ]
    product = np.ones(draws)
    for factor, sign in cell.factors:
        product *= drawn(factor) ** sign
    return cell.energy(product, *lengths)


def cdf(cell: Cell, x: float) -> float:
    """Return P(E <= x)."""
    if cell.whole or (_is_number(cell.output) and _is_number(cell.input)):
        typical, weights = pairs(cell)
        with np.errstate(divide="ignore"):
            shares = ndtr((math.log(x) - np.log(typical)) / cell.sigma) if cell.sigma > 0 else typical <= x
        return float(weights @ shares)
    if cell.sigma >= NARROW:
        return expectation(cell, lambda o, i: ndtr((math.log(x) - np.log(cell.typical(o, i))) / cell.sigma))
    if cell.sigma >= VERY_NARROW and (_is_number(cell.output) or _is_number(cell.input)):
        typical, weights = slices(cell)
        return float(weights @ ndtr((math.log(x) - np.log(typical)) / cell.sigma))
    if cell.sigma > 0:
        # The trapezoidal rule over the normal: too narrow to integrate against, it can be averaged over.
        z, step = np.linspace(-8.5, 8.5, 301, retstep=True)
        shares = [_cdf_of_lengths(cell, math.log(x) - cell.sigma * one) for one in z.tolist()]
        return float(np.exp(-0.5 * z * z) @ shares * step / math.sqrt(2 * math.pi))
    return _cdf_of_lengths(cell, math.log(x))


def _cdf_of_lengths(cell: Cell, log_x: float) -> float:
    """Return P(ln E <= ln x) over continuous lengths with every other factor at its median."""
    if _is_number(cell.output):
        return _share_at_or_below(cell.input, lambda i: np.log(cell.typical(cell.output, i)), log_x)

    def share(i: float) -> float:
        return _share_at_or_below(cell.output, lambda o: np.log(cell.typical(o, i)), log_x)

    if _is_number(cell.input):
        return share(cell.input)
    return float(_integral(cell.input, np.vectorize(share, otypes=[float]), np.empty((1, 0)))[0])


def quantile(cell: Cell, level: float, near: float | None = None) -> float:
    """Return the x with P(E <= x) = level, or where the cdf jumps past it; ``near`` tells where to look, to 0.01 %."""
    low, high = (-60.0, 60.0) if near is None else (math.log(near) - 1e-4, math.log(near) + 1e-4)
    return math.exp(brentq(lambda y: cdf(cell, math.exp(y)) - level, low, high, xtol=1e-9, rtol=1e-10))


def moments(cell: Cell) -> tuple[float, float]:
    """Return mean and standard deviation of E, from E[exp(k ln E)] = exp(k m + k**2 sigma**2 / 2)."""
    if cell.whole or (_is_number(cell.output) and _is_number(cell.input)):
        typical, weights = pairs(cell)
        first, second = weights @ typical, weights @ typical**2
    else:
        first, second = (expectation(cell, lambda o, i, k=k: cell.typical(o, i) ** k) for k in (1, 2))
    first, second = first * math.exp(cell.sigma**2 / 2), second * math.exp(2 * cell.sigma**2)
    return first, math.sqrt(second - first**2)


@lru_cache(maxsize=4)
def pairs(cell: Cell) -> tuple[Any, Any]:
    """Return E at every pair of lengths with all other factors at their median, and the weight of the pair."""
    outputs, output_weights = lengths_of(cell.output)
    inputs, input_weights = lengths_of(cell.input)
    return cell.typical(outputs[:, None], inputs).ravel(), np.outer(output_weights, input_weights).ravel()


@lru_cache(maxsize=4)
def slices(cell: Cell) -> tuple[Any, Any]:
    """Return E in the middle of very many slices of the one continuous length, and their weights."""
    length = cell.input if _is_number(cell.output) else cell.output
    log_edges, step = np.linspace(math.log(length.ppf(TAIL)), math.log(length.ppf(1.0 - TAIL)), 500_001, retstep=True)
    middles = np.exp(log_edges[:-1] + 0.5 * step)
    lengths = (cell.output, middles) if _is_number(cell.output) else (middles, cell.input)
    return cell.typical(*lengths), np.diff(length.cdf(np.exp(log_edges)))


def lengths_of(length: Length) -> tuple[Any, Any]:
    """Return every whole length and its probability F(n + 1/2) - F(n - 1/2), all below in n = 1; or the known one."""
    if _is_number(length):
        return np.array([float(length)]), np.ones(1)
    tokens = np.arange(max(1.0, np.round(length.ppf(TAIL))), np.round(length.ppf(1.0 - TAIL)) + 1.0)
    return tokens, np.diff(length.cdf(tokens + 0.5), prepend=0.0)


def expectation(cell: Cell, of: Callable[[Any, Any], Any]) -> float:
    """Return E[of(L_out, L_in)] over continuous lengths, one integral inside the other, cut at the throughput's cap."""

    def given_input(inputs: Any) -> Any:
        caps = cell.throughput.log_length_at_cap("output", np.log(inputs))
        return _integral(cell.output, lambda outputs: of(outputs, inputs[:, None]), caps)

    some = [cell.output] if _is_number(cell.output) else cell.output.ppf(SOME)
    caps = cell.throughput.log_length_at_cap("input", np.log(some)).reshape(1, -1)
    return float(_integral(cell.input, lambda inputs: given_input(inputs.ravel())[None, :], caps)[0])


def _integral(length: Length, of: Callable[[Any], Any], log_kinks: Any) -> Any:
    """Return E[of(L)] for each row of kinks; ``of`` takes lengths with one row per row of kinks."""
    rows = len(log_kinks)
    if _is_number(length):
        return of(np.full((rows, 1), float(length))).sum(axis=1)
    low, high = math.log(length.ppf(TAIL)), math.log(length.ppf(1.0 - TAIL))
    grid = np.tile(np.linspace(low, high, 2 + int(high - low)), (rows, 1))
    edges = np.sort(np.concatenate([grid, np.clip(log_kinks, low, high)], axis=1), axis=1)
    starts, widths = edges[:, :-1], np.diff(edges, axis=1)

    def panels(s: float) -> Any:
        x = np.exp(starts + s * widths)
        return widths * length.density(x) * x * of(x)

    parts, _ = quad_vec(panels, 0.0, 1.0, epsabs=1e-9, epsrel=1e-8, norm="max", limit=5000)
    return parts.sum(axis=1)


def _share_at_or_below(length: Length, log_energy: Callable[[Any], Any], log_x: float) -> float:
    """Return P(ln E <= ln x) where E is a function of one continuous length: the share between its crossings."""
    grid = np.linspace(math.log(length.ppf(TAIL)), math.log(length.ppf(1.0 - TAIL)), 2001)

    def excess(log_tokens: Any) -> Any:
        return log_energy(np.exp(log_tokens)) - log_x

    below = excess(grid) <= 0.0
    turns = np.flatnonzero(below[:-1] != below[1:])
    crossings = [brentq(excess, grid[k], grid[k + 1], xtol=1e-14) for k in turns]
    shares = np.diff([0.0, *length.cdf(np.exp(np.array(crossings))), 1.0])
    # The stretches between crossings lie below x and above it in turn.
    return float(shares[0 if below[0] else 1 :: 2].sum())


def _is_number(length: Length) -> bool:
    return isinstance(length, (int, float))


def philox4x32(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return Philox4x32-10 in plain integers: Salmon et al., SC 2011, https://doi.org/10.1145/2063384.2063405."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3
