"""Tables of places for tests of residuals, and the process once more, slow and from its description."""

from __future__ import annotations

import numpy as np

from wattquery.throughput.load.residuals.coregionalisation import covariances, start
from wattquery.throughput.load.residuals.levels import LEVELS, ROW
from wattquery.throughput.load.residuals.places import Places


def places(count, seed=0, architectures=3, kinds=2):
    """Rows with random labels; every coordinate in the range that real rows have."""
    rng = np.random.default_rng(seed)

    def words(name, many):
        return np.array([f"{name}{number}" for number in rng.integers(0, many, count)], dtype=object)

    return Places(
        architecture=words("architecture ", architectures),
        hardware=words("accelerator ", kinds),
        stack=words("stack ", kinds),
        precision=words("precision ", kinds),
        configuration=words("configuration ", 2 * kinds),
        lengths=words("lengths ", kinds),
        log_load=rng.uniform(0, 5, count),
        log_accelerators=rng.uniform(0, 2, count),
        log_input=rng.uniform(4, 9, count),
        date=rng.uniform(2024, 2026, count),
        decode_share=rng.uniform(0.3, 1, count),
    )


def theta(seed=0):
    """Numbers of every level, with correlations."""
    rng = np.random.default_rng(seed)
    numbers = start([level.guess for level in (*LEVELS, ROW)])
    numbers[:, :3] += rng.normal(0, 0.3, (len(numbers), 3))
    numbers[:, 3:] = rng.normal(0, 0.6, (len(numbers), 3))
    return numbers


def of_quantities(outputs, share):
    """The five residuals of one row from its three."""
    slower, later, power = outputs
    speed = -(share * slower + (1 - share) * later)
    return np.array([slower, later, speed, power, power - speed])


def naive_kernel(level, one, other):
    """k(i, j) of one level, from its description; a row is a dict."""
    if any(one[name] != other[name] for name in ("architecture", *level.labels)):
        return 0.0
    return float(np.exp(-0.5 * sum(((one[name] - other[name]) / reach) ** 2 for name, reach in level.along)))


def naive_covariance(numbers, table, others=None):
    """Covariance of the three outputs of all rows, without what a row has of its own: (3 rows, 3 other rows)."""
    left = rows_of(table)
    right = left if others is None else rows_of(others)
    total = np.zeros((3 * len(left), 3 * len(right)))
    for level, shared in zip(LEVELS, covariances(numbers)[:-1], strict=True):
        for i, one in enumerate(left):
            for j, other in enumerate(right):
                total[3 * i : 3 * i + 3, 3 * j : 3 * j + 3] += naive_kernel(level, one, other) * shared
    return total


def rows_of(table):
    return [{name: value[i] for name, value in vars(table).items()} for i in range(len(table))]


def simulated(numbers, table, seed=0, degrees_of_freedom=None):
    """Residuals of the five quantities; the row's own effect is Student's t where degrees of freedom are given."""
    rng = np.random.default_rng(seed)
    outputs = np.zeros((len(table), 3))
    for name in set(table.architecture):
        mine = np.flatnonzero(table.architecture == name)
        part = table.take(mine)
        common = np.linalg.cholesky(naive_covariance(numbers, part) + 1e-12 * np.eye(3 * len(mine)))
        outputs[mine] = (common @ rng.normal(size=3 * len(mine))).reshape(-1, 3)
    own = rng.normal(size=(len(table), 3)) @ np.linalg.cholesky(covariances(numbers)[-1]).T
    if degrees_of_freedom is not None:
        own /= np.sqrt(rng.chisquare(degrees_of_freedom, len(table)) / degrees_of_freedom)[:, None]
    outputs += own
    return np.array([of_quantities(*pair) for pair in zip(outputs, table.decode_share, strict=True)])
