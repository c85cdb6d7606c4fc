"""The same cells by other tools, each as its users would write it, or as well as we can tune it.

A tool takes cells as `benchmarks.workloads.CellNumbers` and returns their medians in ln E. All compute the same five
quantiles from the same number of draws of the same model: whole tokens of an exponential, a capped throughput.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from benchmarks.workloads import CellNumbers

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
THREADS = 2
Medians = np.ndarray[Any, Any]
Tool = Callable[[Sequence[CellNumbers], int], Medians]


def plain_numpy(cells: Sequence[CellNumbers], draws: int) -> Medians:
    """One array per factor, double precision, one thread: what most people write first."""
    random = np.random.default_rng(0)
    medians = []
    for cell in cells:
        tokens = np.maximum(1.0, np.rint(random.exponential(cell.scale, draws)))
        rate = np.minimum(np.exp(cell.b0 + cell.b2 * np.log(tokens)), np.exp(cell.cap))
        energy = np.exp(cell.constant) * tokens / rate
        for mu, sigma, sign in cell.factors:
            factor = random.lognormal(mu, sigma, draws)
            energy = energy * factor if sign > 0 else energy / factor
        medians.append(np.log(np.quantile(energy, LEVELS)[2]))
    return np.array(medians)


def tuned_numpy(dtype: type, select: str, chunk: int) -> Tool:
    """Return NumPy with normals merged into one per cell, in place, in chunks that fit the cache, on two threads."""

    def one(cell: CellNumbers, draws: int, number: int) -> float:
        random = np.random.Generator(np.random.SFC64(number))
        energies = np.empty(draws, dtype=dtype)
        tokens = np.empty(chunk, dtype=dtype)
        for start in range(0, draws, chunk):
            out = energies[start : start + chunk]
            work = tokens[: out.size]
            random.standard_exponential(dtype=dtype, out=work)
            work *= dtype(cell.scale)
            np.rint(work, out=work)
            np.maximum(work, dtype(1.0), out=work)
            np.log(work, out=work)
            random.standard_normal(dtype=dtype, out=out)
            out *= dtype(cell.sigma)
            out += work
            work *= dtype(cell.b2)
            work += dtype(cell.b0)
            np.minimum(work, dtype(cell.cap), out=work)
            out -= work
        ranks = (np.array(LEVELS) * (draws - 1)).astype(np.int64)
        energies.sort() if select == "sort" else energies.partition(ranks)
        return float(energies[ranks[2]]) + cell.mean

    def tool(cells: Sequence[CellNumbers], draws: int) -> Medians:
        with ThreadPoolExecutor(THREADS) as pool:
            return np.array(list(pool.map(one, cells, [draws] * len(cells), range(len(cells)))))

    return tool


def shared_numpy(block: int) -> Tool:
    """Return NumPy with base variates made once per block for all cells, and counts in log-histograms.

    Length terms are made once per group of cells that share them. The draws are divided between two threads. Bins
    are as wide as ours, over a range that holds every draw.
    """
    width, first, bins = 1.0 / 1024.0, -16.0, 24_000

    def part(cells: Sequence[CellNumbers], draws: int, number: int) -> Medians:
        single = np.float32
        random = np.random.Generator(np.random.SFC64(number))
        counts = np.zeros((len(cells), bins), dtype=np.int64)
        for start in range(0, draws, block):
            size = min(block, draws - start)
            normal = random.standard_normal(size, dtype=single)
            exponential = random.standard_exponential(size, dtype=single)
            logs: dict[float, Any] = {}
            terms: dict[tuple[float, ...], Any] = {}
            work, places = np.empty(size, dtype=single), np.empty(size, dtype=np.intp)
            for i, cell in enumerate(cells):
                if cell.length_term not in terms:
                    if cell.scale not in logs:
                        logs[cell.scale] = np.log(np.maximum(single(1.0), np.rint(exponential * single(cell.scale))))
                    log = logs[cell.scale]
                    term = log - np.minimum(single(cell.b0) + single(cell.b2) * log, single(cell.cap))
                    terms[cell.length_term] = term / single(width)
                np.multiply(normal, single(cell.sigma / width), out=work)
                work += terms[cell.length_term]
                work += single((cell.mean - first) / width)
                places[:] = work
                counts[i] += np.bincount(places, minlength=bins)
        return counts

    def tool(cells: Sequence[CellNumbers], draws: int) -> Medians:
        shares = [draws // THREADS] * THREADS
        with ThreadPoolExecutor(THREADS) as pool:
            counts = sum(pool.map(part, [cells] * THREADS, shares, range(THREADS)))
        cumulative = np.cumsum(counts, axis=1)
        ranks = np.array([[np.searchsorted(row, level * row[-1]) for level in LEVELS] for row in cumulative])
        return np.asarray(first + (ranks[:, 2] + 0.5) * width)

    return tool


def jax_cpu() -> Tool:
    """JAX compiled for the CPU, one cell per call, single precision, the generator that is fastest there."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_platforms", "cpu")

    def one(seed: int, numbers: Any, draws: int) -> Any:
        key = jax.random.key(seed, impl="rbg")
        mean, sigma, b0, b2, cap, scale = numbers
        first, second = jax.random.split(key)
        tokens = jnp.maximum(1.0, jnp.rint(scale * jax.random.exponential(first, (draws,))))
        log = jnp.log(tokens)
        energies = mean + sigma * jax.random.normal(second, (draws,)) + log - jnp.minimum(b0 + b2 * log, cap)
        return jnp.quantile(energies, jnp.array(LEVELS))

    compiled = jax.jit(one, static_argnums=2)

    def tool(cells: Sequence[CellNumbers], draws: int) -> Medians:
        rows = [(cell.mean, cell.sigma, cell.b0, cell.b2, cell.cap, cell.scale) for cell in cells]
        found = [compiled(seed, np.array(row, dtype=np.float32), draws) for seed, row in enumerate(rows)]
        return np.array([float(quantiles[2]) for quantiles in found])

    return tool


