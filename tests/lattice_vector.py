"""How the generating vector of `wattquery.kernels.random.points` was found; run as a script it prints the tables.

What counts is the plane: the *gain* of a pair of dimensions is the variance of a randomly shifted lattice on the
product (u - 1/2)(v - 1/2), in units of that of as many independent points,

    gain = sum_i w(i/n) w(r i/n) / w(0)^2,  w(x) = x^2 - x + 1/6,  r = z_j / z_k modulo n

(w is the Bernoulli polynomial B2, so that this is the worst-case error of the pair in the Sobolev space of mixed first
derivatives, averaged over shifts). It depends on r alone, and n = 2**m has but 2**(m - 2) values of r up to sign: the
odd numbers are the powers of 5 and their negatives, so that a gain is a correlation over a cyclic group and all of
them, at all sizes, are a Fourier transform each. For the same reason few points have room for few dimensions: 64 have
16 different ones, and of these no more than some six are all good pairs.

Components are added one by one. A candidate must keep every pair below `LIMIT` at all sizes from the smallest that
can still be kept on. Of the candidates with nearly the least mean square of gains (each in units of what is good at
its size), the one whose gains in three dimensions are the least, while there are few components, is taken.

Source of the construction: Cools, Kuo, Nuyens, "Constructing embedded lattice rules for multivariate integration",
SIAM Journal on Scientific Computing 28 (2006) 2162-2188, https://doi.org/10.1137/06065074X.
"""

from __future__ import annotations

import numpy as np

LARGEST = 20
SMALLEST = 4
DIMENSIONS = 40
LIMIT = 0.9
FINALISTS = 200
NEARLY = 1.2
TRIPLES = range(7, 12)
MOST_IN_TRIPLES = 13


def kernel(x: np.ndarray | float) -> np.ndarray | float:
    return (x * x - x + 1.0 / 6.0) * 6.0


def powers_of_five(m: int) -> np.ndarray:
    """Return 5**e modulo 2**m for all e below 2**(m - 2)."""
    powers = np.ones(1, dtype=np.int64)
    while powers.size < 2 ** max(m - 2, 0):
        powers = np.concatenate([powers, powers * pow(5, powers.size, 2**m) % 2**m])
    return powers


def pair_gains() -> dict[int, np.ndarray]:
    """Return the gains by m, of pairs with z_j / z_k = 5**e modulo 2**m, for all e below 2**(m - 2)."""
    gains = {0: np.ones(1)}
    for m in range(1, LARGEST + 1):
        values = kernel(powers_of_five(m) / 2.0**m)
        # Indices of the lattice that are odd; the even ones are those of half as many points.
        odd = np.fft.irfft(np.abs(np.fft.rfft(values)) ** 2, values.size) if values.size > 1 else values**2
        previous = gains[m - 1]
        gains[m] = np.tile(previous, odd.size // previous.size) + (1.0 if m == 1 else 2.0) * odd
    return gains


def gains_of(vector: np.ndarray, m: int) -> np.ndarray:
    """Return the gains of all pairs of a vector with 2**m points, straight from their definition."""
    values = kernel(np.outer(np.arange(2**m), vector.astype(np.int64) % 2**m) % 2**m / 2.0**m)
    return values.T @ values


def constructed() -> np.ndarray:
    """Return the generating vector."""
    gains = pair_gains()
    usual = {m: np.quantile(gain, 0.25) for m, gain in gains.items()}
    powers = powers_of_five(LARGEST)
    cost = {m: np.zeros(gain.size) for m, gain in gains.items()}
    bad = {m: np.zeros(gain.size, dtype=np.bool_) for m, gain in gains.items()}
    places = {m: np.arange(2**m) / 2.0**m for m in TRIPLES}
    exponents, smallest = [0], SMALLEST
    while len(exponents) < DIMENSIONS:
        for m in range(SMALLEST, LARGEST + 1):
            gain = np.roll(gains[m], exponents[-1])
            cost[m] += (gain / usual[m]) ** 2
            bad[m] |= gain > LIMIT
        total = np.full(powers.size, np.inf)
        while np.isinf(total).all():
            kept = range(smallest, LARGEST + 1)
            total = sum(np.tile(cost[m], powers.size // cost[m].size) for m in kept)
            total[np.any([np.tile(bad[m], powers.size // bad[m].size) for m in kept], axis=0)] = np.inf
            smallest += 1
        smallest -= 1
        finalists = np.argsort(total, kind="stable")[:FINALISTS]
        finalists = finalists[total[finalists] <= NEARLY * total[finalists[0]]]
        if 1 < len(exponents) < MOST_IN_TRIPLES and finalists.size > 1:
            threes = np.zeros(finalists.size)
            for m, place in places.items():
                here = [kernel(place * (powers[e] % 2**m) % 1.0) for e in exponents]
                twos = np.array([here[i] * here[j] for j in range(len(here)) for i in range(j)])
                candidates = kernel(place[:, None] * (powers[finalists] % 2**m) % 1.0)
                threes += np.sum((twos @ candidates) ** 2, axis=0)
            finalists = finalists[[int(np.argmin(threes))]]
        exponents.append(int(finalists[0]))
    return powers[exponents]


def good_dimensions(vector: np.ndarray) -> list[int]:
    """Return by m how many dimensions, from the first on, make pairs below `LIMIT` only."""
    gains = pair_gains()
    exponent = {int(power): e for e, power in enumerate(powers_of_five(LARGEST))}
    own = np.array([exponent[int(z)] for z in vector])
    counts = []
    for m in range(LARGEST + 1):
        pairs = gains[m][(own[:, None] - own[None, :]) % gains[m].size]
        worst = [np.max(pairs[j, :j], initial=0.0) for j in range(vector.size)]
        counts.append(next((j for j, gain in enumerate(worst) if gain > LIMIT), vector.size))
    return counts


if __name__ == "__main__":
    found = constructed()
    print(found.tolist())
    print(good_dimensions(found))
