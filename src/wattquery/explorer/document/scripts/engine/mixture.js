// Mixtures of lognormals: what a cell is once lengths and other factors are nodes. Quantiles, density, moments.
//
// A mixture is {means, variances, weights}: of ln E [ln Wh] at each node, with `variances` one number where all nodes
// have the same.
"use strict";
(function (wattquery) {
  // Probability below z of the standard normal; relative error of a tail below 1.2e-7 (Chebyshev fit of erfc).
  function normalBelow(z) {
    const x = Math.abs(z) * Math.SQRT1_2;
    const t = 1 / (1 + 0.5 * x);
    let sum = -0.82215223 + t * 0.17087277;
    sum = 1.48851587 + t * sum;
    sum = -1.13520398 + t * sum;
    sum = 0.27886807 + t * sum;
    sum = -0.18628806 + t * sum;
    sum = 0.09678418 + t * sum;
    sum = 0.37409196 + t * sum;
    sum = -1.26551223 + t * (1.00002368 + t * sum);
    const tail = 0.5 * t * Math.exp(-x * x + sum);
    return z < 0 ? tail : 1 - tail;
  }

  // Quantile of the standard normal, by bisection of the above: a few of them are asked for, and no table is needed.
  function normalQuantile(level) {
    let low = -9;
    let high = 9;
    for (let turn = 0; turn < 60; turn += 1) {
      const middle = 0.5 * (low + high);
      if (normalBelow(middle) < level) low = middle;
      else high = middle;
    }
    return 0.5 * (low + high);
  }

  const varianceAt = (mixture, place) =>
    typeof mixture.variances === "number" ? mixture.variances : mixture.variances[place];

  function shareBelow(mixture, logEnergy) {
    let sum = 0;
    for (let place = 0; place < mixture.means.length; place += 1) {
      const sigma = Math.sqrt(varianceAt(mixture, place));
      const distance = logEnergy - mixture.means[place];
      const below = sigma > 0 ? normalBelow(distance / sigma) : distance >= 0 ? 1 : 0;
      sum += mixture.weights[place] * below;
    }
    return sum;
  }

  function rangeOf(mixture) {
    let low = Infinity;
    let high = -Infinity;
    for (let place = 0; place < mixture.means.length; place += 1) {
      const reach = 8 * Math.sqrt(varianceAt(mixture, place)) + 1e-9;
      low = Math.min(low, mixture.means[place] - reach);
      high = Math.max(high, mixture.means[place] + reach);
    }
    return [low, high];
  }

  const SHARPEST = 1e-9;
  const MOST_TURNS = 80;

  // Where a share of the probability lies below [ln Wh]: by Newton's steps, or halves where these lead outside.
  function quantile(mixture, level) {
    if (mixture.variances === 0) return atomQuantile(mixture, level);
    let [low, high] = rangeOf(mixture);
    let x = 0.5 * (low + high);
    for (let turn = 0; turn < MOST_TURNS && high - low > SHARPEST; turn += 1) {
      const off = shareBelow(mixture, x) - level;
      if (off < 0) low = x;
      else high = x;
      const next = x - off / density(mixture, x, 0);
      const step = next > low && next < high ? next : 0.5 * (low + high);
      if (Math.abs(step - x) < SHARPEST) return step;
      x = step;
    }
    return x;
  }


  const ROUNDING = 1e-12;

  // The same where nothing is left but nodes: the first of them up to which lies so much.
  function atomQuantile(mixture, level) {
    mixture.order ??= Array.from(mixture.means.keys()).sort((one, other) => mixture.means[one] - mixture.means[other]);
    let below = 0;
    for (const place of mixture.order) {
      below += mixture.weights[place];
      if (below >= level - ROUNDING) return mixture.means[place];
    }
    return mixture.means[mixture.order[mixture.order.length - 1]];
  }

  // Energies at the middles of equal shares of what is left between two quantiles, from a table of the distribution.
  function cutNodes(mixture, trim, count, ends) {
    const [low, high] = rangeOf(mixture);
    const step = (high - low) / ends;
    const shares = Float64Array.from({ length: ends + 1 }, (_, place) => shareBelow(mixture, low + place * step));
    const nodes = new Float64Array(count);
    let after = 1;
    for (let place = 0; place < count; place += 1) {
      const level = trim[0] + ((place + 0.5) / count) * (trim[1] - trim[0]);
      while (after < ends && shares[after] < level) after += 1;
      const width = shares[after] - shares[after - 1];
      nodes[place] = low + step * (after - 1 + (width > 0 ? (level - shares[after - 1]) / width : 0.5));
    }
    return nodes;
  }

  // What is left of nodes without a width between two quantiles, with the weights of what is left.
  function cutAtoms(mixture, trim) {
    const order = Array.from(mixture.means.keys()).sort((one, other) => mixture.means[one] - mixture.means[other]);
    const found = { means: [], weights: [] };
    let below = 0;
    for (const place of order) {
      const above = below + mixture.weights[place];
      const left = Math.min(above, trim[1]) - Math.max(below, trim[0]);
      if (left > 0) {
        found.means.push(mixture.means[place]);
        found.weights.push(left / (trim[1] - trim[0]));
      }
      below = above;
    }
    return found;
  }

  const CUT_NODES = 512;
  const TABLE = 256;

  function cut(mixture, trim) {
    if (mixture.variances === 0) return cutAtoms(mixture, trim);
    const means = Array.from(cutNodes(mixture, trim, CUT_NODES, TABLE));
    return { means, weights: means.map(() => 1 / CUT_NODES) };
  }

  // The mixture of members in equal parts, each cut between two of its quantiles before; what comes after the cut,
  // such as levers, is a normal of the given mean and variance.
  function trimmed(members, trim, mean, variance) {
    const parts = members.map((member) => cut(member, trim));
    return {
      means: Float64Array.from(parts.flatMap((part) => part.means)).map((one) => one + mean),
      variances: variance,
      weights: Float64Array.from(parts.flatMap((part) => part.weights)).map((one) => one / members.length),
    };
  }

  // Nodes without a width stand for what lies between them: a small one makes a curve of them.
  function density(mixture, logEnergy, least = 0) {
    let sum = 0;
    for (let place = 0; place < mixture.means.length; place += 1) {
      const variance = Math.max(varianceAt(mixture, place), least);
      const distance = logEnergy - mixture.means[place];
      sum += (mixture.weights[place] * Math.exp((-0.5 * distance * distance) / variance)) / Math.sqrt(variance);
    }
    return sum / Math.sqrt(2 * Math.PI);
  }

  function moments(mixture) {
    let mean = 0;
    let square = 0;
    for (let place = 0; place < mixture.means.length; place += 1) {
      const variance = varianceAt(mixture, place);
      mean += mixture.weights[place] * Math.exp(mixture.means[place] + 0.5 * variance);
      square += mixture.weights[place] * Math.exp(2 * mixture.means[place] + 2 * variance);
    }
    return { mean, std: Math.sqrt(Math.max(square - mean * mean, 0)) };
  }

  wattquery.mixture = { normalBelow, normalQuantile, shareBelow, quantile, nodesOf: cutNodes, trimmed, density, moments };
})((globalThis.wattquery ??= {}));