def openturns() -> Tool:
    """OpenTURNS: one marginal per factor, a sample of the joint distribution, a symbolic function, its quantiles."""
    import openturns as ot

    def one(cell: CellNumbers, draws: int) -> float:
        marginals = [ot.Exponential(1.0 / cell.scale)]
        marginals += [ot.LogNormal(mu, sigma) for mu, sigma, _ in cell.factors]
        names = ["l", *(f"f{i}" for i in range(len(cell.factors)))]
        tokens = "max(1, rint(l))"
        product = "".join(f" {'*' if sign > 0 else '/'} f{i}" for i, (_, _, sign) in enumerate(cell.factors))
        rate = f"min(exp({cell.b0!r}) * {tokens}^({cell.b2!r}), exp({cell.cap!r}))"
        function = ot.SymbolicFunction(names, [f"exp({cell.constant!r}) * {tokens} / {rate}{product}"])
        energies = function(ot.JointDistribution(marginals).getSample(draws))
        quantiles = [energies.computeQuantile(level)[0] for level in LEVELS]
        return float(np.log(quantiles[2]))

    return lambda cells, draws: np.array([one(cell, draws) for cell in cells])


def salib() -> Tool:
    """SALib's Latin hypercube of all factors, evaluated with NumPy."""
    from SALib.sample import latin

    def one(cell: CellNumbers, draws: int, seed: int) -> float:
        names = ["u", *(f"f{i}" for i in range(len(cell.factors)))]
        problem = {
            "num_vars": len(names),
            "names": names,
            "bounds": [[0.0, 1.0], *([mu, sigma] for mu, sigma, _ in cell.factors)],
            "dists": ["unif", *["lognorm"] * len(cell.factors)],
        }
        sample = latin.sample(problem, draws, seed=seed)
        tokens = np.maximum(1.0, np.rint(-cell.scale * np.log1p(-sample[:, 0])))
        energy = np.exp(cell.constant) * tokens
        energy /= np.minimum(np.exp(cell.b0 + cell.b2 * np.log(tokens)), np.exp(cell.cap))
        for column, (_, _, sign) in zip(sample[:, 1:].T, cell.factors, strict=True):
            energy = energy * column if sign > 0 else energy / column
        return float(np.log(np.quantile(energy, LEVELS)[2]))

    return lambda cells, draws: np.array([one(cell, draws, seed) for seed, cell in enumerate(cells)])
