// Lengths of queries as nodes: what a query may be, each with its weight, and other factors that are not lognormal.
"use strict";
(function (wattquery) {
  // [least standard deviation of ln E given the lengths, nodes]: the less else is random, the more quantiles lie between
  // neighbouring nodes.
  const NODES = [
    [0.2, 256],
    [0.05, 1024],
    [0, 8192],
  ];
  // Of several random quantities: fractional parts of multiples of the powers of the plastic number's relatives fill
  // a cube evenly (Roberts' sequence).
  const MANY_NODES = 4096;

  function steps(dimensions) {
    let root = 2;
    for (let turn = 0; turn < 40; turn += 1) root = (1 + root) ** (1 / (dimensions + 1));
    return Array.from({ length: dimensions }, (_, place) => root ** -(place + 1));
  }

  const valueAt = (distribution, level) => {
    if (distribution.kind === "fixed") return distribution.value;
    if (distribution.kind === "exponential") return (-distribution.median / Math.LN2) * Math.log1p(-level);
    if (distribution.kind === "lognormal")
      return Math.exp(distribution.mu + distribution.sigma * wattquery.mixture.normalQuantile(level));
    const table = distribution.values.data;
    return table[Math.min(Math.floor(level * table.length), table.length - 1)];
  };

  const lengthAt = (distribution, level) => {
    const tokens = valueAt(distribution, level);
    return distribution.whole ? Math.max(1, Math.round(tokens)) : tokens;
  };

  const isRandom = (distribution) => distribution.kind !== "fixed";

  // Return nodes {outputs, inputs, cached, shifts, weights}: lengths in tokens, and what other factors add to ln E.
  // `cached` is null where the instance's own rule says how much of the input is in a cache.
  // `sigma` is the standard deviation of ln E given the lengths.
  function nodesOf(lengths, extras, sigma) {
    if (lengths.kind === "joint" && extras.length === 0) return jointNodes(lengths);
    const whole = wholeNodes(lengths, extras);
    if (whole !== null) return whole;
    const random = lengths.kind === "joint" ? [lengths] : [lengths.output, lengths.input].filter(isRandom);
    const dimensions = random.length + extras.length;
    const count = dimensions === 0 ? 1 : dimensions === 1 ? NODES.find(([least]) => sigma >= least)[1] : MANY_NODES;
    const alphas = dimensions === 1 ? [1 / count] : steps(Math.max(dimensions, 1));
    const nodes = emptyNodes(count, lengths.kind === "joint");
    const joint = lengths.kind === "joint" ? jointPicker(lengths) : null;
    for (let place = 0; place < count; place += 1) {
      let dimension = 0;
      const next = () => {
        const level = (0.5 * (dimensions === 1 ? alphas[0] : 1) + (place + (dimensions === 1 ? 0 : 1)) * alphas[dimension]) % 1;
        dimension += 1;
        return level;
      };
      if (joint !== null) joint(nodes, place, next());
      else {
        nodes.outputs[place] = isRandom(lengths.output) ? lengthAt(lengths.output, next()) : lengths.output.value;
        nodes.inputs[place] = isRandom(lengths.input) ? lengthAt(lengths.input, next()) : lengths.input.value;
      }
      for (const extra of extras) nodes.shifts[place] += extra.sign * logAt(extra, next());
    }
    return nodes;
  }

  const SHORT = 100;
  const RARE = 1e-9;

  // Short outputs in whole tokens, one by one: between neighbours their energy jumps. Null for all others.
  function wholeNodes(lengths, extras) {
    const { output, input } = lengths;
    if (lengths.kind === "joint" || extras.length > 0 || isRandom(input)) return null;
    if (output.kind !== "exponential" || !output.whole || output.median > SHORT) return null;
    const scale = output.median / Math.LN2;
    const count = Math.ceil(-scale * Math.log(RARE));
    const nodes = emptyNodes(count, false);
    nodes.inputs.fill(input.value);
    for (let place = 0; place < count; place += 1) {
      const tokens = place + 1;
      const below = place === 0 ? 1 : Math.exp(-(tokens - 0.5) / scale);
      nodes.outputs[place] = tokens;
      nodes.weights[place] = below - (tokens === count ? 0 : Math.exp(-(tokens + 0.5) / scale));
    }
    return nodes;
  }

  // Tables of factors hold logarithms.
  const logAt = (extra, level) => (extra.kind === "table" ? valueAt(extra, level) : Math.log(valueAt(extra, level)));

  function emptyNodes(count, withCache) {
    return {
      outputs: new Float64Array(count),
      inputs: new Float64Array(count),
      cached: withCache ? new Float64Array(count) : null,
      shifts: new Float64Array(count),
      weights: new Float64Array(count).fill(1 / count),
    };
  }

  function jointNodes(lengths) {
    const count = lengths.outputs.data.length;
    return {
      outputs: lengths.outputs.data,
      inputs: lengths.inputs.data,
      cached: lengths.cached ? lengths.cached.data : null,
      shifts: new Float64Array(count),
      weights: lengths.weights.data,
    };
  }

  function jointPicker(lengths) {
    const ends = Float64Array.from(lengths.weights.data);
    for (let place = 1; place < ends.length; place += 1) ends[place] += ends[place - 1];
    return (nodes, place, level) => {
      let [first, last] = [0, ends.length - 1];
      while (first < last) {
        const middle = (first + last) >> 1;
        if (ends[middle] < level) first = middle + 1;
        else last = middle;
      }
      nodes.outputs[place] = lengths.outputs.data[first];
      nodes.inputs[place] = lengths.inputs.data[first];
      if (lengths.cached) nodes.cached[place] = lengths.cached.data[first];
    };
  }

  wattquery.lengths = { nodesOf, valueAt, lengthAt, isRandom };
})((globalThis.wattquery ??= {}));
